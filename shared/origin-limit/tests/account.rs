//! What budgets allow, and that each cost counts once.

use origin_limit::{Account, Budget, Cost, Permit, Refusal};
use proptest::prelude::*;

const DAY_MS: i64 = 86_400_000;

const BUDGET: Budget = Budget {
    requests: 10,
    bytes: 1000,
    origin_ms: 500,
    until_ms: 2 * DAY_MS,
};

const fn cost(requests: u64, bytes: u64, origin_ms: u64) -> Cost {
    Cost {
        requests,
        bytes,
        origin_ms,
    }
}

fn ask(account: &mut Account, cost: Cost, now_ms: i64) -> Result<Permit, Refusal> {
    account.may_start(&BUDGET, cost, now_ms + 1000, now_ms)
}

#[test]
fn a_refusal_names_the_budget_and_what_is_left_of_it() {
    let mut account = Account::new(0);
    let permit = ask(&mut account, cost(4, 400, 400), 0).unwrap();
    for (cost, refusal) in [
        (cost(7, 1, 1), Refusal::Requests { left: 6 }),
        (cost(1, 601, 1), Refusal::Bytes { left: 600 }),
        (cost(1, 1, 101), Refusal::OriginTime { left: 100 }),
    ] {
        assert_eq!(ask(&mut account, cost, 0), Err(refusal));
    }
    assert_eq!(account.set_aside(), permit.cost);
    let until_ms = BUDGET.until_ms;
    assert_eq!(
        ask(&mut account, cost(1, 1, 1), until_ms),
        Err(Refusal::Deadline { until_ms })
    );
    let said = Refusal::Bytes { left: 3 }.to_string();
    assert_eq!(said, "the day's bytes are used up: 3 are left");
}

#[test]
fn what_is_used_up_allows_nothing_however_small() {
    let mut account = Account::new(0);
    let permit = ask(&mut account, cost(1, 1000, 1), 0).unwrap();
    account.settle(&permit, cost(1, 1200, 1), 5);
    let refusal = Refusal::Bytes { left: 0 };
    assert_eq!(ask(&mut account, cost(1, 0, 0), 5), Err(refusal));
    assert_eq!(account.spent(), cost(1, 1200, 1));
}

#[test]
fn a_permit_counts_once_however_often_it_is_settled() {
    let mut account = Account::new(0);
    let permit = ask(&mut account, cost(5, 500, 100), 0).unwrap();
    assert!(account.settle(&permit, cost(3, 100, 20), 10));
    assert!(!account.settle(&permit, cost(3, 100, 20), 11));
    assert_eq!(account.spent(), cost(3, 100, 20));
    assert_eq!(account.set_aside(), Cost::default());
}

#[test]
fn what_a_dead_worker_may_have_used_counts_as_used() {
    let mut account = Account::new(0);
    let permit = ask(&mut account, cost(9, 9, 9), 0).unwrap();
    let refusal = Refusal::Requests { left: 1 };
    assert_eq!(ask(&mut account, cost(2, 1, 1), 1000), Err(refusal));
    assert_eq!(
        (account.lost(), account.spent()),
        (permit.cost, permit.cost)
    );
    assert!(!account.settle(&permit, cost(1, 1, 1), 1001));
}

#[test]
fn a_utc_day_begins_anew_and_what_is_in_flight_counts_when_it_ends() {
    let mut account = Account::new(DAY_MS - 500);
    let first = ask(&mut account, cost(5, 5, 5), DAY_MS - 500).unwrap();
    let second = ask(&mut account, cost(5, 5, 5), DAY_MS - 1).unwrap();
    account.settle(&first, cost(5, 5, 5), DAY_MS - 1);
    let refusal = Refusal::Requests { left: 0 };
    assert_eq!(ask(&mut account, cost(1, 1, 1), DAY_MS - 1), Err(refusal));
    let third = ask(&mut account, cost(5, 5, 5), DAY_MS).unwrap();
    assert!(account.settle(&second, cost(4, 4, 4), DAY_MS));
    assert_eq!(account.spent(), cost(4, 4, 4));
    assert_eq!(account.set_aside(), third.cost);
    // A worker whose clock is behind.
    let _permit = ask(&mut account, cost(1, 1, 1), DAY_MS - 1).unwrap();
    assert_eq!(account.spent(), cost(4, 4, 4));
}

#[test]
fn it_is_stored() {
    let mut account = Account::new(0);
    let _permit = ask(&mut account, cost(1, 2, 3), 0).unwrap();
    let json = serde_json::to_string(&account).unwrap();
    assert_eq!(serde_json::from_str::<Account>(&json).unwrap(), account);
}

proptest! {
    #[test]
    fn a_budget_is_never_exceeded(steps in prop::collection::vec((0..4_u64, 0..300_u64, 0..150_u64, any::<bool>()), 0..60)) {
        let (mut account, mut open, mut settled) = (Account::new(0), Vec::new(), Cost::default());
        for (requests, bytes, origin_ms, settles) in steps {
            if settles && let Some(permit) = open.pop() {
                let Permit { cost: used, .. } = permit;
                prop_assert!(account.settle(&permit, used, 1));
                settled = settled.plus(used);
            } else if let Ok(permit) = ask(&mut account, cost(requests, bytes, origin_ms), 0) {
                open.push(permit);
            }
            let used = account.spent().plus(account.set_aside());
            prop_assert!(used.requests <= 10 && used.bytes <= 1000 && used.origin_ms <= 500);
            prop_assert_eq!(account.spent(), settled);
        }
    }
}

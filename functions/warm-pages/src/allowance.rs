//! Leave to send requests, set aside from the budgets of the run and of the day.

use origin_limit::{Account, Budget, Cost, Permit, Refusal};
use store::StoreError;
use warm_store::{AccountOf, WarmStore};

/// What is set aside for a request: an ordinary page. Where pages take more, more is set aside
/// sooner; what they really took is counted when that is known.
const PER_REQUEST: Cost = Cost {
    requests: 1,
    bytes: 64 << 10,
    origin_ms: 250,
};

/// The budgets that requests of one run to one target count for.
#[derive(Debug, Clone)]
pub(crate) struct Purse<'a> {
    pub(crate) store: &'a WarmStore,
    pub(crate) run: &'a str,
    pub(crate) target: &'a str,
    pub(crate) of_run: Budget,
    pub(crate) of_day: Budget,
    /// Until when a permit of this worker is settled, or counts as used.
    pub(crate) settled_by_ms: i64,
}

/// Which budget allows nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    /// The run's: it has nothing to wait for.
    Run(Refusal),
    /// The day's, of all runs.
    Day(Refusal),
    /// Either one's, of which other workers have set the rest aside: some of that comes back.
    Held(Refusal),
}

/// An account's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    Granted(Permit),
    Refused(Refusal),
    /// Refused for what others have set aside.
    Held(Refusal),
}

/// What a worker may still send, and what it has used of it.
#[derive(Debug)]
pub(crate) struct Allowance {
    of_run: Permit,
    of_day: Permit,
    started: u64,
    used: Cost,
}

impl Purse<'_> {
    /// Sets aside what up to so many requests may cost: at least one.
    pub(crate) async fn open(
        &self,
        requests: u64,
        now_ms: i64,
    ) -> Result<Result<Allowance, Denied>, StoreError> {
        let run = AccountOf::Run(self.run);
        let of_run = match self.set_aside(run, &self.of_run, requests, now_ms).await? {
            Answer::Granted(permit) => permit,
            Answer::Refused(refusal) => return Ok(Err(Denied::Run(refusal))),
            Answer::Held(refusal) => return Ok(Err(Denied::Held(refusal))),
        };
        let day = AccountOf::Target(self.target);
        let requests = of_run.cost.requests;
        let denied = match self.set_aside(day, &self.of_day, requests, now_ms).await? {
            Answer::Granted(of_day) => {
                return Ok(Ok(Allowance {
                    of_run,
                    of_day,
                    started: 0,
                    used: Cost::default(),
                }));
            }
            Answer::Refused(refusal) => Denied::Day(refusal),
            Answer::Held(refusal) => Denied::Held(refusal),
        };
        let nothing = Cost::default();
        self.settle_one(run, &of_run, nothing, now_ms).await?;
        Ok(Err(denied))
    }

    /// Says what was really used.
    pub(crate) async fn settle(
        &self,
        allowance: &Allowance,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let used = allowance.used;
        let run = AccountOf::Run(self.run);
        self.settle_one(run, &allowance.of_run, used, now_ms)
            .await?;
        let day = AccountOf::Target(self.target);
        self.settle_one(day, &allowance.of_day, used, now_ms).await
    }

    async fn set_aside(
        &self,
        of: AccountOf<'_>,
        budget: &Budget,
        requests: u64,
        now_ms: i64,
    ) -> Result<Answer, StoreError> {
        let mut answer = Answer::Refused(Refusal::Requests { left: 0 });
        let ask = |account: &mut Account| {
            answer = set_aside(account, budget, requests, self.settled_by_ms, now_ms);
        };
        self.store.change_account(of, ask, now_ms).await?;
        Ok(answer)
    }

    async fn settle_one(
        &self,
        of: AccountOf<'_>,
        permit: &Permit,
        used: Cost,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let settle = |account: &mut Account| {
            account.settle(permit, used, now_ms);
        };
        self.store.change_account(of, settle, now_ms).await?;
        Ok(())
    }
}

impl Allowance {
    /// Whether another request may start.
    pub(crate) fn is_left(&self) -> bool {
        let cost = self.of_day.cost;
        self.started < cost.requests
            && self.used.bytes < cost.bytes
            && self.used.origin_ms < cost.origin_ms
    }

    /// So many requests start.
    pub(crate) const fn start(&mut self, requests: u64) {
        self.started = self.started.saturating_add(requests);
    }

    /// This is what requests took.
    pub(crate) const fn spend(&mut self, cost: Cost) {
        self.used = self.used.plus(cost);
    }
}

/// Sets aside half as much, and half of that, where a budget does not have it all.
fn set_aside(
    account: &mut Account,
    budget: &Budget,
    requests: u64,
    settled_by_ms: i64,
    now_ms: i64,
) -> Answer {
    let mut requests = requests.max(1);
    loop {
        let cost = Cost {
            requests,
            bytes: PER_REQUEST.bytes.saturating_mul(requests),
            origin_ms: PER_REQUEST.origin_ms.saturating_mul(requests),
        };
        match account.may_start(budget, cost, settled_by_ms, now_ms) {
            Ok(permit) => return Answer::Granted(permit),
            Err(refusal @ Refusal::Deadline { .. }) => return Answer::Refused(refusal),
            Err(_) if requests > 1 => requests /= 2,
            Err(refusal) if account.set_aside() == Cost::default() => {
                return Answer::Refused(refusal);
            }
            Err(refusal) => return Answer::Held(refusal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(requests: u64) -> Budget {
        Budget {
            requests,
            bytes: u64::MAX,
            origin_ms: u64::MAX,
            until_ms: 1_000_000,
        }
    }

    #[test]
    fn what_is_left_of_a_budget_is_used_to_the_last_request() {
        let mut account = Account::new(0);
        let mut permits = Vec::new();
        while let Answer::Granted(permit) = set_aside(&mut account, &budget(9), 8, 60_000, 0) {
            permits.push(permit);
        }
        let granted: Vec<_> = permits.iter().map(|permit| permit.cost.requests).collect();
        assert_eq!(granted, [8, 1]);
        // Others may yet give some of it back.
        let refusal = Refusal::Requests { left: 0 };
        let held = set_aside(&mut account, &budget(9), 8, 60_000, 0);
        assert_eq!(held, Answer::Held(refusal));
        for permit in &permits {
            account.settle(permit, permit.cost, 0);
        }
        let refused = set_aside(&mut account, &budget(9), 8, 60_000, 0);
        assert_eq!(refused, Answer::Refused(refusal));
    }

    #[test]
    fn time_that_is_over_is_not_asked_for_in_halves() {
        let mut account = Account::new(0);
        let refused = set_aside(&mut account, &budget(9), 8, 2_000_000, 1_000_000);
        let until_ms = 1_000_000;
        assert_eq!(refused, Answer::Refused(Refusal::Deadline { until_ms }));
        assert_eq!(account.set_aside(), Cost::default());
    }

    #[test]
    fn an_allowance_ends_with_whatever_is_used_up_first() {
        let allowance = || {
            let answer = set_aside(&mut Account::new(0), &budget(9), 4, 60_000, 0);
            let Answer::Granted(permit) = answer else {
                panic!("{answer:?}");
            };
            Allowance {
                of_run: permit.clone(),
                of_day: permit,
                started: 0,
                used: Cost::default(),
            }
        };
        let mut by_requests = allowance();
        by_requests.start(3);
        assert!(by_requests.is_left());
        by_requests.start(1);
        assert!(!by_requests.is_left());
        let mut by_bytes = allowance();
        by_bytes.spend(Cost {
            requests: 1,
            bytes: 1 << 20,
            origin_ms: 0,
        });
        assert!(!by_bytes.is_left());
    }
}

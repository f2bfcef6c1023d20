//! Budgets end work, for good or until tomorrow.

use lambda_kit::now_ms;
use origin_limit::{Account, Cost};
use serde_json::json;
use warm_store::{AccountOf, WarmStore};
use warming::Lane;

use crate::origin::{Answer, Origin};
use crate::place::{ONCE, Place, RUN, chunk, counts, toml};

#[tokio::test]
async fn what_a_runs_budget_does_not_hold_is_skipped_and_the_chunk_is_done() {
    let origin = Origin::start(|_, _| Answer::page(false)).await;
    let budget = "[budget.run]\nrequests = 7\nbytes = 1_000_000_000\norigin_seconds = 600\ndeadline = \"50m\"\n";
    let place = Place::new(origin, &toml(&(budget.to_owned() + ONCE))).await;
    assert!(!place.deliver(&chunk(Lane::P1, 20), "a").await);
    assert_eq!(place.origin.requests(), 7);
    assert_eq!(place.done_chunks(), "1");
    let progress = place.progress();
    assert_eq!(counts(&progress), 7);
    assert_eq!(progress["result"]["skipped"]["budget"], json!(13));
    assert!(place.aws.take_messages().is_empty());
}

#[tokio::test]
async fn what_the_day_does_not_hold_waits_for_the_next() {
    let origin = Origin::start(|_, _| Answer::page(false)).await;
    let budget = "requests = 10\nbytes = 1_000_000_000\norigin_seconds = 600\n";
    let budgets = format!("[budget.day]\n{budget}[budget.run]\n{budget}deadline = \"50m\"\n");
    let place = Place::new(origin, &toml(&(budgets + ONCE))).await;
    // Another run has used some of it.
    let budget = place.deps.site.budget.day.budget(i64::MAX);
    let spend = |account: &mut Account| {
        let cost = Cost {
            requests: 3,
            ..Cost::default()
        };
        let permit = account.may_start(&budget, cost, i64::MAX, now_ms());
        account.settle(&permit.unwrap(), cost, now_ms());
    };
    let store = WarmStore::new(place.aws.tables(), "warm".to_owned());
    let day = AccountOf::Target("shop");
    store.change_account(day, spend, now_ms()).await.unwrap();
    assert!(!place.deliver(&chunk(Lane::P1, 20), "a").await);
    assert_eq!(place.origin.requests(), 7);
    assert_eq!(place.progress()["next"], json!(7));
    assert_eq!(place.aws.take_messages()[0].delay_seconds, 900);
}

#[tokio::test]
async fn a_chunk_of_a_run_whose_time_is_over_is_skipped() {
    let origin = Origin::start(|_, _| Answer::page(false)).await;
    let place = Place::new(origin, &toml("")).await;
    let over_ms = now_ms() - 3_600_000;
    let row = format!("run#{RUN}");
    place
        .aws
        .meddle(&row, "run", |run| run["started_ms"] = json!(over_ms));
    assert!(!place.deliver(&chunk(Lane::P1, 4), "a").await);
    assert_eq!(place.origin.requests(), 0);
    assert_eq!(place.progress()["result"]["skipped"]["deadline"], json!(4));
    assert_eq!(place.done_chunks(), "1");
}

//! Once per key, against a real conditional store.

use std::time::{Duration, SystemTime};

use lambda_kit::{Claim, Idempotency, IdempotencyError, Once};

use crate::harness::{dynamodb, stack};

const LEASE: Duration = Duration::from_secs(120);

fn store() -> Idempotency {
    Idempotency::new(dynamodb(), stack().media_table().unwrap().to_owned(), LEASE)
}

#[tokio::test]
async fn one_run_at_a_time_and_its_result_for_the_others() {
    let (store, now) = (store(), SystemTime::now());
    let Claim::Acquired(token) = store.claim("it#once", now).await.unwrap() else {
        panic!("not free")
    };
    assert_eq!(
        store.claim("it#once", now).await.unwrap(),
        Claim::InProgress
    );
    store
        .complete("it#once", token, "derived", now)
        .await
        .unwrap();
    let later = now + Duration::from_secs(3600);
    assert_eq!(
        store.claim("it#once", later).await.unwrap(),
        Claim::Completed("derived".to_owned())
    );
}

#[tokio::test]
async fn a_failed_run_gives_the_key_back() {
    let (store, now) = (store(), SystemTime::now());
    let Claim::Acquired(token) = store.claim("it#released", now).await.unwrap() else {
        panic!("not free")
    };
    store.release("it#released", token).await.unwrap();
    assert!(matches!(
        store.claim("it#released", now).await.unwrap(),
        Claim::Acquired(_)
    ));
}

#[tokio::test]
async fn a_dead_run_loses_the_key_and_can_change_nothing() {
    let (store, now) = (store(), SystemTime::now());
    let Claim::Acquired(dead) = store.claim("it#fenced", now).await.unwrap() else {
        panic!("not free")
    };
    let after_the_lease = now + LEASE + Duration::from_secs(1);
    let Claim::Acquired(alive) = store.claim("it#fenced", after_the_lease).await.unwrap() else {
        panic!("not free")
    };
    assert!(alive > dead);
    let late = store.complete("it#fenced", dead, "stale", now).await;
    assert!(
        matches!(late, Err(IdempotencyError::LeaseLost { .. })),
        "{late:?}"
    );
    let late = store.release("it#fenced", dead).await;
    assert!(
        matches!(late, Err(IdempotencyError::LeaseLost { .. })),
        "{late:?}"
    );
    store
        .complete("it#fenced", alive, "fresh", after_the_lease)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_remembered_key_is_free_again_when_it_has_expired() {
    let (store, now) = (store(), SystemTime::now());
    let Claim::Acquired(token) = store.claim("it#expired", now).await.unwrap() else {
        panic!("not free")
    };
    store
        .complete("it#expired", token, "derived", now)
        .await
        .unwrap();
    let much_later = now + Duration::from_secs(16 * 24 * 3600);
    assert!(matches!(
        store.claim("it#expired", much_later).await.unwrap(),
        Claim::Acquired(_)
    ));
}

#[tokio::test]
async fn work_is_done_until_it_succeeds_and_then_no_more() {
    let store = store();
    let done = std::cell::Cell::new(0);
    let work = |result: Result<&'static str, &'static str>| {
        let done = &done;
        async move {
            done.set(done.get() + 1);
            let lost = |_| IdempotencyError::LeaseLost {
                key: "it#work".to_owned(),
            };
            result.map_err(lost)
        }
    };
    assert!(store.once("it#work", work(Err("broken"))).await.is_err());
    let first = store.once("it#work", work(Ok("made"))).await.unwrap();
    assert_eq!((first, done.get()), (Once::Done("made"), 2));
    let second = store.once("it#work", work(Ok("made again"))).await.unwrap();
    assert_eq!(second, Once::DoneBefore("made".to_owned()));
    assert_eq!(done.get(), 2);
    let Claim::Acquired(_) = store.claim("it#busy", SystemTime::now()).await.unwrap() else {
        panic!("not free")
    };
    let busy = store.once("it#busy", work(Ok("made"))).await.unwrap();
    assert_eq!((busy, done.get()), (Once::InProgress, 2));
}

//! Who is told when, and in what order.

use health_state::{Notice, NoticeKind, NoticeTopic, Severity};

use super::*;

const NOW_MS: i64 = 1_795_774_830_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

fn due(check: &str, kind: NoticeKind, at_ms: i64, to: &[(&str, i64)]) -> DueNotice {
    let notice = Notice {
        key: format!("{check}/failure/{NOW_MS}/{kind:?}"),
        kind,
        topic: NoticeTopic::Failure,
        check: check.to_owned(),
        severity: Severity::Page,
        since_ms: NOW_MS,
        at_ms,
        title: String::new(),
        text: String::new(),
        evidence: Vec::new(),
        causes: Vec::new(),
    };
    let delivery = |&(name, next_ms): &(&str, i64)| {
        let destination = Destination::try_from(name.to_owned()).unwrap();
        let delivery = Delivery {
            attempts: 0,
            next_ms,
        };
        (destination, delivery)
    };
    DueNotice::new(notice, to.iter().map(delivery).collect())
}

#[test]
fn what_is_over_waits_for_what_began_and_has_it_tried_again() {
    let topic = [("topic", NOW_MS + HOUR_MS)];
    let both = [("topic", NOW_MS), ("webhook:crm", NOW_MS)];
    let all = [
        due("home", NoticeKind::Resolved, NOW_MS, &both),
        due("home", NoticeKind::Raised, NOW_MS - HOUR_MS, &topic),
        due("cache", NoticeKind::Raised, NOW_MS - HOUR_MS, &topic),
    ];
    let found = queues(&all, NOW_MS);
    let queue = |name: &str, places: &[usize]| Queue {
        destination: Destination::try_from(name.to_owned()).unwrap(),
        places: places.to_vec(),
    };
    assert_eq!(found, [queue("topic", &[1, 0]), queue("webhook:crm", &[0])]);
    assert_eq!(queues(&all, NOW_MS + HOUR_MS).len(), 3);
}

#[test]
fn attempts_grow_rare_and_end_after_75_hours() {
    let mut at_ms = NOW_MS;
    let mut pauses = Vec::new();
    for attempts in 1.. {
        let Some(next_ms) = next_try(attempts, NOW_MS, at_ms, None) else {
            break;
        };
        pauses.push((next_ms - at_ms) / MINUTE_MS);
        at_ms = next_ms;
    }
    assert_eq!(pauses[..6], [1, 2, 5, 15, 60, 60]);
    assert!(at_ms - NOW_MS > 74 * HOUR_MS && at_ms - NOW_MS <= PATIENCE_MS);
    let wish = Some(Duration::from_hours(48));
    assert_eq!(
        next_try(1, NOW_MS, NOW_MS, wish),
        Some(NOW_MS + 24 * HOUR_MS)
    );
    assert_eq!(next_try(0, NOW_MS, NOW_MS, None), Some(NOW_MS + MINUTE_MS));
}

#[test]
fn a_delivery_ends_or_is_put_off() {
    let mut notice = due(
        "home",
        NoticeKind::Raised,
        NOW_MS,
        &[("topic", NOW_MS), ("webhook:crm", NOW_MS)],
    );
    let topic = Destination::Topic;
    let failed = change(&notice, &topic, Told::Failed(None), NOW_MS).unwrap();
    apply(&mut notice, &topic, failed);
    let delivery = Delivery {
        attempts: 1,
        next_ms: NOW_MS + MINUTE_MS,
    };
    assert_eq!(notice.deliveries[&topic], delivery);
    apply(&mut notice, &topic, Change::Waits(NOW_MS));
    assert_eq!(notice.deliveries[&topic], delivery);
    // Nothing is known: nothing changes.
    assert_eq!(change(&notice, &topic, Told::Left, NOW_MS), None);
    let late = change(&notice, &topic, Told::Failed(None), NOW_MS + 75 * HOUR_MS);
    assert_eq!(late, Some(Change::Dead));
    apply(&mut notice, &topic, Change::Told);
    assert_eq!(notice.deliveries.len(), 1);
}

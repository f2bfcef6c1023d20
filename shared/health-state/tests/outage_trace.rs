//! A recorded outage, against seconds that were counted by hand.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

use std::collections::BTreeMap;

use health_state::{
    CheckRules, CheckState, CloudEvent, Condition, DayRollup, Maintenance, Observation, Outcome,
    Schedule, Seconds, State, Step, Timeline, Transition, UnknownReason, UptimeHistory, Weekday,
    Weekly,
};
use jiff::Timestamp;

const MINUTE: i64 = 60_000;

fn ms(time: &str) -> i64 {
    time.parse::<Timestamp>().unwrap().as_millisecond()
}

fn day(time: &str) -> i64 {
    ms(time) / 86_400_000
}

fn rules() -> CheckRules {
    // In November 03:00 in Berlin is 02:00 in UTC. The 25th of November 2026 is a Wednesday.
    let weekly = Weekly::new(Weekday::Wednesday, "03:00", 60, "Europe/Berlin").unwrap();
    CheckRules {
        maintenance: Maintenance {
            schedules: vec![Schedule::Weekly(weekly)],
        },
        ..CheckRules::default()
    }
}

/// What a trace adds up to.
#[derive(Default)]
struct Recorded {
    state: CheckState,
    timeline: Timeline,
    rollups: BTreeMap<i64, DayRollup>,
    transitions: Vec<Transition>,
    has_flapped: bool,
}

impl Recorded {
    fn take(&mut self, step: Step) {
        for day in step.days() {
            let rollup = self.rollups.entry(day);
            rollup.or_insert_with(|| DayRollup::new(day)).apply(&step);
        }
        step.spans
            .iter()
            .for_each(|span| self.timeline.record(span));
        self.transitions.extend(step.transitions);
        self.has_flapped |= self.state.flapping_since_ms.is_some();
    }

    fn result(&mut self, at_ms: i64, what: &str, number: i64) {
        let outcome = match what {
            "fail" => Outcome::Fail,
            "flap" if number % 2 == 0 => Outcome::Fail,
            "warn" => Outcome::Warn,
            "unknown" => Outcome::Unknown(UnknownReason::ConnectivityLost),
            _ => Outcome::Pass,
        };
        let observation = Observation {
            at_ms,
            run_id: at_ms as u64,
            outcome,
            latency_us: None,
            text: what.to_owned(),
            evidence: Vec::new(),
        };
        // Every result comes twice.
        for _ in 0..2 {
            let step = self.state.observe(&observation, &rules());
            self.take(step);
        }
    }

    /// The results of a line that came before a moment.
    fn line(&mut self, line: &str, until_ms: i64) {
        let mut words = line.split_whitespace();
        let (at_ms, what) = (ms(words.next().unwrap()), words.next().unwrap());
        let count: i64 = words.next().unwrap().parse().unwrap();
        if what == "event" {
            let event = CloudEvent {
                at_ms,
                limit_ms: count * MINUTE,
                text: "failing-over".to_owned(),
                evidence: Vec::new(),
            };
            let step = self.state.force(&event, &rules());
            return self.take(step);
        }
        for number in 0..count {
            if at_ms + number * MINUTE < until_ms {
                self.result(at_ms + number * MINUTE, what, number);
            }
        }
    }
}

fn recorded(until: &str) -> Recorded {
    let mut recorded = Recorded::default();
    for line in include_str!("../test_data/outage-trace.txt").lines() {
        if !line.starts_with('#') && line < until {
            recorded.line(line, ms(until));
        }
    }
    let step = recorded.state.advance(ms(until), &rules());
    recorded.take(step);
    recorded
}

/// The first day begins at 00:00:07, so it has 86,400 − 7 = 86,393 seconds.
///
/// | from     | to       | what                                              | down | unknown |
/// |----------|----------|---------------------------------------------------|------|---------|
/// | 10:00:07 | 10:02:07 | two failures, not confirmed: up                   |      |         |
/// | 12:00:07 | 12:06:07 | failures 12:00–12:04; the second pass is at 12:06 |  360 |         |
/// | 15:00:07 | 15:10:07 | unknown                                           |      |     600 |
/// | 17:02:07 | 17:30:07 | 16:59:07 speaks for three minutes, then none      |      |   1,680 |
/// | 20:00:07 | 20:20:07 | flapping, never confirmed: up                     |      |         |
/// | 23:58:07 | 24:00:00 | failures, confirmed on the next day at 00:00:07   |  113 |         |
///
/// Down 473, unknown 2,280, up 86,393 − 473 − 2,280 = 83,640.
const FIRST_DAY: [u32; 4] = [83_640, 473, 2_280, 0];

/// The second day is recorded until 12:00:00: 43,200 seconds.
///
/// | from     | to       | what                                               | down | unknown | maint. |
/// |----------|----------|----------------------------------------------------|------|---------|--------|
/// | 00:00:00 | 00:09:07 | failures until 00:07; the second pass is at 00:09  |  547 |         |        |
/// | 02:00:00 | 03:00:00 | maintenance; it fails from 02:05:07 on             |      |         |  3,600 |
/// | 03:00:00 | 03:06:07 | still fails; the second pass is at 03:06           |  367 |         |        |
/// | 05:00:07 | 05:01:07 | the first failure of three                         |   60 |         |        |
/// | 05:01:07 | 05:02:07 | unknown between                                    |      |      60 |        |
/// | 05:02:07 | 05:05:07 | failures 05:02, 05:03; the second pass is at 05:05 |  180 |         |        |
/// | 06:00:30 | 06:03:07 | the event; the second pass is at 06:03             |  157 |         |        |
///
/// Down 1,311, unknown 60, maintenance 3,600, up 43,200 − 4,971 = 38,229.
const SECOND_DAY: [u32; 4] = [38_229, 1_311, 60, 3_600];

const NOON: &str = "2026-11-25T12:00:00Z";

#[test]
fn the_uptime_is_what_was_counted_by_hand() {
    let recorded = recorded(NOON);
    let (first, second) = (day("2026-11-24T12:00:00Z"), day(NOON));
    assert_eq!(recorded.rollups[&first].seconds, Seconds::from(FIRST_DAY));
    assert_eq!(recorded.rollups[&second].seconds, Seconds::from(SECOND_DAY));
    let of_timeline: Vec<_> = recorded.timeline.days().iter().map(|d| d.seconds).collect();
    assert_eq!(of_timeline, [FIRST_DAY.into(), SECOND_DAY.into()]);

    let history: UptimeHistory = recorded.rollups.values().collect();
    // 83,640 + 38,229 = 121,869 of 121,869 + 473 + 1,311 = 123,653.
    assert_eq!(history.uptime(second, 90), Some(121_869.0 / 123_653.0));
    let bars = history.bars(second);
    assert_eq!((bars.len(), bars[89].day), (90, second));
    assert_eq!(bars[0].seconds.uptime(), None);
    assert_eq!(bars[88].seconds, Seconds::from(FIRST_DAY));
}

#[test]
fn intervals_hold_the_outages_from_their_first_failed_probe() {
    let recorded = recorded(NOON);
    let down: Vec<_> = recorded
        .timeline
        .intervals()
        .iter()
        .filter(|interval| interval.condition == Condition::Down)
        .map(|interval| {
            let time = |seconds| Timestamp::from_second(seconds).unwrap().to_string();
            (
                time(interval.from_s)[11..19].to_owned(),
                time(interval.to_s)[11..19].to_owned(),
            )
        })
        .collect();
    let expected = [
        ("12:00:07", "12:06:07"),
        ("23:58:07", "00:09:07"),
        ("03:00:00", "03:06:07"),
        ("05:00:07", "05:01:07"),
        ("05:02:07", "05:05:07"),
        ("06:00:30", "06:03:07"),
    ];
    let expected = expected.map(|(from, to)| (from.to_owned(), to.to_owned()));
    assert_eq!(down, expected);
}

#[test]
fn failures_are_back_dated_and_decided_when_they_are_sure() {
    let recorded = recorded(NOON);
    let failures: Vec<_> = recorded
        .transitions
        .iter()
        .filter(|change| change.to == State::Fail)
        .map(|change| (change.from, change.at_ms, change.decided_ms))
        .collect();
    let change = |from, at, decided| (from, ms(at), ms(decided));
    let suspect = State::Suspect;
    assert_eq!(
        failures,
        [
            change(suspect, "2026-11-24T12:00:07Z", "2026-11-24T12:02:07Z"),
            change(suspect, "2026-11-24T23:58:07Z", "2026-11-25T00:00:07Z"),
            change(suspect, "2026-11-25T02:05:07Z", "2026-11-25T02:07:07Z"),
            change(suspect, "2026-11-25T05:00:07Z", "2026-11-25T05:03:07Z"),
            change(State::Pass, "2026-11-25T06:00:30Z", "2026-11-25T06:00:30Z"),
        ]
    );
    assert!(recorded.has_flapped && recorded.state.flapping_since_ms.is_none());
    assert_eq!(
        (recorded.state.state, recorded.state.late),
        (State::Pass, 0)
    );
}

#[test]
fn a_day_that_was_written_is_corrected_after_midnight() {
    let day = day("2026-11-24T12:00:00Z");
    // At midnight the last two failures were not confirmed: 113 seconds were up.
    let mut recorded = recorded("2026-11-25T00:00:00Z");
    let written = recorded.rollups[&day].seconds;
    assert_eq!((written.up, written.down), (83_640 + 113, 473 - 113));
    recorded.result(ms("2026-11-25T00:00:07Z"), "fail", 0);
    assert_eq!(recorded.rollups[&day].seconds, Seconds::from(FIRST_DAY));
}

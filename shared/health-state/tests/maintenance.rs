//! Windows of maintenance, also when clocks change.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

use health_state::{Maintenance, Schedule, ScheduleError, Weekday, Weekly};
use jiff::Timestamp;

fn ms(time: &str) -> i64 {
    time.parse::<Timestamp>().unwrap().as_millisecond()
}

fn sundays(time: &str, minutes: u32) -> Maintenance {
    let weekly = Weekly::new(Weekday::Sunday, time, minutes, "Europe/Berlin").unwrap();
    Maintenance {
        schedules: vec![Schedule::Weekly(weekly)],
    }
}

/// Checks that a window is open from one moment up to another, and not around it.
fn assert_open(maintenance: &Maintenance, from: &str, to: &str) {
    let (from, to) = (ms(from), ms(to));
    assert!(!maintenance.is_at(from - 1), "{from} is not the beginning");
    assert_eq!(maintenance.ends_ms(from), Some(to));
    assert_eq!(maintenance.ends_ms(to - 1), Some(to));
    assert_eq!(maintenance.ends_ms(to), None);
}

#[test]
fn a_window_follows_the_clock_of_its_time_zone() {
    let at_three = sundays("03:00", 60);
    assert_open(&at_three, "2026-03-22T02:00:00Z", "2026-03-22T03:00:00Z");
    assert_open(&at_three, "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z");
    assert_open(&at_three, "2026-10-18T01:00:00Z", "2026-10-18T02:00:00Z");
    assert_open(&at_three, "2026-10-25T02:00:00Z", "2026-10-25T03:00:00Z");
    assert!(!at_three.is_at(ms("2026-03-23T02:30:00Z")));
}

#[test]
fn a_time_that_clocks_skip_is_an_hour_later() {
    // On 2026-03-29, 02:00 is followed by 03:00.
    let skipped = sundays("02:30", 60);
    assert_open(&skipped, "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z");
    let before = sundays("01:30", 60);
    assert_open(&before, "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z");
}

#[test]
fn of_a_time_that_comes_twice_the_first_counts() {
    // On 2026-10-25, 03:00 is followed by 02:00.
    let twice = sundays("02:30", 60);
    assert_open(&twice, "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z");
    let over = sundays("01:30", 120);
    assert_open(&over, "2026-10-24T23:30:00Z", "2026-10-25T01:30:00Z");
}

#[test]
fn windows_cross_midnight_and_the_date_line() {
    let late = sundays("23:30", 120);
    assert_open(&late, "2026-11-22T22:30:00Z", "2026-11-23T00:30:00Z");
    let weekly = Weekly::new(Weekday::Monday, "00:10", 30, "Pacific/Kiritimati").unwrap();
    let far = Maintenance {
        schedules: vec![Schedule::Weekly(weekly)],
    };
    assert_open(&far, "2026-11-22T10:10:00Z", "2026-11-22T10:40:00Z");
}

#[test]
fn windows_that_touch_end_together() {
    let mut maintenance = sundays("03:00", 60);
    maintenance.schedules.push(Schedule::Once {
        from_ms: ms("2026-11-22T03:00:00Z"),
        to_ms: ms("2026-11-22T04:15:00Z"),
    });
    assert_open(&maintenance, "2026-11-22T02:00:00Z", "2026-11-22T04:15:00Z");
    // An empty window is none, and one that never ends has no end to be found.
    let empty = Schedule::Once {
        from_ms: 5,
        to_ms: 5,
    };
    assert!(
        !Maintenance {
            schedules: vec![empty]
        }
        .is_at(5)
    );
    let weekly = |day| Weekly::new(day, "00:00", 6 * 24 * 60, "UTC").unwrap();
    let always = Maintenance {
        schedules: vec![
            Schedule::Weekly(weekly(Weekday::Monday)),
            Schedule::Weekly(weekly(Weekday::Friday)),
        ],
    };
    assert!(always.ends_ms(0).is_some());
}

#[test]
fn a_configuration_is_checked_when_it_is_read() {
    let text = r#"[{"weekly":{"weekday":"sun","time":"03:00","minutes":60,"time_zone":"Europe/Berlin"}},{"once":{"from_ms":1,"to_ms":2}}]"#;
    let read: Maintenance = serde_json::from_str(text).unwrap();
    assert_eq!(read.schedules[0], sundays("03:00", 60).schedules[0]);
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    let weekly = |time, minutes, zone| Weekly::new(Weekday::Sunday, time, minutes, zone);
    for time in ["24:00", "3:00", "03:60", "noon", "+3:00"] {
        assert_eq!(
            weekly(time, 60, "UTC"),
            Err(ScheduleError::Time(time.to_owned()))
        );
    }
    assert_eq!(weekly("03:00", 0, "UTC"), Err(ScheduleError::Duration(0)));
    let error = weekly("03:00", 60, "Europe/Berlyn").unwrap_err();
    assert_eq!(
        error.to_string(),
        "`Europe/Berlyn` is no time zone such as `Europe/Berlin`"
    );
}

#[test]
fn moments_beyond_all_calendars_are_in_no_window() {
    let maintenance = sundays("03:00", 60);
    for at in [i64::MIN, -1, i64::MAX] {
        assert!(!maintenance.is_at(at));
    }
}

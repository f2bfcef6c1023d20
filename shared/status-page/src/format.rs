//! Times, durations and shares as people read them.

use jiff::Timestamp;
use maud::{Markup, html};

/// The last moment of the year 9998: later ones have no name everywhere.
const LAST_MS: i64 = 253_370_764_799_999;

/// A moment that has a name.
pub(crate) fn clamp_ms(at_ms: i64) -> i64 {
    at_ms.clamp(0, LAST_MS)
}

/// A share from 0 to 1, rounded down to millionths; `None` when it is no number.
pub(crate) fn clamp_share(share: f64) -> Option<f64> {
    (!share.is_nan()).then(|| floor(share.clamp(0.0, 1.0), 1e6))
}

/// Rounds down, but not what is only just below because it is binary.
fn floor(value: f64, parts: f64) -> f64 {
    (value * parts + 1e-6).floor() / parts
}

fn at(at_ms: i64, format: &str) -> String {
    let at = Timestamp::from_millisecond(clamp_ms(at_ms)).unwrap_or(Timestamp::UNIX_EPOCH);
    at.strftime(format).to_string()
}

/// `2026-11-27T10:20:30Z`.
pub(crate) fn rfc3339(at_ms: i64) -> String {
    at(at_ms, "%Y-%m-%dT%H:%M:%SZ")
}

/// `27 November 2026, 10:20:30 UTC`.
pub(crate) fn moment(at_ms: i64) -> String {
    at(at_ms, "%-d %B %Y, %H:%M:%S UTC")
}

/// `27 Nov, 10:20`, with the year when it is another than now.
pub(crate) fn short(at_ms: i64, now_ms: i64) -> String {
    if at(at_ms, "%Y") == at(now_ms, "%Y") {
        at(at_ms, "%-d %b, %H:%M")
    } else {
        at(at_ms, "%-d %b %Y, %H:%M")
    }
}

/// `27 Nov 2026`, of days since 1970.
pub(crate) fn date(day: i64) -> String {
    at(day.saturating_mul(86_400_000), "%-d %b %Y")
}

/// `27 Nov, 10:20 (5 min ago)`, where there is no room for markup.
pub(crate) fn since(at_ms: i64, now_ms: i64) -> String {
    format!("{} ({})", short(at_ms, now_ms), relative(at_ms, now_ms))
}

/// `27 Nov, 10:20 (5 min ago)`, for programs, too.
pub(crate) fn when(at_ms: i64, now_ms: i64) -> Markup {
    html! {
        time datetime=(rfc3339(at_ms)) { (short(at_ms, now_ms)) } " (" (relative(at_ms, now_ms)) ")"
    }
}

/// `5 min ago`, `in 2 h`.
pub(crate) fn relative(at_ms: i64, now_ms: i64) -> String {
    let away = at_ms.saturating_sub(now_ms);
    match away / 1000 {
        0 => "now".to_owned(),
        1.. => format!("in {}", duration(away)),
        _ => format!("{} ago", duration(away)),
    }
}

/// `45 s`, `12 min`, `1 h 5 min`, `3 days`; it has no direction.
pub(crate) fn duration(ms: i64) -> String {
    let seconds = ms.unsigned_abs() / 1000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (minutes, hours) {
        (0, _) => format!("{seconds} s"),
        (_, 0) => format!("{minutes} min"),
        (_, 1..24) if minutes % 60 > 0 => format!("{hours} h {} min", minutes % 60),
        (_, 1..48) => format!("{hours} h"),
        _ => format!("{days} days"),
    }
}

/// `99.98 %`, rounded down, so that only what never failed has 100 %.
pub(crate) fn percent(share: Option<f64>) -> String {
    let Some(share) = share else {
        return "–".to_owned();
    };
    if share >= 1.0 {
        return "100 %".to_owned();
    }
    format!("{:.2} %", floor(share, 1e4) * 100.0)
}

/// `0.8 ms`, `230 ms`, `1.2 s`.
pub(crate) fn latency(us: u64) -> String {
    let ms = us as f64 / 1000.0;
    match us {
        0..9_950 => format!("{ms:.1} ms"),
        9_950..999_500 => format!("{ms:.0} ms"),
        _ => format!("{:.1} s", ms / 1000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_795_774_830_000;

    #[test]
    fn times_have_names() {
        assert_eq!(rfc3339(NOW_MS), "2026-11-27T10:20:30Z");
        assert_eq!(moment(NOW_MS), "27 November 2026, 10:20:30 UTC");
        assert_eq!(short(NOW_MS, NOW_MS), "27 Nov, 10:20");
        assert_eq!(short(0, NOW_MS), "1 Jan 1970, 00:00");
        assert_eq!(rfc3339(i64::MAX), "9998-12-31T23:59:59Z");
        assert_eq!(date(NOW_MS / 86_400_000), "27 Nov 2026");
    }

    #[test]
    fn durations_have_one_or_two_units() {
        let texts = [0, 59_999, 60_000, 3_900_000, 90_000_000, 864_000_000].map(duration);
        assert_eq!(
            texts,
            ["0 s", "59 s", "1 min", "1 h 5 min", "25 h", "10 days"]
        );
        assert_eq!(relative(NOW_MS - 60_000, NOW_MS), "1 min ago");
        assert_eq!(relative(NOW_MS + 7_200_000, NOW_MS), "in 2 h");
        assert_eq!(relative(i64::MIN, i64::MAX), "106751991167 days ago");
    }

    #[test]
    fn only_what_never_failed_has_all_of_it() {
        let texts = [None, Some(1.0), Some(0.999_999), Some(0.9995), Some(0.0)].map(percent);
        assert_eq!(texts, ["–", "100 %", "99.99 %", "99.95 %", "0.00 %"]);
    }

    #[test]
    fn latencies_have_two_or_three_digits() {
        let texts = [800, 9_949, 9_950, 230_400, 999_499, 999_500].map(latency);
        assert_eq!(
            texts,
            ["0.8 ms", "9.9 ms", "10 ms", "230 ms", "999 ms", "1.0 s"]
        );
    }
}

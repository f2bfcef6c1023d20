//! Timestamps by fixed positions: logs have them in every line.

use crate::number::unsigned;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

/// Milliseconds since 1970 of a date and a time of day, both in UTC. `None` where a number
/// is out of its range. <https://howardhinnant.github.io/date_algorithms.html>
fn unix_ms(date: (i64, u8, u8), time: (u8, u8, u8), ms: u16) -> Option<i64> {
    let ((year, month, day), (hour, minute, second)) = (date, time);
    // A leap second is the last of its minute.
    if !(1970..=9999).contains(&year)
        || !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
        || hour > 23
        || minute > 59
        || second > 60
    {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * shifted_month + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second.min(59));
    Some(days * DAY_MS + seconds * 1000 + i64::from(ms))
}

/// Year, month and day of a day since 1970.
#[must_use]
pub const fn civil(days: i64) -> (i64, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + (month <= 2) as i64;
    (year, month as u8, day as u8)
}

/// The partition of a moment: its date such as `2026-11-27`, and its hour.
#[must_use]
pub fn date_and_hour(time_ms: i64) -> (String, u8) {
    let (year, month, day) = civil(time_ms.div_euclid(DAY_MS));
    let hour = u8::try_from(time_ms.rem_euclid(DAY_MS) / HOUR_MS).unwrap_or(0);
    (format!("{year:04}-{month:02}-{day:02}"), hour)
}

fn pair(bytes: &[u8], at: usize) -> Option<u8> {
    let tens = bytes.get(at)?.wrapping_sub(b'0');
    let ones = bytes.get(at + 1)?.wrapping_sub(b'0');
    (tens <= 9 && ones <= 9).then(|| tens * 10 + ones)
}

/// `2026-11-27`.
fn date(bytes: &[u8]) -> Option<(i64, u8, u8)> {
    if bytes.get(4) != bytes.get(7) || !matches!(bytes.get(4), Some(b'-' | b'/')) {
        return None;
    }
    let year = i64::from(pair(bytes, 0)?) * 100 + i64::from(pair(bytes, 2)?);
    Some((year, pair(bytes, 5)?, pair(bytes, 8)?))
}

/// `10:20:30`.
fn time_of_day(bytes: &[u8]) -> Option<(u8, u8, u8)> {
    if bytes.get(2) != Some(&b':') || bytes.get(5) != Some(&b':') {
        return None;
    }
    Some((pair(bytes, 0)?, pair(bytes, 3)?, pair(bytes, 6)?))
}

/// A date and a time in fields of their own, in UTC.
pub(crate) fn of_date_and_time(date_text: &[u8], time_text: &[u8]) -> Option<i64> {
    unix_ms(date(date_text)?, time_of_day(time_text)?, 0)
}

/// `2026-11-27T10:20:30.123456Z`, with a blank for the `T`, with fewer digits, or with an
/// offset such as `+01:00`.
pub(crate) fn of_rfc3339(bytes: &[u8]) -> Option<i64> {
    if !matches!(bytes.get(10), Some(b'T' | b' ')) {
        return None;
    }
    let mut rest = bytes.get(19..)?;
    let mut ms = 0u16;
    if let Some(digits) = rest.strip_prefix(b".") {
        let count = digits
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        for place in 0..3 {
            let digit = digits[..count].get(place).map_or(0, |digit| digit - b'0');
            ms = ms * 10 + u16::from(digit);
        }
        rest = &digits[count..];
    }
    let time = unix_ms(date(bytes)?, time_of_day(&bytes[11..])?, ms)?;
    Some(time - offset_ms(rest)?)
}

/// Milliseconds since 1970 of a timestamp such as `2026-11-27T10:20:30Z`.
#[must_use]
pub fn rfc3339_ms(text: &str) -> Option<i64> {
    of_rfc3339(text.as_bytes())
}

fn offset_ms(zone: &[u8]) -> Option<i64> {
    let sign = match zone {
        b"" | b"Z" | b" UTC" => return Some(0),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let minutes_at = if zone.get(3) == Some(&b':') { 4 } else { 3 };
    let hours = i64::from(pair(zone, 1)?);
    let minutes = i64::from(pair(zone, minutes_at).unwrap_or(0));
    Some(sign * (hours * 60 + minutes) * 60_000)
}

/// Seconds since 1970, with a fraction or without.
pub(crate) fn of_unix_seconds(bytes: &[u8]) -> Option<i64> {
    i64::try_from(crate::number::scaled(bytes, 3)?).ok()
}

/// Milliseconds since 1970.
pub(crate) fn of_unix_ms(bytes: &[u8]) -> Option<i64> {
    i64::try_from(unsigned(bytes)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_counted_from_1970_and_back() {
        assert_eq!(of_date_and_time(b"1970-01-01", b"00:00:00"), Some(0));
        assert_eq!(
            of_date_and_time(b"2026-11-27", b"10:20:30"),
            Some(1_795_774_830_000)
        );
        for days in (0..40_000).step_by(17) {
            let (year, month, day) = civil(days);
            assert_eq!(
                unix_ms((year, month, day), (0, 0, 0), 0),
                Some(days * DAY_MS)
            );
        }
        assert_eq!(
            date_and_hour(1_795_774_830_000),
            ("2026-11-27".to_owned(), 10)
        );
    }

    #[test]
    fn timestamps_have_fractions_and_offsets() {
        let second = 1_795_774_830_000;
        let cases: [(&[u8], i64); 6] = [
            (b"2026-11-27T10:20:30Z", second),
            (b"2026-11-27T10:20:30.123456Z", second + 123),
            (b"2026-11-27T11:20:30.1+01:00", second + 100),
            (b"2026-11-27T09:20:30-0100", second),
            (b"2026-11-27 10:20:30 UTC", second),
            (b"2026-11-27T10:20:60Z", second + 29_000),
        ];
        for (text, expected) in cases {
            assert_eq!(
                of_rfc3339(text),
                Some(expected),
                "{}",
                String::from_utf8_lossy(text)
            );
        }
        for text in [
            &b"2026-13-27T10:20:30Z"[..],
            b"now",
            b"2026-11-27T10:20",
            b"",
        ] {
            assert_eq!(of_rfc3339(text), None);
        }
    }

    #[test]
    fn seconds_since_1970_keep_milliseconds() {
        assert_eq!(of_unix_seconds(b"1795774830.123"), Some(1_795_774_830_123));
        assert_eq!(of_unix_ms(b"1795774830123"), Some(1_795_774_830_123));
    }
}

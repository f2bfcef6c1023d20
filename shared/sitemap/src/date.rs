use jiff::civil;
use jiff::tz::Offset;

/// Milliseconds since 1970 of a date of the W3C's profile: a year, a month, a day, or a time
/// with its offset. What is not said is the earliest. <https://www.w3.org/TR/NOTE-datetime>
pub(crate) fn w3c_ms(text: &str) -> Option<i64> {
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) if date.len() == 10 => (date, Some(time)),
        Some(_) => return None,
        None => (text, None),
    };
    let date = day(date)?;
    let (time, offset) = match time {
        Some(time) => time_and_offset(time)?,
        None => (civil::Time::midnight(), Offset::UTC),
    };
    let moment = offset.to_timestamp(date.to_datetime(time)).ok()?;
    Some(moment.as_millisecond())
}

/// `2026`, `2026-11` or `2026-11-28`.
fn day(text: &str) -> Option<civil::Date> {
    let mut parts = text.split('-');
    let year: i16 = number(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| number(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| number(part, 2))?;
    if parts.next().is_some() {
        return None;
    }
    civil::Date::new(year, month, day).ok()
}

/// `10:20Z`, `10:20:30+01:00` or `10:20:30.5-08:00`.
fn time_and_offset(text: &str) -> Option<(civil::Time, Offset)> {
    let zone_at = text.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = text.split_at(zone_at);
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) if clock.len() == 8 => (clock, Some(fraction)),
        Some(_) => return None,
        None => (clock, None),
    };
    let mut parts = clock.split(':');
    let hour = number(parts.next()?, 2)?;
    let minute = number(parts.next()?, 2)?;
    // A leap second is the last of its minute.
    let second = parts.next().map_or(Some(0i8), |part| number(part, 2))?;
    let second = if second == 60 { 59 } else { second };
    if parts.next().is_some() {
        return None;
    }
    let nanosecond = fraction.map_or(Some(0), nanoseconds)?;
    let time = civil::Time::new(hour, minute, second, nanosecond).ok()?;
    Some((time, offset(zone)?))
}

fn nanoseconds(fraction: &str) -> Option<i32> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some(digits.fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0')))
}

fn offset(zone: &str) -> Option<Offset> {
    if matches!(zone, "Z" | "z") {
        return Some(Offset::UTC);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes): (i32, i32) = (number(hours, 2)?, number(minutes, 2)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// A number of so many digits.
fn number<N: std::str::FromStr>(text: &str, digits: usize) -> Option<N> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_of_the_profile_are_read() {
        let noon = 1_795_824_000_000 + 12 * 3_600_000;
        for (text, ms) in [
            ("1970", 0),
            ("1970-02", 31 * 86_400_000),
            ("2026-11-28", 1_795_824_000_000),
            ("2026-11-28T12:00Z", noon),
            ("2026-11-28T13:30:00+01:30", noon),
            ("2026-11-28T04:00:00.000-08:00", noon),
            ("2026-11-28T12:00:00.123456789123Z", noon + 123),
            ("2026-11-28T12:00:60Z", noon + 59_000),
            ("1969-12-31T23:59:59Z", -1000),
        ] {
            assert_eq!(w3c_ms(text), Some(ms), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_of_the_profile_is_none() {
        for text in [
            "",
            "26-11-28",
            "2026-1-2",
            "2026-02-29",
            "2026-13-01",
            "2026-11-28-01",
            "2026-11-28T12Z",
            "2026-11-28T12:00",
            "2026-11-28T12:00:00+0100",
            "2026-11T12:00Z",
            "2026-11-28T24:00:00Z",
            "2026-11-28T12:00.5Z",
            "2026-11-28T12:00:00.Z",
            "2026-11-28T12:00:00+24:00",
            "2026-11-28 12:00:00",
            "28.11.2026",
            "+026-11-28",
            "2026-11-28T12:00:00Zx",
            "2026-11-28T1é:00Z",
        ] {
            assert_eq!(w3c_ms(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[0-9TZtz:.+é-]{0,30}") {
            let _ = w3c_ms(&text);
        }
    }
}

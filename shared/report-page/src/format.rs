//! Numbers as people read them.

use log_formats::{civil, date_and_hour};

/// `1,234,567`.
#[must_use]
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1.2 GB`, by powers of a thousand.
#[must_use]
pub fn bytes(value: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let (mut value, mut unit) = (value as f64, 0);
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let decimals = usize::from(unit > 0 && value < 99.5);
    format!("{value:.decimals$} {}", UNITS[unit])
}

/// A share as per cent; `–` where there is none.
#[must_use]
pub fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

/// Microseconds as milliseconds or seconds; `–` where there are none.
#[must_use]
pub fn duration(us: Option<u32>) -> String {
    match us {
        None => "–".to_owned(),
        Some(us) if us < 10_000 => format!("{:.1} ms", f64::from(us) / 1000.0),
        Some(us) if us < 1_000_000 => format!("{} ms", us / 1000),
        Some(us) => format!("{:.2} s", f64::from(us) / 1_000_000.0),
    }
}

/// `2026-11-27 10:20 UTC`.
#[must_use]
pub fn moment(time_ms: i64) -> String {
    let (date, hour) = date_and_hour(time_ms);
    let minute = time_ms.rem_euclid(3_600_000) / 60_000;
    format!("{date} {hour:02}:{minute:02} UTC")
}

/// `27 November 2026`.
#[must_use]
pub fn date(time_ms: i64) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, month, day) = civil(time_ms.div_euclid(86_400_000));
    let month = MONTHS.get(usize::from(month) - 1).copied().unwrap_or("");
    format!("{day} {month} {year}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_by_people() {
        assert_eq!(
            (count(0), count(1_234_567)),
            ("0".to_owned(), "1,234,567".to_owned())
        );
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_234_567), "1.2 MB");
        assert_eq!(bytes(999_600), "1.0 MB");
        assert_eq!(percent(Some(0.1234)), "12.3 %");
        assert_eq!(
            (duration(Some(1500)), duration(Some(2_500_000))),
            ("1.5 ms".to_owned(), "2.50 s".to_owned())
        );
        assert_eq!(moment(1_795_774_830_000), "2026-11-27 10:20 UTC");
        assert_eq!(date(1_795_774_830_000), "27 November 2026");
    }
}

//! The days of a component as bars: one path for each kind of day.
//!
//! A run of days is one horizontal stroke, as high as a bar is. The style makes dashes of it,
//! which begin anew with each run: so 90 bars need little more bytes than the days on which
//! something changed.

use std::fmt::Write as _;

use health_state::{BAR_DAYS, Bar, Seconds};
use maud::{Markup, PreEscaped, html};

/// What a day was, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Day {
    Up,
    /// Down for at most a twentieth of the time that is known.
    Shortly,
    /// Down for longer.
    Down,
    /// In maintenance, as far as it is known.
    Maintenance,
    Unknown,
}

impl Day {
    pub(crate) const ALL: [Self; 5] = [
        Self::Up,
        Self::Shortly,
        Self::Down,
        Self::Maintenance,
        Self::Unknown,
    ];

    pub(crate) fn of(seconds: &Seconds) -> Self {
        let (up, down) = (u64::from(seconds.up), u64::from(seconds.down));
        match (up + down, down) {
            (0, _) if seconds.maintenance > 0 => Self::Maintenance,
            (0, _) => Self::Unknown,
            (_, 0) => Self::Up,
            (known, _) if down * 20 <= known => Self::Shortly,
            _ => Self::Down,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Shortly => "partly down",
            Self::Down => "down",
            Self::Maintenance => "maintenance",
            Self::Unknown => "not observed",
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Up => "u",
            Self::Shortly => "s",
            Self::Down => "d",
            Self::Maintenance => "m",
            Self::Unknown => "n",
        }
    }

    /// Whether its bar is drawn on a day. Bars of days that were partly down are higher, and
    /// hide the one below them: that spares the strokes for up from ending there.
    const fn is_below(self, day: Self) -> bool {
        match self {
            Self::Up => matches!(day, Self::Up | Self::Shortly | Self::Down),
            _ => self as u8 == day as u8,
        }
    }

    /// Where the middle of its stroke is, so that all bars stand on the same line. The style
    /// has the strokes' widths.
    const fn middle(self) -> u8 {
        match self {
            Self::Up => 7,
            Self::Shortly => 6,
            Self::Down => 5,
            Self::Maintenance => 8,
            Self::Unknown => 9,
        }
    }
}

/// The bars of a component, with what they add up to as text.
pub(crate) fn bars(bars: &[Bar]) -> Markup {
    let days: Vec<Day> = bars.iter().map(|bar| Day::of(&bar.seconds)).collect();
    html! {
        svg viewBox=(format!("0 0 {BAR_DAYS} 10")) role="img" {
            title { (summary(&days)) }
            @for day in Day::ALL {
                @if let Some(path) = path(&days, day) { (stroke(day, &path)) }
            }
        }
    }
}

/// One bar, for the legend.
pub(crate) fn sample(day: Day) -> Markup {
    let path = format!("M0 {}h1", day.middle());
    html! {
        svg viewBox="0 0 1 10" aria-hidden="true" { (stroke(day, &path)) }
    }
}

/// An element that closes itself, which maud has not; nothing in it is text of others.
fn stroke(day: Day, path: &str) -> Markup {
    PreEscaped(format!(r#"<path class="{}" d="{path}"/>"#, day.class()))
}

/// `Days: 86 up, 1 not observed`.
fn summary(days: &[Day]) -> String {
    let count = |kind: Day| days.iter().filter(|day| **day == kind).count();
    let part = |kind| match count(kind) {
        0 => None,
        count => Some(format!("{count} {}", kind.name())),
    };
    let parts: Vec<_> = Day::ALL.into_iter().filter_map(part).collect();
    if parts.is_empty() {
        return "Days: none".to_owned();
    }
    format!("Days: {}", parts.join(", "))
}

/// The strokes of one kind of day; `None` when there are none. The last day is at the right.
fn path(days: &[Day], kind: Day) -> Option<String> {
    let all = usize::try_from(BAR_DAYS).unwrap_or(0);
    let mut place = all.saturating_sub(days.len());
    let (mut path, mut pen) = (String::new(), 0);
    for run in days.chunk_by(|a, b| kind.is_below(*a) == kind.is_below(*b)) {
        if run.first().is_some_and(|day| kind.is_below(*day)) {
            // Writing to a string does not fail.
            let _ = if path.is_empty() {
                write!(path, "M{place} {}h{}", kind.middle(), run.len())
            } else {
                write!(path, "m{} 0h{}", place - pen, run.len())
            };
            pen = place + run.len();
        }
        place += run.len();
    }
    (!path.is_empty()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_what_their_seconds_say() {
        let days = [
            ([86_400, 0, 0, 0], Day::Up),
            ([0, 0, 0, 0], Day::Unknown),
            ([0, 0, 86_400, 0], Day::Unknown),
            ([0, 0, 1, 1], Day::Maintenance),
            ([1, 0, 0, 86_399], Day::Up),
            ([95, 5, 0, 0], Day::Shortly),
            ([94, 6, 0, 0], Day::Down),
            ([0, 1, 0, 0], Day::Down),
        ];
        for (seconds, day) in days {
            assert_eq!(Day::of(&Seconds::from(seconds)), day, "{seconds:?}");
        }
    }

    #[test]
    fn runs_are_strokes_and_the_last_day_is_at_the_right() {
        let mut days = vec![Day::Up; 90];
        days[40] = Day::Down;
        days[89] = Day::Down;
        assert_eq!(path(&days, Day::Up).unwrap(), "M0 7h90");
        assert_eq!(path(&days, Day::Down).unwrap(), "M40 5h1m48 0h1");
        assert_eq!(path(&days, Day::Unknown), None);
        days[0] = Day::Unknown;
        assert_eq!(path(&days, Day::Up).unwrap(), "M1 7h89");
        assert_eq!(path(&days, Day::Unknown).unwrap(), "M0 9h1");
        assert_eq!(path(&[Day::Up], Day::Up).unwrap(), "M89 7h1");
        assert_eq!(summary(&days), "Days: 87 up, 2 down, 1 not observed");
    }
}

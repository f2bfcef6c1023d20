//! Badges: what one component is, small enough for a page of someone else.

use std::str::FromStr;

use maud::html;

use crate::format::{clamp_ms, latency, percent};
use crate::snapshot::{Component, Snapshot};
use crate::standing::Standing;

/// The badges' media type.
pub const BADGE_TYPE: &str = "image/svg+xml";

/// What a badge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BadgeKind {
    /// The uptime of the last 24 hours.
    UptimeDay,
    /// The uptime of the last 7 days.
    UptimeWeek,
    /// The uptime of the last 30 days.
    UptimeMonth,
    /// The uptime of the last 90 days.
    UptimeQuarter,
    /// How it is.
    Health,
    /// Within what time 95 % of the answers came.
    P95,
}

/// There is no badge of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no badge of that name")]
pub struct UnknownBadge;

impl BadgeKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::UptimeDay,
        Self::UptimeWeek,
        Self::UptimeMonth,
        Self::UptimeQuarter,
        Self::Health,
        Self::P95,
    ];

    /// Its name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UptimeDay => "uptime-24h",
            Self::UptimeWeek => "uptime-7d",
            Self::UptimeMonth => "uptime-30d",
            Self::UptimeQuarter => "uptime-90d",
            Self::Health => "health",
            Self::P95 => "p95",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::UptimeDay => "uptime 24 h",
            Self::UptimeWeek => "uptime 7 d",
            Self::UptimeMonth => "uptime 30 d",
            Self::UptimeQuarter => "uptime 90 d",
            Self::Health => "health",
            Self::P95 => "95 % within",
        }
    }
}

impl FromStr for BadgeKind {
    type Err = UnknownBadge;

    fn from_str(name: &str) -> Result<Self, UnknownBadge> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or(UnknownBadge)
    }
}

/// What is behind a text, which is white.
mod paint {
    pub(super) const LABEL: &str = "#39434d";
    pub(super) const GOOD: &str = "#1a7f37";
    pub(super) const WARN: &str = "#8a5300";
    pub(super) const BAD: &str = "#b3261e";
    pub(super) const WORK: &str = "#6b3fa0";
    pub(super) const PLAIN: &str = "#55616e";
}

/// A badge of a component as SVG; `None` when there is no such component.
#[must_use]
pub fn badge(snapshot: &Snapshot, id: &str, kind: BadgeKind, now_ms: i64) -> Option<String> {
    let snapshot = snapshot.clean();
    let component = snapshot.component(id)?;
    let (value, colour) = match kind {
        BadgeKind::Health => health(&snapshot, component, clamp_ms(now_ms)),
        BadgeKind::P95 => {
            let of = |of: crate::Latency| latency(of.p95_us);
            let value = component.latency.map_or_else(|| "unknown".to_owned(), of);
            (value, paint::PLAIN)
        }
        BadgeKind::UptimeDay => uptime(component.uptime.day),
        BadgeKind::UptimeWeek => uptime(component.uptime.week),
        BadgeKind::UptimeMonth => uptime(component.uptime.month),
        BadgeKind::UptimeQuarter => uptime(component.uptime.quarter),
    };
    Some(draw(&component.name, kind.label(), &value, colour))
}

fn health(snapshot: &Snapshot, component: &Component, now_ms: i64) -> (String, &'static str) {
    if snapshot.is_stale(now_ms) {
        return ("unknown: data are stale".to_owned(), paint::PLAIN);
    }
    let standing = snapshot.standing(component, now_ms);
    let colour = match standing {
        Standing::Up => paint::GOOD,
        Standing::Degraded | Standing::InDoubt | Standing::Recovering => paint::WARN,
        Standing::Down => paint::BAD,
        Standing::Maintenance => paint::WORK,
        Standing::Unknown => paint::PLAIN,
    };
    (standing.name().to_owned(), colour)
}

fn uptime(share: Option<f64>) -> (String, &'static str) {
    match share {
        None => ("unknown".to_owned(), paint::PLAIN),
        Some(value) if value >= 0.999 => (percent(share), paint::GOOD),
        Some(value) if value >= 0.99 => (percent(share), paint::WARN),
        Some(_) => (percent(share), paint::BAD),
    }
}

/// Pixels around a text.
const PADDING: u32 = 6;

fn draw(name: &str, label: &str, value: &str, colour: &str) -> String {
    let (left, right) = (width(label), width(value));
    let split = left + 2 * PADDING;
    let all = split + right + 2 * PADDING;
    let say = format!("{name}: {label}: {value}");
    let badge = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(all) height="20" viewBox=(format!("0 0 {all} 20")) role="img" aria-label=(say) {
            title { (say) }
            rect width=(all) height="20" rx="3" fill=(paint::LABEL) {}
            path d=(format!("M{split} 0h{}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H{split}z", all - split - 3)) fill=(colour) {}
            g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" aria-hidden="true" {
                text x=(PADDING) y="14" textLength=(left) { (label) }
                text x=(split + PADDING) y="14" textLength=(right) { (value) }
            }
        }
    };
    badge.into_string()
}

/// How wide a text is in Verdana of 11 pixels; browsers stretch what they have to that.
fn width(text: &str) -> u32 {
    let tenths: u32 = text.chars().map(tenths).sum();
    tenths.div_ceil(10)
}

/// Tenths of pixels.
const fn tenths(c: char) -> u32 {
    match c {
        'i' | 'l' => 30,
        ' ' | 'f' | 'j' => 39,
        '.' => 40,
        't' => 43,
        'r' => 47,
        ':' => 50,
        'c' | 's' | 'z' => 57,
        'a' | 'e' | 'k' | 'o' | 'v' | 'x' | 'y' => 66,
        'w' => 90,
        'm' => 107,
        '%' => 118,
        _ => 70,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_letters() {
        assert_eq!(width(""), 0);
        assert_eq!(width("99.98 %"), 48);
        assert!(width("in maintenance") > width("in doubt"));
    }

    #[test]
    fn names_are_read_back() {
        for kind in BadgeKind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        assert_eq!("uptime-1h".parse::<BadgeKind>(), Err(UnknownBadge));
    }
}

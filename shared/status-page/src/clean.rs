//! Before anything is shown: text that cannot break or bend what is around it, numbers that
//! can be written, and only what the public knows.

use std::collections::BTreeSet;

use health_state::BAR_DAYS;

use crate::format::{clamp_ms, clamp_share};
use crate::snapshot::{Component, Incident, Note, Snapshot, Uptime, Window};

/// Characters that are kept at most.
const ID: usize = 64;
const NAME: usize = 80;
const TITLE: usize = 160;
const TEXT: usize = 500;
const URL: usize = 500;

impl Snapshot {
    /// The same, as it can be shown. Of what has the same id, the first stays.
    pub(crate) fn clean(&self) -> Self {
        let mut seen = BTreeSet::new();
        let mut components: Vec<_> = self.components.iter().map(clean_component).collect();
        components.retain(|component| seen.insert(component.id.clone()));
        let ids = seen;
        let mut seen = BTreeSet::new();
        let incident = |incident| clean_incident(incident, &ids);
        let mut incidents: Vec<_> = self.incidents.iter().map(incident).collect();
        incidents.retain(|incident| seen.insert(incident.id.clone()));
        incidents.sort_by_key(|incident| (incident.ended_ms.is_some(), -incident.started_ms));
        let window = |window| clean_window(window, &ids);
        let mut maintenance: Vec<_> = self.maintenance.iter().map(window).collect();
        maintenance.sort_by_key(|window| window.from_ms);
        Self {
            site: clean_text(&self.site, NAME),
            url: clean_url(&self.url),
            made_ms: clamp_ms(self.made_ms),
            stale_ms: self.stale_ms.max(0),
            components,
            incidents,
            maintenance,
        }
    }
}

fn clean_component(component: &Component) -> Component {
    let days = usize::try_from(BAR_DAYS).unwrap_or(0);
    let old = component.bars.len().saturating_sub(days);
    let uptime = component.uptime;
    Component {
        id: clean_text(&component.id, ID),
        name: clean_text(&component.name, NAME),
        group: clean_text(&component.group, NAME),
        state: component.state,
        since_ms: clamp_ms(component.since_ms),
        checked_ms: component.checked_ms.map(clamp_ms),
        uptime: Uptime {
            day: uptime.day.and_then(clamp_share),
            week: uptime.week.and_then(clamp_share),
            month: uptime.month.and_then(clamp_share),
            quarter: uptime.quarter.and_then(clamp_share),
        },
        bars: component.bars.iter().skip(old).copied().collect(),
        latency: component.latency,
    }
}

fn clean_incident(incident: &Incident, ids: &BTreeSet<String>) -> Incident {
    let root = incident.root.as_ref().map(|id| clean_text(id, ID));
    let note = |note: &Note| Note {
        at_ms: clamp_ms(note.at_ms),
        text: clean_text(&note.text, TEXT),
    };
    Incident {
        id: clean_text(&incident.id, ID),
        components: clean_ids(&incident.components, ids),
        root: root.filter(|id| ids.contains(id)),
        started_ms: clamp_ms(incident.started_ms),
        ended_ms: incident.ended_ms.map(clamp_ms),
        title: clean_text(&incident.title, TITLE),
        notes: incident.notes.iter().map(note).collect(),
    }
}

fn clean_window(window: &Window, ids: &BTreeSet<String>) -> Window {
    Window {
        components: clean_ids(&window.components, ids),
        from_ms: clamp_ms(window.from_ms),
        to_ms: clamp_ms(window.to_ms),
        text: clean_text(&window.text, TEXT),
    }
}

/// The ids of them that the public knows.
fn clean_ids(some: &[String], ids: &BTreeSet<String>) -> Vec<String> {
    let cleaned = some.iter().map(|id| clean_text(id, ID));
    cleaned.filter(|id| ids.contains(id)).collect()
}

/// Only web addresses: everything else would be a script, or lead nowhere.
fn clean_url(url: &str) -> String {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let is_plain = !url.chars().any(|c| c.is_whitespace() || is_bad(c));
    if is_web && is_plain && url.len() <= URL {
        url.trim_end_matches('/').to_owned()
    } else {
        "/status".to_owned()
    }
}

/// White space of any kind becomes a space, what is no text becomes `U+FFFD`.
fn clean_text(text: &str, most: usize) -> String {
    let clean = |c: char| match c {
        '\t' | '\n' | '\r' => ' ',
        c if is_bad(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    let mut cleaned: String = text.chars().take(most).map(clean).collect();
    if text.chars().nth(most).is_some() {
        cleaned.pop();
        cleaned.push('…');
    }
    cleaned.trim().to_owned()
}

/// Controls, what XML has no place for, and what would turn the text around it.
fn is_bad(c: char) -> bool {
    c.is_control()
        || (c as u32) & 0xfffe == 0xfffe
        || matches!(c, '\u{fdd0}'..='\u{fdef}' | '\u{2028}' | '\u{2029}')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_its_words_and_loses_its_controls() {
        assert_eq!(clean_text(" a\r\nb\u{1b}[0m ", 80), "a  b\u{fffd}[0m");
        assert_eq!(clean_text("x\u{202e}y\u{ffff}", 80), "x\u{fffd}y\u{fffd}");
        assert_eq!(clean_text("äöüß", 3), "äö…");
    }

    #[test]
    fn addresses_are_of_the_web() {
        assert_eq!(
            clean_url("https://a.example/status/"),
            "https://a.example/status"
        );
        for bad in ["javascript:alert(1)", "", "https://a b", "//a.example"] {
            assert_eq!(clean_url(bad), "/status", "{bad}");
        }
    }
}

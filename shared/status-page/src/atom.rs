//! Incidents as a feed. <https://www.rfc-editor.org/rfc/rfc4287>

use maud::{Markup, PreEscaped, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::format::{duration, moment, rfc3339};
use crate::incidents::anchor;
use crate::page::incidents_url;
use crate::snapshot::{Incident, Snapshot};

/// The feed's media type.
pub const ATOM_TYPE: &str = "application/atom+xml; charset=utf-8";

/// What needs no escape in addresses.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A year in which the host already was the site's: names are tags of it.
/// <https://www.rfc-editor.org/rfc/rfc4151>
const TAG_YEAR: &str = "2026";

/// The incidents as Atom. Each is an entry that keeps its name, and is updated as it goes on.
#[must_use]
pub fn atom_feed(snapshot: &Snapshot) -> String {
    let snapshot = &snapshot.clean();
    let updated = snapshot.incidents.iter().map(Incident::updated_ms).max();
    let feed = html! {
        (PreEscaped("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"))
        feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" {
            id { (tag(snapshot, "incidents")) }
            title { (snapshot.site) " incidents" }
            updated { (rfc3339(updated.unwrap_or(snapshot.made_ms))) }
            author { name { (snapshot.site) } }
            link rel="self" type="application/atom+xml" href=(incidents_url(snapshot)) {}
            link rel="alternate" type="text/html" href=(snapshot.url) {}
            @for incident in &snapshot.incidents { (entry(snapshot, incident)) }
        }
    };
    feed.into_string()
}

fn entry(snapshot: &Snapshot, incident: &Incident) -> Markup {
    let name = format!("incident:{}", escape(&incident.id));
    let state = if incident.ended_ms.is_some() {
        "ended"
    } else {
        "open"
    };
    html! {
        entry {
            id { (tag(snapshot, &name)) }
            title { (incident.title) }
            published { (rfc3339(incident.started_ms)) }
            updated { (rfc3339(incident.updated_ms())) }
            category term=(state) {}
            link rel="alternate" type="text/html" href={ (snapshot.url) "#" (anchor(incident)) } {}
            content type="text" { (story(snapshot, incident)) }
        }
    }
}

/// What happened, a line each.
fn story(snapshot: &Snapshot, incident: &Incident) -> String {
    let mut lines = Vec::new();
    if !incident.components.is_empty() {
        let names = snapshot.names(&incident.components);
        lines.push(format!("Concerns: {names}."));
    }
    let root = incident.root.as_ref();
    if let Some(root) = root.and_then(|id| snapshot.component(id)) {
        lines.push(format!("Comes from: {}.", root.name));
    }
    lines.push(format!("Began {}.", moment(incident.started_ms)));
    for note in &incident.notes {
        lines.push(format!("{}: {}", moment(note.at_ms), note.text));
    }
    if let Some(ended_ms) = incident.ended_ms {
        let lasted = duration(ended_ms.saturating_sub(incident.started_ms).max(0));
        lines.push(format!("Ended {}, after {lasted}.", moment(ended_ms)));
    }
    lines.join("\n")
}

/// A name that stays the same wherever the page is.
fn tag(snapshot: &Snapshot, name: &str) -> String {
    format!("tag:{},{TAG_YEAR}:status:{name}", authority(&snapshot.url))
}

/// The host of an address, as far as it can be in a name.
fn authority(url: &str) -> String {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let rest = rest.rsplit('@').next().unwrap_or_default();
    let host = rest.split(':').next().unwrap_or_default();
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let host: String = host.chars().filter(is_plain).collect();
    if host.is_empty() {
        return "localhost".to_owned();
    }
    host.to_ascii_lowercase()
}

/// Text as a part of an address.
pub(crate) fn escape(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_of_the_host() {
        assert_eq!(
            authority("https://WWW.example.com:8443/status"),
            "www.example.com"
        );
        assert_eq!(authority("/status"), "localhost");
        assert_eq!(authority("https://me@a.example?x"), "a.example");
    }
}

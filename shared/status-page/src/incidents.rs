//! What goes wrong, what did, and what is announced.

use maud::{Markup, html};

use crate::format::{duration, when};
use crate::page::View;
use crate::snapshot::{Incident, Window};
use crate::standing::Standing;

/// Incidents that are shown of those that are open, and of those that have ended.
const OPEN: usize = 10;
const ENDED: usize = 3;
/// Notes that are shown of each: the last ones.
const OPEN_NOTES: usize = 5;
const ENDED_NOTES: usize = 1;
/// Windows that are shown.
const WINDOWS: usize = 5;

pub(crate) fn open(view: &View<'_>) -> Markup {
    let incidents = view.snapshot.incidents.iter();
    let open: Vec<_> = incidents.filter(|i| i.ended_ms.is_none()).collect();
    html! {
        @if !open.is_empty() {
            h2 { "Incidents now" }
            @for incident in open.iter().take(OPEN) { (card(view, incident, OPEN_NOTES)) }
            (more(open.len(), OPEN))
        }
    }
}

pub(crate) fn ended(view: &View<'_>) -> Markup {
    let incidents = view.snapshot.incidents.iter();
    let ended: Vec<_> = incidents.filter(|i| i.ended_ms.is_some()).collect();
    html! {
        h2 { "Past incidents" }
        @if ended.is_empty() { p { "None of late." } }
        @for incident in ended.iter().take(ENDED) { (card(view, incident, ENDED_NOTES)) }
        (more(ended.len(), ENDED))
    }
}

fn more(all: usize, shown: usize) -> Markup {
    html! {
        @if all > shown { p.soft { "And " (all - shown) " more, which the feed has." } }
    }
}

fn card(view: &View<'_>, incident: &Incident, notes: usize) -> Markup {
    let now_ms = view.now_ms;
    let standing = match incident.ended_ms {
        Some(_) => Standing::Up,
        None => Standing::Down,
    };
    let names = view.snapshot.names(&incident.components);
    let root = incident.root.as_ref();
    let root = root.and_then(|id| view.snapshot.component(id));
    let hidden = incident.notes.len().saturating_sub(notes);
    html! {
        div id=(anchor(incident)) class={ "card " (standing.class()) } {
            h3 { (incident.title) }
            p.soft {
                "From " (when(incident.started_ms, now_ms))
                @match incident.ended_ms {
                    Some(ended_ms) => {
                        " to " (when(ended_ms, now_ms)) ": "
                        (duration(ended_ms.saturating_sub(incident.started_ms).max(0)))
                    }
                    None => " on, not ended yet",
                }
                "."
            }
            @if !names.is_empty() { p { "Concerns: " (names) "." } }
            @if let Some(root) = root { p { "Comes from: " (root.name) "." } }
            @if !incident.notes.is_empty() {
                ul { @for note in incident.notes.iter().skip(hidden).rev() {
                    li { (when(note.at_ms, now_ms)) ": " (note.text) }
                } }
            }
        }
    }
}

pub(crate) fn maintenance(view: &View<'_>) -> Markup {
    let windows = view.snapshot.maintenance.iter();
    let windows: Vec<_> = windows
        .filter(|w| w.to_ms > view.now_ms && w.from_ms < w.to_ms)
        .collect();
    html! {
        @if !windows.is_empty() {
            h2 { "Maintenance" }
            @for window in windows.iter().take(WINDOWS) { (announcement(view, window)) }
        }
    }
}

fn announcement(view: &View<'_>, window: &Window) -> Markup {
    let names = view.snapshot.names(&window.components);
    html! {
        div.card.work {
            h3 {
                @if window.is_at(view.now_ms) { "Now" } @else { "Next" }
                @if !names.is_empty() { ": " (names) }
            }
            p.soft { "From " (when(window.from_ms, view.now_ms)) " to " (when(window.to_ms, view.now_ms)) "." }
            @if !window.text.is_empty() { p { (window.text) } }
        }
    }
}

/// Where on the page an incident is.
pub(crate) fn anchor(incident: &Incident) -> String {
    format!("incident-{}", crate::atom::escape(&incident.id))
}

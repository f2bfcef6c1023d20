//! What is kept of what others wrote: rows are paid for by their size.

use health_state::{CloudEvent, Observation};

/// Characters of a sentence.
pub(crate) const MAX_TEXT: usize = 500;
/// Pieces of evidence, as many as an incident keeps.
const MAX_EVIDENCE: usize = 5;
/// Characters of each.
const MAX_PIECE: usize = 300;

pub(crate) fn text(text: &str) -> String {
    shortened(text, MAX_TEXT)
}

pub(crate) fn observation(observation: &Observation) -> Observation {
    Observation {
        text: text(&observation.text),
        evidence: evidence(&observation.evidence),
        ..observation.clone()
    }
}

pub(crate) fn event(event: &CloudEvent) -> CloudEvent {
    CloudEvent {
        text: text(&event.text),
        evidence: evidence(&event.evidence),
        ..event.clone()
    }
}

fn evidence(pieces: &[String]) -> Vec<String> {
    let pieces = pieces.iter().take(MAX_EVIDENCE);
    pieces.map(|piece| shortened(piece, MAX_PIECE)).collect()
}

fn shortened(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).collect();
    if short.len() < text.len() {
        short.pop();
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_at_a_character() {
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöüß", 3), "äö…");
        let many = vec!["x".repeat(1000); 20];
        let kept = evidence(&many);
        assert_eq!((kept.len(), kept[0].chars().count()), (5, 300));
    }
}

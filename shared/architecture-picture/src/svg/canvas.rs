//! Shapes and texts, as SVG.

use std::fmt::Write as _;

use super::text::{bold_width, escape};

/// A rectangle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Area {
    pub(super) fn right(self) -> i32 {
        self.x + self.width
    }

    pub(super) fn bottom(self) -> i32 {
        self.y + self.height
    }

    pub(super) fn centre(self) -> (i32, i32) {
        (self.x + self.width / 2, self.y + self.height / 2)
    }
}

/// What was drawn so far.
#[derive(Debug, Default)]
pub(super) struct Canvas(String);

impl Canvas {
    pub(super) fn finish(self) -> String {
        self.0
    }

    /// Puts what another holds on top.
    pub(super) fn append(&mut self, other: Self) {
        self.0.push_str(&other.0);
    }

    fn element(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.0.write_fmt(element);
        self.0.push('\n');
    }

    pub(super) fn area(&mut self, area: Area, class: &str, radius: i32) {
        let Area {
            x,
            y,
            width,
            height,
        } = area;
        self.element(format_args!(
            r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"/>"#
        ));
    }

    /// A text whose base line is at `y`; where it is in respect of `x` says its class.
    pub(super) fn text(&mut self, x: i32, y: i32, class: &str, text: &str) {
        let text = escape(text);
        let class = match class {
            "" => String::new(),
            class => format!(r#" class="{class}""#),
        };
        self.element(format_args!(
            r#"<text{class} x="{x}" y="{y}">{text}</text>"#
        ));
    }

    /// A name in the middle of a box, narrower where it would not fit.
    pub(super) fn name(&mut self, area: Area, base: i32, name: &str) {
        let (x, most) = (area.centre().0, area.width - 8);
        let squeezed = if bold_width(name) > most {
            format!(r#" textLength="{most}" lengthAdjust="spacingAndGlyphs""#)
        } else {
            String::new()
        };
        let name = escape(name);
        self.element(format_args!(
            r#"<text class="name middle" x="{x}" y="{base}"{squeezed}>{name}</text>"#
        ));
    }

    /// A line of text that begins with a muted word.
    pub(super) fn text_after(&mut self, x: i32, y: i32, word: &str, rest: &str) {
        let (word, rest) = (escape(word), escape(rest));
        self.element(format_args!(
            r#"<text x="{x}" y="{y}"><tspan class="muted">{word}</tspan> {rest}</text>"#
        ));
    }

    /// The little square that says by its colour what a text names.
    pub(super) fn mark(&mut self, x: i32, base: i32, kind: &str) {
        let y = base - 8;
        self.element(format_args!(
            r#"<rect class="mark {kind}" x="{x}" y="{y}" width="8" height="8" rx="2"/>"#
        ));
    }

    pub(super) fn rule(&mut self, x: i32, y: i32, width: i32) {
        self.element(format_args!(r#"<path class="rule" d="M{x} {y}h{width}"/>"#));
    }

    /// An arrow over these corners.
    pub(super) fn arrow(&mut self, corners: &[(i32, i32)]) {
        let corners: Vec<String> = corners.iter().map(|(x, y)| format!("{x} {y}")).collect();
        let path = corners.join("L");
        self.element(format_args!(
            r#"<path class="flow" marker-end="url(#tip)" d="M{path}"/>"#
        ));
    }
}

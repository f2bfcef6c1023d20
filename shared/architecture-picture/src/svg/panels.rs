//! The functions: a panel for each concern, a row for each function. What invokes it is to its
//! left, what it stores and sends to its right; a line that comes from the right only reads.

use super::canvas::{Area, Canvas};
use super::text::{LINE, lines, width, wrap};
use super::{MARGIN, WIDTH};
use crate::Architecture;
use crate::function::Function;
use crate::kind::Line;

const GAP: i32 = 16;
const PADDING: i32 = 12;
const PANEL: i32 = (WIDTH - 2 * MARGIN - GAP) / 2;
/// How wide a function's box is.
const BOX: i32 = 122;
/// How long the lines to and from a box are.
const FLOW: i32 = 18;
/// How wide the texts at both sides of a box are.
const SIDE: i32 = (PANEL - 2 * PADDING - BOX - 2 * FLOW) / 2;
/// From a mark to its text.
const INDENT: i32 = 13;

/// A panel: its title, and the first words of the names of its functions.
struct Concern {
    title: &'static str,
    words: &'static [&'static str],
}

const COLUMNS: [&[Concern]; 2] = [
    &[
        Concern {
            title: "Images",
            words: &["image"],
        },
        Concern {
            title: "Forms",
            words: &["forms"],
        },
        Concern {
            title: "Pages without web servers",
            words: &["site"],
        },
    ],
    &[
        Concern {
            title: "Logs",
            words: &["log"],
        },
        Concern {
            title: "Health",
            words: &["health"],
        },
        Concern {
            title: "Caches",
            words: &["cache", "warm"],
        },
        // Whatever has no other.
        Concern {
            title: "Other functions",
            words: &[],
        },
    ],
];

/// Draws all panels below `top`, and returns where they end.
pub(super) fn draw(canvas: &mut Canvas, architecture: &Architecture, top: i32) -> i32 {
    let x = MARGIN + 8;
    canvas.text(x, top + 4, "head", "Functions");
    let caption =
        "left: what invokes it · right: what it writes or sends, and, arrow back, only reads";
    canvas.text(x + 76, top + 4, "muted", caption);
    let mut bottom = top;
    let mut left = MARGIN;
    for column in COLUMNS {
        let mut y = top + 18;
        for concern in column {
            let functions: Vec<&Function> = architecture
                .functions
                .iter()
                .filter(|function| is_of(concern, &function.name))
                .collect();
            if !functions.is_empty() {
                y = panel(canvas, concern.title, &functions, (left, y)) + GAP;
            }
        }
        bottom = bottom.max(y - GAP);
        left += PANEL + GAP;
    }
    bottom
}

fn is_of(concern: &Concern, name: &str) -> bool {
    let word = name.split('-').next().unwrap_or_default();
    if concern.words.is_empty() {
        let mut named = COLUMNS.into_iter().flatten();
        return named.all(|other| !other.words.contains(&word));
    }
    concern.words.contains(&word)
}

fn panel(canvas: &mut Canvas, title: &str, functions: &[&Function], at: (i32, i32)) -> i32 {
    let (x, y) = at;
    let mut rows = Canvas::default();
    let mut row = y + 34;
    for (count, function) in functions.iter().enumerate() {
        if count > 0 {
            rows.rule(x + PADDING, row + 5, PANEL - 2 * PADDING);
            row += 11;
        }
        row = self::row(&mut rows, function, (x + PADDING, row));
    }
    let area = Area {
        x,
        y,
        width: PANEL,
        height: row + PADDING - y,
    };
    canvas.area(area, "panel", 6);
    canvas.text(x + PADDING, y + 22, "head", title);
    canvas.append(rows);
    area.bottom()
}

/// A line of text beside a box.
struct Side<'a> {
    line: &'a Line,
    texts: Vec<String>,
    notes: Vec<String>,
}

fn sides(lines: &[Line]) -> Vec<Side<'_>> {
    let wide = SIDE - INDENT;
    lines
        .iter()
        .map(|line| Side {
            line,
            texts: wrap(&line.text(), wide),
            notes: line
                .from
                .iter()
                .flat_map(|from| wrap(&format!("← {from}"), wide))
                .collect(),
        })
        .collect()
}

fn height(sides: &[Side<'_>]) -> i32 {
    let counts = sides.iter().map(|side| side.texts.len() + side.notes.len());
    lines(counts.sum())
}

fn row(canvas: &mut Canvas, function: &Function, at: (i32, i32)) -> i32 {
    let (x, y) = at;
    let (triggers, accesses) = (sides(&function.triggers), sides(&function.accesses));
    let least = if function.class.is_some() { 40 } else { 28 };
    let tall = (height(&triggers).max(height(&accesses)) + 8).max(least);
    let area = Area {
        x: x + SIDE + FLOW,
        y,
        width: BOX,
        height: tall,
    };
    canvas.area(area, "box function", 5);
    let (centre, middle) = area.centre();
    let base = middle + 4;
    match &function.class {
        Some(class) => {
            canvas.name(area, base - 7, &function.name);
            canvas.text(centre, base + 8, "muted middle", &format!("class {class}"));
        }
        None => canvas.name(area, base, &function.name),
    }
    let mut base = y + (tall - height(&triggers)) / 2 + 11;
    for side in &triggers {
        let from = x + INDENT + side.texts.first().map_or(0, |text| width(text)) + 6;
        canvas.arrow(&[(from.min(area.x - 12), base - 4), (area.x - 1, base - 4)]);
        base = texts(canvas, side, (x, base));
    }
    let right = area.right();
    let mut base = y + (tall - height(&accesses)) / 2 + 11;
    for side in &accesses {
        let ends = [(right, base - 4), (right + FLOW - 4, base - 4)];
        match side.line.is_written {
            true => canvas.arrow(&ends),
            false => canvas.arrow(&[ends[1], (right + 1, base - 4)]),
        }
        base = texts(canvas, side, (right + FLOW, base));
    }
    area.bottom()
}

/// Writes a line with its mark, and returns where the next begins.
fn texts(canvas: &mut Canvas, side: &Side<'_>, at: (i32, i32)) -> i32 {
    let (x, mut base) = at;
    canvas.mark(x, base, side.line.kind.class());
    let word = side.line.kind.word(side.line.names.len() > 1);
    for (count, text) in side.texts.iter().enumerate() {
        match text.strip_prefix(word) {
            Some(rest) if count == 0 && !word.is_empty() => {
                canvas.text_after(x + INDENT, base, word, rest.trim_start());
            }
            _ => canvas.text(x + INDENT, base, "", text),
        }
        base += LINE;
    }
    for note in &side.notes {
        canvas.text(x + INDENT, base, "muted", note);
        base += LINE;
    }
    base
}

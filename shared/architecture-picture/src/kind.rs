//! Kinds of boxes and lines.

/// What something in the picture is. Their order is that of the lines beside a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Edge,
    Balancer,
    Function,
    Schedule,
    Queue,
    Stream,
    Table,
    Bucket,
    Topic,
    Event,
    Logs,
    Database,
    Cache,
    Mail,
}

impl Kind {
    /// The class that gives it its colour.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Edge => "edge",
            Self::Balancer => "balancer",
            Self::Function => "function",
            Self::Schedule | Self::Event | Self::Topic | Self::Mail => "event",
            Self::Queue => "queue",
            Self::Table | Self::Stream => "table",
            Self::Bucket | Self::Logs => "bucket",
            Self::Database | Self::Cache => "data",
        }
    }

    /// What stands before the names of so many; empty where the names say it.
    pub(crate) fn word(self, many: bool) -> &'static str {
        match (self, many) {
            (Self::Edge, _) => "CloudFront",
            (Self::Balancer, _) => "ALB",
            (Self::Queue, false) => "queue",
            (Self::Queue, true) => "queues",
            (Self::Stream, _) => "stream of",
            (Self::Table, false) => "table",
            (Self::Table, true) => "tables",
            (Self::Bucket, false) => "bucket",
            (Self::Bucket, true) => "buckets",
            (Self::Topic, false) => "topic",
            (Self::Topic, true) => "topics",
            (Self::Event, false) => "event",
            (Self::Event, true) => "events",
            (
                Self::Function
                | Self::Schedule
                | Self::Logs
                | Self::Database
                | Self::Cache
                | Self::Mail,
                _,
            ) => "",
        }
    }
}

/// A line beside a box: names of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) kind: Kind,
    pub(crate) names: Vec<String>,
    /// What leads to it, in small letters.
    pub(crate) from: Vec<String>,
    /// Whether the function writes to it, rather than only reads it.
    pub(crate) is_written: bool,
}

impl Line {
    pub(crate) fn new(kind: Kind, name: impl Into<String>) -> Self {
        Self {
            kind,
            names: vec![name.into()],
            from: Vec::new(),
            is_written: false,
        }
    }

    /// Its words: what it is, then the names.
    pub(crate) fn text(&self) -> String {
        let word = self.kind.word(self.names.len() > 1);
        format!("{word} {}", self.names.join(", "))
            .trim()
            .to_owned()
    }
}

/// Lines of one kind become one, in the order of the kinds.
pub(crate) fn merged(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by_key(|line| (line.kind, !line.is_written));
    let mut merged: Vec<Line> = Vec::new();
    for line in lines {
        match merged.last_mut() {
            Some(last) if last.kind == line.kind && last.is_written == line.is_written => {
                add(&mut last.names, line.names);
                add(&mut last.from, line.from);
            }
            _ => merged.push(line),
        }
    }
    merged
}

/// Adds what is not there yet.
fn add(list: &mut Vec<String>, more: Vec<String>) {
    for item in more {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}

/// The name of a logical id without the word for its kind: `FormsGuardTable` is `forms-guard`.
pub(crate) fn name_of(id: &str) -> String {
    let suffixes = ["Function", "Table", "Bucket", "Queue", "Topic"];
    let name = suffixes
        .iter()
        .find_map(|suffix| id.strip_suffix(suffix))
        .filter(|name| !name.is_empty());
    let mut kebab = String::new();
    for letter in name.unwrap_or(id).chars() {
        if letter.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_folders() {
        assert_eq!(name_of("ImageDeriveFunction"), "image-derive");
        assert_eq!(name_of("WarmP0Queue"), "warm-p0");
        assert_eq!(name_of("Table"), "table");
    }

    #[test]
    fn what_is_read_stays_apart_from_what_is_written() {
        let mut written = Line::new(Kind::Table, "runs");
        written.is_written = true;
        let lines = vec![
            Line::new(Kind::Table, "now"),
            written,
            Line::new(Kind::Queue, "p0"),
            Line::new(Kind::Queue, "p1"),
        ];
        let texts: Vec<String> = merged(lines).iter().map(Line::text).collect();
        assert_eq!(texts, ["queues p0, p1", "table runs", "table now"]);
    }
}

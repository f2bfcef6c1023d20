use jiff::Timestamp;

use super::message::Message;

/// What has been done.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) objects: u64,
    pub(crate) passed_over: u64,
    bytes: u64,
    oldest: Option<Timestamp>,
    newest: Option<Timestamp>,
}

impl Tally {
    pub(crate) fn add(&mut self, message: &Message) {
        self.objects += 1;
        self.bytes += message.size;
        if let Some(modified) = message.modified {
            self.oldest = Some(self.oldest.map_or(modified, |oldest| oldest.min(modified)));
            self.newest = Some(self.newest.map_or(modified, |newest| newest.max(modified)));
        }
    }

    /// How far it is.
    pub(crate) fn progress(&self, key: &str) -> String {
        format!(
            "{} objects, {} bytes, up to {key}",
            self.objects, self.bytes
        )
    }

    /// What it was in the end, a line each.
    pub(crate) fn describe(&self, is_dry_run: bool) -> Vec<String> {
        let done = if is_dry_run {
            "would be put on the queue"
        } else {
            "were put on the queue"
        };
        let mut lines = vec![format!(
            "{} objects {done}: {} bytes",
            self.objects, self.bytes
        )];
        if let (Some(oldest), Some(newest)) = (self.oldest, self.newest) {
            lines.push(format!("last modified from {oldest} to {newest}"));
        }
        if self.passed_over > 0 {
            lines.push(format!(
                "{} were passed over: folders, empty objects and those before --from",
                self.passed_over
            ));
        }
        lines
    }
}

use std::fmt;

/// Digits that every sequencer is padded to; S3's have at most 32.
const DIGITS: usize = 64;

/// The order of S3 events of one key.
///
/// "Right pad the shorter value with zeros, and then do a lexicographical comparison"
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>).
/// The padding is done once, so that DynamoDB can compare too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sequencer(String);

impl Sequencer {
    /// Reads the hexadecimal sequencer of an event; `None` where it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let fits = !text.is_empty() && text.len() <= DIGITS && hexadecimal;
        fits.then(|| Self(format!("{:0<DIGITS$}", text.to_ascii_uppercase())))
    }

    /// The padded digits, which compare as the events' order. [`Self::parse`] reads them back.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sequencer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let significant = self.0.trim_end_matches('0');
        f.write_str(if significant.is_empty() {
            "0"
        } else {
            significant
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_values_of_different_lengths() {
        let older = Sequencer::parse("0055AED6DCD90281E5").unwrap();
        let newer = Sequencer::parse("0055aed6dcd90281e6").unwrap();
        let shorter = Sequencer::parse("0055AED6DCD9").unwrap();
        assert!(shorter < older && older < newer);
    }

    #[test]
    fn is_written_without_the_padding() {
        for (text, written) in [("00ab10", "00AB1"), ("0", "0")] {
            let sequencer = Sequencer::parse(text).unwrap();
            assert_eq!(sequencer.to_string(), written);
            assert_eq!(Sequencer::parse(written), Some(sequencer));
        }
    }

    #[test]
    fn refuses_what_is_no_sequencer() {
        for text in ["", "xyz", &"0".repeat(65)] {
            assert_eq!(Sequencer::parse(text), None);
        }
    }
}

use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::AuditEvent;

/// The most bytes between the beginnings of two records: a record's text is in memory before
/// its length is known, and must not fill it. 64 times the longest that CloudTrail writes.
const MAX_HELD_BYTES: u64 = 16 << 20;

/// Bounds of what is read.
#[derive(Debug, Clone, Copy)]
pub struct ReadLimits {
    /// The most bytes of one file after decompression.
    pub max_bytes: u64,
    /// The longest record, in bytes; CloudTrail's are up to 256 KiB. Longer ones are bad, and
    /// at 16 MiB reading ends.
    pub max_record_bytes: usize,
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self {
            max_bytes: 512 << 20,
            max_record_bytes: 1 << 20,
        }
    }
}

/// What a file held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadTotals {
    /// Events that were handed over.
    pub events: u64,
    /// Records that are none, or too long.
    pub bad: u64,
}

/// Why reading ended before the file did. The events before it were handed over.
#[derive(Debug, thiserror::Error)]
#[error("read record {} of the audit log: {source}", read.events + read.bad + 1)]
pub struct ReadError {
    /// What was read before.
    pub read: ReadTotals,
    /// The fault.
    source: serde_json::Error,
}

/// Hands over each event of a file, `{"Records":[…]}`, holding one record at a time.
///
/// # Errors
/// When the file breaks off, is no JSON, or it or one of its records is larger than allowed.
pub fn read_events(
    stream: impl Read,
    limits: &ReadLimits,
    mut each: impl FnMut(&AuditEvent),
) -> Result<ReadTotals, ReadError> {
    let held = Cell::new(0);
    let stream = Capped {
        stream,
        left: limits.max_bytes,
        held: &held,
    };
    let mut totals = ReadTotals::default();
    let mut json = serde_json::Deserializer::from_reader(io::BufReader::new(stream));
    let file = File {
        limits,
        held: &held,
        totals: &mut totals,
        each: &mut each,
    };
    let read = file.deserialize(&mut json).and_then(|()| json.end());
    match read {
        Ok(()) => Ok(totals),
        Err(source) => Err(ReadError {
            read: totals,
            source,
        }),
    }
}

/// A stream that fails where it, or one record of it, is longer than allowed.
struct Capped<'a, R> {
    stream: R,
    left: u64,
    /// Bytes since the last record began, but for those that were buffered by then.
    held: &'a Cell<u64>,
}

impl<R: Read> Read for Capped<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other("the file is larger than allowed"))?;
        self.held.set(self.held.get() + count as u64);
        if self.held.get() > MAX_HELD_BYTES {
            return Err(io::Error::other("a record has more than 16 MiB"));
        }
        Ok(count)
    }
}

struct File<'a, F> {
    limits: &'a ReadLimits,
    held: &'a Cell<u64>,
    totals: &'a mut ReadTotals,
    each: &'a mut F,
}

impl<'de, F: FnMut(&AuditEvent)> DeserializeSeed<'de> for File<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: FnMut(&AuditEvent)> Visitor<'de> for File<'_, F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with `Records`")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            if name == "Records" {
                map.next_value_seed(Records(&mut self))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Records<'a, 'b, F>(&'a mut File<'b, F>);

impl<'de, F: FnMut(&AuditEvent)> DeserializeSeed<'de> for Records<'_, '_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(&AuditEvent)> Visitor<'de> for Records<'_, '_, F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<(), A::Error> {
        // As text first, which nesting of any depth cannot overflow the stack with.
        while let Some(text) = records.next_element::<Box<RawValue>>()? {
            self.0.held.set(0);
            let json = text.get();
            let fits = json.len() <= self.0.limits.max_record_bytes;
            let record = fits
                .then(|| serde_json::from_str::<Value>(json).ok())
                .flatten();
            match record.and_then(AuditEvent::of) {
                Some(event) => {
                    self.0.totals.events += 1;
                    (self.0.each)(&event);
                }
                None => self.0.totals.bad += 1,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(name: &str) -> String {
        format!(r#"{{"eventTime":"2026-11-27T10:20:30Z","eventName":"{name}"}}"#)
    }

    fn names(file: &str, limits: &ReadLimits) -> (Vec<String>, Result<ReadTotals, ReadError>) {
        let mut names = Vec::new();
        let read = read_events(file.as_bytes(), limits, |event| {
            names.push(event.text("eventName"))
        });
        (names, read)
    }

    #[test]
    fn bad_records_are_counted_and_the_others_are_read() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let long = record(&"x".repeat(400));
        let file = format!(
            r#"{{"version":1,"Records":[{},7,{deep},{{}},{long},{}],"more":{{}}}}"#,
            record("One"),
            record("Two")
        );
        let limits = ReadLimits {
            max_record_bytes: 300,
            ..ReadLimits::default()
        };
        let (names, read) = names(&file, &limits);
        assert_eq!(names, ["One", "Two"]);
        assert_eq!(read.unwrap(), ReadTotals { events: 2, bad: 4 });
    }

    #[test]
    fn a_file_that_breaks_off_is_read_up_to_there() {
        let file = format!(r#"{{"Records":[{},{}"#, record("One"), &record("Two")[..20]);
        let (names, read) = names(&file, &ReadLimits::default());
        assert_eq!(names, ["One"]);
        let error = read.unwrap_err();
        assert_eq!(error.read.events, 1);
        assert!(
            error
                .to_string()
                .starts_with("read record 2 of the audit log: EOF"),
            "{error}"
        );
    }

    #[test]
    fn a_file_that_is_too_large_ends_at_the_limit() {
        let file = format!(r#"{{"Records":[{}]}}"#, vec![record("One"); 2000].join(","));
        let limits = ReadLimits {
            max_bytes: 20_000,
            ..ReadLimits::default()
        };
        let error = names(&file, &limits).1.unwrap_err().to_string();
        assert!(error.contains("larger than allowed"), "{error}");
    }

    /// A record that never ends.
    struct Endless {
        begun: bool,
        given: u64,
    }

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            buffer.fill(b'x');
            if !self.begun {
                let begin = br#"{"Records":[{"a":""#;
                buffer[..begin.len()].copy_from_slice(begin);
                self.begun = true;
            }
            self.given += buffer.len() as u64;
            Ok(buffer.len())
        }
    }

    #[test]
    fn a_record_without_end_is_not_held_in_memory() {
        let mut stream = Endless {
            begun: false,
            given: 0,
        };
        let limits = ReadLimits {
            max_bytes: 64 << 20,
            ..ReadLimits::default()
        };
        let error = read_events(&mut stream, &limits, |_| {}).unwrap_err();
        assert!(error.to_string().contains("more than 16 MiB"), "{error}");
        assert!(stream.given < 17 << 20, "{}", stream.given);
    }

    #[test]
    fn a_file_of_many_records_may_be_larger_than_one_record() {
        let one = record(&"x".repeat(500_000));
        let file = format!(r#"{{"Records":[{}]}}"#, vec![one; 40].join(","));
        let read = names(&file, &ReadLimits::default()).1;
        assert_eq!(read.unwrap().events, 40);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_events(&bytes[..], &ReadLimits::default(), |_| {});
        }
    }
}

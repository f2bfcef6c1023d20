//! Flow logs of a VPC, of any version: a file of S3 names its fields.
//! <https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html>

use crate::fields::{Fields, MAX_FIELDS};
use crate::{BadLine, Flow, Record, number, time};

#[derive(Debug, Clone, Copy)]
#[repr(u8)]
enum Slot {
    Interface,
    Source,
    Destination,
    SourcePort,
    DestinationPort,
    Protocol,
    Packets,
    Bytes,
    Start,
    Action,
    Status,
    Direction,
}

const SLOTS: usize = Slot::Direction as usize + 1;

const NAMES: [(&str, Slot); SLOTS] = [
    ("interface-id", Slot::Interface),
    ("srcaddr", Slot::Source),
    ("dstaddr", Slot::Destination),
    ("srcport", Slot::SourcePort),
    ("dstport", Slot::DestinationPort),
    ("protocol", Slot::Protocol),
    ("packets", Slot::Packets),
    ("bytes", Slot::Bytes),
    ("start", Slot::Start),
    ("action", Slot::Action),
    ("log-status", Slot::Status),
    ("flow-direction", Slot::Direction),
];

/// The default format, version 2, which CloudWatch Logs delivers without a header.
const DEFAULT: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol \
                       packets bytes start end action log-status";

/// Reads lines, of which the first may name the fields.
#[derive(Debug)]
pub(crate) struct FlowLines {
    slots: [usize; SLOTS],
    least: usize,
}

impl Default for FlowLines {
    fn default() -> Self {
        Self::of_names(DEFAULT)
    }
}

impl FlowLines {
    fn of_names(header: &str) -> Self {
        let (mut slots, mut least) = ([MAX_FIELDS; SLOTS], 0);
        for (index, name) in header.split_ascii_whitespace().take(MAX_FIELDS).enumerate() {
            if let Some((_, slot)) = NAMES.iter().find(|(known, _)| *known == name) {
                slots[*slot as usize] = index;
                least = index + 1;
            }
        }
        Self { slots, least }
    }

    pub(crate) fn parse(
        &mut self,
        line: &[u8],
        fields: &mut Fields,
        each: impl FnOnce(&Record<'_>),
    ) -> Result<(), BadLine> {
        if is_header(line) {
            *self = Self::of_names(&String::from_utf8_lossy(line));
            return Ok(());
        }
        fields.split(line, b' ', self.least);
        if fields.len() < self.least {
            return Err(BadLine::FieldCount);
        }
        let get = |slot: Slot| match fields.get(line, self.slots[slot as usize]) {
            b"-" => &[],
            value => value,
        };
        if matches!(get(Slot::Status), b"NODATA" | b"SKIPDATA") {
            return Ok(());
        }
        each(&Record::Flow(Flow {
            time_ms: time::of_unix_seconds(get(Slot::Start)).ok_or(BadLine::Time)?,
            interface: get(Slot::Interface),
            source: get(Slot::Source),
            destination: get(Slot::Destination),
            source_port: number::small(get(Slot::SourcePort)).unwrap_or(0),
            destination_port: number::small(get(Slot::DestinationPort)).unwrap_or(0),
            protocol: number::small(get(Slot::Protocol)).unwrap_or(0),
            packets: number::bytes(get(Slot::Packets)).ok_or(BadLine::Number)?,
            bytes: number::bytes(get(Slot::Bytes)).ok_or(BadLine::Number)?,
            accepted: get(Slot::Action) == b"ACCEPT",
            direction: get(Slot::Direction),
        }));
        Ok(())
    }
}

/// A line of names: data begin with numbers, addresses and ids.
fn is_header(line: &[u8]) -> bool {
    line.split(|&byte| byte == b' ')
        .any(|field| matches!(field, b"start" | b"log-status" | b"srcaddr"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LineParser, Source};

    type Seen = Result<Option<(u16, u64, bool)>, BadLine>;

    fn flows(lines: &[&str]) -> Vec<Seen> {
        let mut parser = LineParser::new(Source::VpcFlow, None).unwrap();
        let parse = |line: &&str| {
            let mut seen = None;
            parser.parse(line.as_bytes(), |record| {
                if let Record::Flow(flow) = record {
                    seen = Some((flow.destination_port, flow.bytes, flow.accepted));
                }
            })?;
            Ok(seen)
        };
        lines.iter().map(parse).collect()
    }

    #[test]
    fn the_default_format_needs_no_header() {
        let line = "2 123 eni-1 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK";
        let none = "2 123 eni-1 - - - - - - - 1431280876 1431280934 - NODATA";
        assert_eq!(
            flows(&[line, none, "2 123"]),
            [
                Ok(Some((22, 4249, true))),
                Ok(None),
                Err(BadLine::FieldCount)
            ]
        );
    }

    #[test]
    fn a_header_of_a_later_version_names_the_fields() {
        let header = "action dstport bytes start packets flow-direction log-status new-field";
        let line = "REJECT 443 60 1418530010 1 ingress OK ?";
        assert_eq!(flows(&[header, line])[1], Ok(Some((443, 60, false))));
    }
}

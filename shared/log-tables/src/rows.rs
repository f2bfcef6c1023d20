use std::io::Write;

use log_formats::{Record, Request, Text};
use log_privacy::{Privacy, redact_message, referer};

use crate::{Cell, TableError, TableFile};

/// Longer texts than these bytes are cut: a visitor must not fill a table.
const MAX_TEXT_BYTES: usize = 2048;

/// Writes records as rows, without what must not be kept of visitors.
#[derive(Debug)]
pub struct RecordRows {
    privacy: Privacy,
}

fn cut(text: &[u8]) -> Cell<'_> {
    Cell::Text(head(text))
}

fn head(text: &[u8]) -> &[u8] {
    &text[..text.len().min(MAX_TEXT_BYTES)]
}

fn count(value: u64) -> Cell<'static> {
    Cell::Count(i64::try_from(value).unwrap_or(i64::MAX))
}

impl RecordRows {
    /// With these rules.
    #[must_use]
    pub const fn new(privacy: Privacy) -> Self {
        Self { privacy }
    }

    /// Appends a record to a file of its table.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write<W: Write + Send>(
        &self,
        record: &Record<'_>,
        file: &mut TableFile<W>,
    ) -> Result<(), TableError> {
        let address = |raw: &[u8], out: &mut Vec<u8>| self.privacy.address(raw, out);
        let address = |raw| Cell::Derived {
            raw: head(raw),
            derive: &address,
        };
        let query = |raw: &[u8], out: &mut Vec<u8>| self.query(raw, out);
        match record {
            Record::Request(request) => self.request(request, file),
            Record::Connection(connection) => file.push(&[
                Cell::Time(connection.time_ms),
                address(connection.client),
                count(connection.port.into()),
                cut(connection.tls_version),
                cut(connection.tls_cipher),
                Cell::Whole(connection.handshake_us.map(i64::from)),
                cut(connection.verification),
            ]),
            Record::Firewall(event) => file.push(&[
                Cell::Time(event.time_ms),
                Cell::Text(event.action.name().as_bytes()),
                cut(event.rule),
                address(event.client),
                cut(event.country),
                cut(event.method),
                cut(event.host),
                cut(event.path),
                Cell::Derived {
                    raw: head(event.query),
                    derive: &query,
                },
                cut(event.user_agent),
                cut(event.fingerprint),
                cut(event.labels),
                cut(event.request_id),
            ]),
            // The addresses of a VPC are the company's own; those outside are visitors'.
            Record::Flow(flow) => file.push(&[
                Cell::Time(flow.time_ms),
                cut(flow.interface),
                address(flow.source),
                address(flow.destination),
                count(flow.source_port.into()),
                count(flow.destination_port.into()),
                count(flow.protocol.into()),
                count(flow.packets),
                count(flow.bytes),
                Cell::Flag(flow.accepted),
                cut(flow.direction),
            ]),
            Record::Message(message) => {
                let text = String::from_utf8_lossy(&message.text[..message.text.len().min(8192)]);
                let text = redact_message(&text);
                file.push(&[
                    Cell::Time(message.time_ms),
                    Cell::Text(message.severity.name().as_bytes()),
                    cut(message.program),
                    cut(text.as_bytes()),
                    cut(message.request_id),
                    Cell::Number(message.duration_ms),
                ])
            }
        }
    }

    #[inline]
    fn request<W: Write + Send>(
        &self,
        request: &Request<'_>,
        file: &mut TableFile<W>,
    ) -> Result<(), TableError> {
        let address = |raw: &[u8], out: &mut Vec<u8>| self.privacy.address(raw, out);
        let query = |raw: &[u8], out: &mut Vec<u8>| self.query(raw, out);
        let agent = |raw: &[u8], out: &mut Vec<u8>| {
            let text = Text {
                raw,
                ..request.user_agent
            };
            out.extend_from_slice(text.decode().as_bytes());
        };
        let referred = |raw: &[u8], out: &mut Vec<u8>| {
            let text = Text {
                raw,
                ..request.referer
            };
            out.extend_from_slice(referer(&text.decode()).as_bytes());
        };
        file.push(&[
            Cell::Time(request.time_ms),
            Cell::Derived {
                raw: head(request.client),
                derive: &address,
            },
            cut(request.country),
            Cell::Whole(request.asn.map(i64::from)),
            cut(request.method),
            cut(request.host),
            cut(request.path),
            Cell::Derived {
                raw: head(request.query),
                derive: &query,
            },
            cut(request.protocol),
            cut(request.tls_version),
            count(request.status.into()),
            count(request.bytes_sent),
            count(request.bytes_received),
            Cell::Whole(request.duration_us.map(i64::from)),
            Cell::Whole(request.origin_us.map(i64::from)),
            Cell::Text(request.cache.name().as_bytes()),
            Cell::Derived {
                raw: head(request.user_agent.raw),
                derive: &agent,
            },
            Cell::Derived {
                raw: head(request.referer.raw),
                derive: &referred,
            },
            cut(request.request_id),
            cut(request.served_by),
        ])
    }

    fn query(&self, query: &[u8], out: &mut Vec<u8>) {
        if !query.is_empty() {
            self.privacy.query(query, out);
        }
    }
}

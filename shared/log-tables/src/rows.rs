use std::io::Write;

use log_formats::{Record, Request};
use log_privacy::{Privacy, redact_message, referer};

use crate::{Cell, TableError, TableFile};

/// Longer texts than these bytes are cut: a visitor must not fill a table.
const MAX_TEXT_BYTES: usize = 2048;

/// Writes records as rows, without what must not be kept of visitors.
#[derive(Debug)]
pub struct RecordRows {
    privacy: Privacy,
    client: Vec<u8>,
    query: Vec<u8>,
}

fn cut(text: &[u8]) -> Cell<'_> {
    Cell::Text(&text[..text.len().min(MAX_TEXT_BYTES)])
}

fn whole(value: u64) -> Cell<'static> {
    Cell::Whole(i64::try_from(value).ok())
}

impl RecordRows {
    /// With these rules.
    #[must_use]
    pub const fn new(privacy: Privacy) -> Self {
        Self {
            privacy,
            client: Vec::new(),
            query: Vec::new(),
        }
    }

    /// Appends a record to a file of its table.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write<W: Write + Send>(
        &mut self,
        record: &Record<'_>,
        file: &mut TableFile<W>,
    ) -> Result<(), TableError> {
        match record {
            Record::Request(request) => self.request(request, file),
            Record::Connection(connection) => {
                let client = address(&self.privacy, connection.client, &mut self.client);
                file.push(&[
                    Cell::Time(connection.time_ms),
                    client,
                    whole(connection.port.into()),
                    cut(connection.tls_version),
                    cut(connection.tls_cipher),
                    Cell::Whole(connection.handshake_us.map(i64::from)),
                    cut(connection.verification),
                ])
            }
            Record::Firewall(event) => {
                let client = address(&self.privacy, event.client, &mut self.client);
                let query = query(&self.privacy, event.query, &mut self.query);
                file.push(&[
                    Cell::Time(event.time_ms),
                    Cell::Text(event.action.name().as_bytes()),
                    cut(event.rule),
                    client,
                    cut(event.country),
                    cut(event.method),
                    cut(event.host),
                    cut(event.path),
                    query,
                    cut(event.user_agent),
                    cut(event.fingerprint),
                    cut(event.labels),
                    cut(event.request_id),
                ])
            }
            // The addresses of a VPC are the company's own; those outside are visitors'.
            Record::Flow(flow) => {
                let source = address(&self.privacy, flow.source, &mut self.client);
                let destination = address(&self.privacy, flow.destination, &mut self.query);
                file.push(&[
                    Cell::Time(flow.time_ms),
                    cut(flow.interface),
                    source,
                    destination,
                    whole(flow.source_port.into()),
                    whole(flow.destination_port.into()),
                    whole(flow.protocol.into()),
                    whole(flow.packets),
                    whole(flow.bytes),
                    Cell::Flag(flow.accepted),
                    cut(flow.direction),
                ])
            }
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
        &mut self,
        request: &Request<'_>,
        file: &mut TableFile<W>,
    ) -> Result<(), TableError> {
        let client = address(&self.privacy, request.client, &mut self.client);
        let query = query(&self.privacy, request.query, &mut self.query);
        let agent = request.user_agent.decode();
        let referer_text = request.referer.decode();
        file.push(&[
            Cell::Time(request.time_ms),
            client,
            cut(request.country),
            Cell::Whole(request.asn.map(i64::from)),
            cut(request.method),
            cut(request.host),
            cut(request.path),
            query,
            cut(request.protocol),
            cut(request.tls_version),
            whole(request.status.into()),
            whole(request.bytes_sent),
            whole(request.bytes_received),
            Cell::Whole(request.duration_us.map(i64::from)),
            Cell::Whole(request.origin_us.map(i64::from)),
            Cell::Text(request.cache.name().as_bytes()),
            cut(agent.as_bytes()),
            cut(referer(&referer_text).as_bytes()),
            cut(request.request_id),
            cut(request.served_by),
        ])
    }
}

fn address<'b>(privacy: &Privacy, address: &[u8], buffer: &'b mut Vec<u8>) -> Cell<'b> {
    buffer.clear();
    privacy.address(address, buffer);
    cut(buffer)
}

fn query<'b>(privacy: &Privacy, query: &[u8], buffer: &'b mut Vec<u8>) -> Cell<'b> {
    buffer.clear();
    if !query.is_empty() {
        privacy.query(query, buffer);
    }
    cut(buffer)
}

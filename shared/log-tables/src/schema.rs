use log_formats::{Record, Source};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A moment in UTC.
    Time,
    /// A text of which many rows share a few values, or many.
    Text,
    /// A text that is another one in each row.
    Id,
    /// A whole number that every row has.
    Count,
    /// A whole number, or none.
    Whole,
    /// A number, or none.
    Number,
    /// Yes or no.
    Flag,
}

/// A column's name and type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// The tables. Each is partitioned by source, date and hour, which are in the keys of its
/// files and not in its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    /// Web requests, by CloudFront, the load balancer and the proxies.
    WebRequests,
    /// TLS connections to the load balancer.
    TlsConnections,
    /// Decisions of the firewall.
    FirewallEvents,
    /// Flows of packets.
    NetworkFlows,
    /// Lines of programs.
    Messages,
    /// Calls of AWS APIs.
    AuditEvents,
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind }
}

const WEB_REQUESTS: &[Column] = &[
    column("time", Kind::Time),
    column("client", Kind::Text),
    column("country", Kind::Text),
    column("asn", Kind::Whole),
    column("method", Kind::Text),
    column("host", Kind::Text),
    column("path", Kind::Text),
    column("query", Kind::Text),
    column("protocol", Kind::Text),
    column("tls_version", Kind::Text),
    column("status", Kind::Count),
    column("bytes_sent", Kind::Count),
    column("bytes_received", Kind::Count),
    column("duration_us", Kind::Whole),
    column("origin_us", Kind::Whole),
    column("cache", Kind::Text),
    column("user_agent", Kind::Text),
    column("referer", Kind::Text),
    column("request_id", Kind::Id),
    column("served_by", Kind::Text),
];

const TLS_CONNECTIONS: &[Column] = &[
    column("time", Kind::Time),
    column("client", Kind::Text),
    column("port", Kind::Count),
    column("tls_version", Kind::Text),
    column("tls_cipher", Kind::Text),
    column("handshake_us", Kind::Whole),
    column("verification", Kind::Text),
];

const FIREWALL_EVENTS: &[Column] = &[
    column("time", Kind::Time),
    column("action", Kind::Text),
    column("rule", Kind::Text),
    column("client", Kind::Text),
    column("country", Kind::Text),
    column("method", Kind::Text),
    column("host", Kind::Text),
    column("path", Kind::Text),
    column("query", Kind::Text),
    column("user_agent", Kind::Text),
    column("fingerprint", Kind::Text),
    column("labels", Kind::Text),
    column("request_id", Kind::Id),
];

const NETWORK_FLOWS: &[Column] = &[
    column("time", Kind::Time),
    column("interface", Kind::Text),
    column("source_address", Kind::Text),
    column("destination_address", Kind::Text),
    column("source_port", Kind::Count),
    column("destination_port", Kind::Count),
    column("protocol", Kind::Count),
    column("packets", Kind::Count),
    column("bytes", Kind::Count),
    column("accepted", Kind::Flag),
    column("direction", Kind::Text),
];

const MESSAGES: &[Column] = &[
    column("time", Kind::Time),
    column("severity", Kind::Text),
    column("program", Kind::Text),
    column("text", Kind::Text),
    column("request_id", Kind::Text),
    column("duration_ms", Kind::Number),
];

const AUDIT_EVENTS: &[Column] = &[
    column("time", Kind::Time),
    column("event_id", Kind::Id),
    column("event_source", Kind::Text),
    column("event_name", Kind::Text),
    column("region", Kind::Text),
    column("account", Kind::Text),
    column("identity_type", Kind::Text),
    column("identity_arn", Kind::Text),
    column("source_address", Kind::Text),
    column("user_agent", Kind::Text),
    column("error_code", Kind::Text),
    column("error_message", Kind::Text),
    column("read_only", Kind::Flag),
    column("request_parameters", Kind::Text),
    column("resources", Kind::Text),
];

impl Table {
    /// All tables.
    pub const ALL: [Self; 6] = [
        Self::WebRequests,
        Self::TlsConnections,
        Self::FirewallEvents,
        Self::NetworkFlows,
        Self::Messages,
        Self::AuditEvents,
    ];

    /// The table's name in Glue and in keys.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WebRequests => "web_requests",
            Self::TlsConnections => "tls_connections",
            Self::FirewallEvents => "firewall_events",
            Self::NetworkFlows => "network_flows",
            Self::Messages => "messages",
            Self::AuditEvents => "audit_events",
        }
    }

    /// Its columns.
    #[must_use]
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::WebRequests => WEB_REQUESTS,
            Self::TlsConnections => TLS_CONNECTIONS,
            Self::FirewallEvents => FIREWALL_EVENTS,
            Self::NetworkFlows => NETWORK_FLOWS,
            Self::Messages => MESSAGES,
            Self::AuditEvents => AUDIT_EVENTS,
        }
    }

    /// The table of a record.
    #[must_use]
    pub const fn of(record: &Record<'_>) -> Self {
        match record {
            Record::Request(_) => Self::WebRequests,
            Record::Connection(_) => Self::TlsConnections,
            Record::Firewall(_) => Self::FirewallEvents,
            Record::Flow(_) => Self::NetworkFlows,
            Record::Message(_) => Self::Messages,
        }
    }

    /// The sources whose records are in the table.
    #[must_use]
    pub const fn sources(self) -> &'static [Source] {
        match self {
            Self::WebRequests => &[Source::Cloudfront, Source::Alb, Source::Nginx],
            Self::TlsConnections => &[Source::AlbConnection],
            Self::FirewallEvents => &[Source::Waf],
            Self::NetworkFlows => &[Source::VpcFlow],
            Self::Messages => &[Source::NginxError, Source::Lambda, Source::Postgres],
            Self::AuditEvents => &[Source::Cloudtrail],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_has_one_table() {
        for source in Source::ALL {
            let has = |table: &&Table| table.sources().contains(&source);
            assert_eq!(Table::ALL.iter().filter(has).count(), 1, "{source:?}");
        }
        for table in Table::ALL {
            assert_eq!(table.columns()[0], column("time", Kind::Time));
        }
    }
}

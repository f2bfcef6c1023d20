use crate::Text;

/// One line of a log, in the terms all formats share.
#[derive(Debug, Clone, PartialEq)]
pub enum Record<'a> {
    /// A web request, from CloudFront, the load balancer or a proxy.
    Request(Request<'a>),
    /// A TLS connection to the load balancer.
    Connection(Connection<'a>),
    /// What the web application firewall decided.
    Firewall(FirewallEvent<'a>),
    /// Packets between two addresses.
    Flow(Flow<'a>),
    /// A line of a program: a function, a proxy's errors, PostgreSQL.
    Message(Message<'a>),
}

impl Record<'_> {
    /// When, in milliseconds since 1970.
    #[must_use]
    pub const fn time_ms(&self) -> i64 {
        match self {
            Self::Request(request) => request.time_ms,
            Self::Connection(connection) => connection.time_ms,
            Self::Firewall(event) => event.time_ms,
            Self::Flow(flow) => flow.time_ms,
            Self::Message(message) => message.time_ms,
        }
    }
}

/// What the tier's cache did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CacheResult {
    /// The tier has no cache, or did not ask it.
    #[default]
    None,
    /// Answered from the cache.
    Hit,
    /// Answered from the cache after asking whether it still holds, or while it was stale.
    Refresh,
    /// Fetched from behind.
    Miss,
    /// Answered by the tier itself: an error, a redirect, a refusal.
    Own,
}

impl CacheResult {
    /// The word for it in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Hit => "hit",
            Self::Refresh => "refresh",
            Self::Miss => "miss",
            Self::Own => "own",
        }
    }

    /// Whether the tier behind was spared.
    #[must_use]
    pub const fn is_hit(self) -> bool {
        matches!(self, Self::Hit | Self::Refresh)
    }
}

/// A web request. Absent texts are empty, absent numbers `None` or zero.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request<'a> {
    /// When it ended, in milliseconds since 1970.
    pub time_ms: i64,
    /// The address of who asked, without a port.
    pub client: &'a [u8],
    /// The HTTP method.
    pub method: &'a [u8],
    /// The host that was asked.
    pub host: &'a [u8],
    /// The path as asked, without its query.
    pub path: &'a [u8],
    /// The query, without its question mark.
    pub query: &'a [u8],
    /// The HTTP status; 0 when the client left before.
    pub status: u16,
    /// Bytes sent to the client.
    pub bytes_sent: u64,
    /// Bytes received from the client.
    pub bytes_received: u64,
    /// From the first byte of the request to the last of the answer, in microseconds.
    pub duration_us: Option<u32>,
    /// What the tier behind took, in microseconds.
    pub origin_us: Option<u32>,
    /// What the cache did.
    pub cache: CacheResult,
    /// The `User-Agent` header.
    pub user_agent: Text<'a>,
    /// The `Referer` header.
    pub referer: Text<'a>,
    /// The `Accept-Encoding` header, where the log has it: of a proxy's log, as CloudFront
    /// normalised it.
    pub accept_encoding: Text<'a>,
    /// The `Accept` header, where the log has it.
    pub accept: Text<'a>,
    /// HTTP version.
    pub protocol: &'a [u8],
    /// TLS version.
    pub tls_version: &'a [u8],
    /// The tier's name of the request.
    pub request_id: &'a [u8],
    /// Two letters of the country.
    pub country: &'a [u8],
    /// Number of the autonomous system, the network operator, of the client.
    pub asn: Option<u32>,
    /// Who answered: an edge location, or the target's address and port.
    pub served_by: &'a [u8],
}

/// A TLS connection to the load balancer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Connection<'a> {
    /// When it began, in milliseconds since 1970.
    pub time_ms: i64,
    /// The address of the client.
    pub client: &'a [u8],
    /// The listener's port.
    pub port: u16,
    /// TLS version.
    pub tls_version: &'a [u8],
    /// Cipher suite.
    pub tls_cipher: &'a [u8],
    /// The handshake, in microseconds.
    pub handshake_us: Option<u32>,
    /// Result of checking the client's certificate, such as `Success`.
    pub verification: &'a [u8],
}

/// What a firewall did with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirewallAction {
    /// Let through.
    Allow,
    /// Refused.
    Block,
    /// Counted only.
    Count,
    /// Answered with a puzzle.
    Challenge,
}

impl FirewallAction {
    /// The word for it in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Block => "block",
            Self::Count => "count",
            Self::Challenge => "challenge",
        }
    }
}

/// A decision of the web application firewall.
#[derive(Debug, Clone, PartialEq)]
pub struct FirewallEvent<'a> {
    /// When, in milliseconds since 1970.
    pub time_ms: i64,
    /// What it did.
    pub action: FirewallAction,
    /// The rule that ended the evaluation.
    pub rule: &'a [u8],
    /// The address of the client.
    pub client: &'a [u8],
    /// Two letters of the country.
    pub country: &'a [u8],
    /// The HTTP method.
    pub method: &'a [u8],
    /// The host asked.
    pub host: &'a [u8],
    /// The path.
    pub path: &'a [u8],
    /// The query.
    pub query: &'a [u8],
    /// The `User-Agent` header.
    pub user_agent: &'a [u8],
    /// Fingerprint of the TLS handshake (JA4, or JA3 where there is no other).
    pub fingerprint: &'a [u8],
    /// Labels, separated by blanks.
    pub labels: &'a [u8],
    /// The request's name.
    pub request_id: &'a [u8],
}

/// A flow of packets in the network.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flow<'a> {
    /// When its window began, in milliseconds since 1970.
    pub time_ms: i64,
    /// The network interface.
    pub interface: &'a [u8],
    /// Where from.
    pub source: &'a [u8],
    /// Where to.
    pub destination: &'a [u8],
    /// Port it came from.
    pub source_port: u16,
    /// Port it went to.
    pub destination_port: u16,
    /// IANA's number of the protocol; 6 is TCP.
    pub protocol: u8,
    /// Packets in the window.
    pub packets: u64,
    /// Bytes in the window.
    pub bytes: u64,
    /// Whether the security groups and access lists let it through.
    pub accepted: bool,
    /// `egress`, `ingress`, or empty.
    pub direction: &'a [u8],
}

/// How bad a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Severity {
    /// For developers.
    Debug,
    /// What happened.
    #[default]
    Info,
    /// Degraded, but done.
    Warning,
    /// Someone must act.
    Error,
    /// A process or a database is lost.
    Fatal,
}

impl Severity {
    /// The word for it in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }
}

/// A line that a program wrote.
#[derive(Debug, Clone, PartialEq)]
pub struct Message<'a> {
    /// When, in milliseconds since 1970.
    pub time_ms: i64,
    /// How bad.
    pub severity: Severity,
    /// Which program: a service's name, `nginx`, `postgresql`.
    pub program: &'a [u8],
    /// The text.
    pub text: &'a [u8],
    /// Which request it belongs to, where it says so.
    pub request_id: &'a [u8],
    /// Milliseconds it speaks of: a slow query's, a function's.
    pub duration_ms: Option<f64>,
}

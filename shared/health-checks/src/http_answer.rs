use std::fmt;

use crate::Period;

/// How much of a body a probe reads at most, in bytes.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// How long the phases of a request took, in microseconds; `None` for those that were not
/// reached or not needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Timings {
    pub dns_us: Option<u32>,
    pub connect_us: Option<u32>,
    pub tls_us: Option<u32>,
    pub first_byte_us: Option<u32>,
    pub body_us: Option<u32>,
}

impl Timings {
    const fn phases(&self) -> [(&'static str, Option<u32>); 5] {
        [
            ("dns", self.dns_us),
            ("connect", self.connect_us),
            ("tls", self.tls_us),
            ("first byte", self.first_byte_us),
            ("body", self.body_us),
        ]
    }

    /// All phases together.
    #[must_use]
    pub fn total_us(&self) -> u32 {
        let phases = self.phases().into_iter().filter_map(|(_, us)| us);
        phases.fold(0, u32::saturating_add)
    }

    pub(crate) fn total(&self) -> Period {
        Period::from_us(self.total_us())
    }

    /// The phases in a line, such as `dns 1.2 ms, connect 3.0 ms`.
    #[must_use]
    pub fn text(&self) -> String {
        let reached = self
            .phases()
            .into_iter()
            .filter_map(|(name, us)| Some((name, us?)));
        let text = |(name, us): (&str, u32)| format!("{name} {}.{} ms", us / 1000, us / 100 % 10);
        reached.map(text).collect::<Vec<_>>().join(", ")
    }
}

/// What came back from an HTTP server. Its debug text has nothing of what may be secret.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct HttpAnswer {
    /// Its status.
    pub status: u16,
    /// Its headers, in their order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The beginning of its body, at most [`MAX_BODY_BYTES`].
    pub body: Vec<u8>,
    /// Whether the body was longer.
    pub is_cut: bool,
    /// How long it took.
    pub timings: Timings,
    /// In how many seconds its certificate ends; negative when it has.
    pub certificate_left_s: Option<i64>,
    /// Whether it came encrypted.
    pub is_tls: bool,
    /// What was sent and is secret: no evidence shows it.
    pub secrets: Vec<String>,
}

impl fmt::Debug for HttpAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HttpAnswer")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .field("timings", &self.timings)
            .finish_non_exhaustive()
    }
}

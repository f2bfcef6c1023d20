use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use health_checks::{Period, Timings};

/// What a probe is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Finding addresses.
    Dns,
    /// Opening a connection, sign-in included where it is part of it.
    Connect,
    /// Agreeing on encryption.
    Tls,
    /// Waiting for the answer to begin.
    FirstByte,
    /// Reading the rest of it.
    Body,
}

impl Phase {
    const fn name(self) -> &'static str {
        match self {
            Self::Dns => "finding its address",
            Self::Connect => "connecting",
            Self::Tls => "agreeing on TLS",
            Self::FirstByte => "waiting for the answer",
            Self::Body => "reading the answer",
        }
    }
}

/// How long the phases of a probe take. What happens more than once, as with redirects, adds
/// up. It is read from outside when the probe is cut off.
#[derive(Debug, Default)]
pub(crate) struct Phases(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    timings: Timings,
    present: Option<(Phase, Instant)>,
}

impl State {
    fn end(&mut self) {
        let Some((phase, began)) = self.present.take() else {
            return;
        };
        let timings = &mut self.timings;
        let slot = match phase {
            Phase::Dns => &mut timings.dns_us,
            Phase::Connect => &mut timings.connect_us,
            Phase::Tls => &mut timings.tls_us,
            Phase::FirstByte => &mut timings.first_byte_us,
            Phase::Body => &mut timings.body_us,
        };
        *slot = Some(slot.unwrap_or(0).saturating_add(micros(began.elapsed())));
    }
}

impl Phases {
    /// Ends the phase before, and begins this one.
    pub(crate) fn begin(&self, phase: Phase) {
        self.with(|state| {
            state.end();
            state.present = Some((phase, Instant::now()));
        });
    }

    /// Ends the last phase, and tells how long all of them took.
    pub(crate) fn finish(&self) -> Timings {
        self.with(|state| {
            state.end();
            state.timings
        })
    }

    /// Ends the last phase, and tells how long all of them took, in whole milliseconds.
    pub(crate) fn finish_period(&self) -> Period {
        Period::from_us(self.finish().total_us())
    }

    /// What the probe is at, in words.
    pub(crate) fn present(&self) -> Option<&'static str> {
        self.with(|state| state.present.map(|(phase, _)| phase.name()))
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        // What a probe that panicked left behind are times like any others.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Microseconds, as far as they are counted (71 minutes).
pub(crate) fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}

//! What the health checks say, asked for at most every ten seconds.

use health_state::State;
use health_store::{HealthNow, HealthStore};
use origin_limit::Health;
use telemetry::Chain;
use tokio::sync::Mutex;
use tracing::warn;
use warming::{Brakes, CheckNow};

/// How long what was read is taken for what is.
const KEPT_MS: i64 = 10_000;

/// What the health checks say of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Heard {
    /// In one word.
    pub(crate) health: Health,
    /// When that was found out.
    pub(crate) at_ms: i64,
    /// How long the site has not been well, in milliseconds.
    pub(crate) ill_ms: i64,
}

/// The brake of all workers of a process.
pub(crate) struct Brake {
    store: HealthStore,
    read: Mutex<Option<Read>>,
}

struct Read {
    at_ms: i64,
    now: Option<HealthNow>,
}

impl Brake {
    pub(crate) fn new(store: HealthStore) -> Self {
        Self {
            store,
            read: Mutex::new(None),
        }
    }

    /// What is known. Health checks that cannot be read count like old ones: one request at a
    /// time, and not none, as the warmer's own table may be what fails.
    pub(crate) async fn hear(&self, brakes: &Brakes, now_ms: i64) -> Heard {
        let mut read = self.read.lock().await;
        let is_old = |read: &Read| !(0..KEPT_MS).contains(&(now_ms - read.at_ms));
        if read.as_ref().is_none_or(is_old) {
            let now = self.store.now().await.unwrap_or_else(|error| {
                warn!(error = %Chain(&error), "Could not read the site's health");
                None
            });
            *read = Some(Read { at_ms: now_ms, now });
        }
        let now = read.as_ref().and_then(|read| read.now.as_ref());
        hear(brakes, now, now_ms)
    }
}

fn hear(brakes: &Brakes, now: Option<&HealthNow>, now_ms: i64) -> Heard {
    let check = |id: &str| now.and_then(|now| now.checks.get(id));
    let made_ms = now.map(|now| now.made_ms);
    let health = brakes.health(made_ms, now_ms, |id| {
        check(id).map(|check| CheckNow {
            state: check.state,
            is_maintenance: check.maintenance,
        })
    });
    let since_ms = brakes.checks.iter().filter_map(|id| {
        let check = check(id)?;
        let is_ill = check.maintenance || check.state == State::Fail;
        is_ill.then_some(check.since_ms)
    });
    let ill_ms = since_ms.min().map_or(0, |since_ms| now_ms - since_ms);
    let at_ms = match health {
        // That nothing is known is known now.
        Health::Unknown => now_ms,
        _ => made_ms.unwrap_or(now_ms).min(now_ms),
    };
    Heard {
        health,
        at_ms,
        ill_ms: ill_ms.max(0),
    }
}

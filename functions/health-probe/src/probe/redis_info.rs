//! What Redis and Valkey tell of themselves: <https://redis.io/docs/latest/commands/info/>.

use std::collections::BTreeMap;
use std::time::Instant;

use health_checks::{Percent, RedisRole};

/// The fields of an answer to `INFO`.
#[derive(Debug)]
pub(crate) struct Info<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Info<'a> {
    /// Reads it. What is no field is left out.
    pub(crate) fn read(text: &'a str) -> Self {
        let fields = text.lines().filter(|line| !line.starts_with('#'));
        Self(
            fields
                .filter_map(|line| line.trim().split_once(':'))
                .collect(),
        )
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.0.get(name)?.parse().ok()
    }

    /// What it is.
    pub(crate) fn role(&self) -> Option<RedisRole> {
        match *self.0.get("role")? {
            "master" => Some(RedisRole::Master),
            "slave" => Some(RedisRole::Replica),
            _ => None,
        }
    }

    /// How many replicas follow it.
    pub(crate) fn replicas(&self) -> Option<u32> {
        u32::try_from(self.number("connected_slaves")?).ok()
    }

    /// Memory, of what it may take: of the machine's where nothing limits it.
    pub(crate) fn memory(&self) -> Option<Percent> {
        let used = self.number("used_memory")?;
        let limit = self.number("maxmemory").filter(|limit| *limit > 0);
        let limit = limit.or_else(|| self.number("total_system_memory"))?;
        (limit > 0).then(|| Percent::of(used, limit))
    }

    /// How many keys it has dropped for want of memory since it was started.
    pub(crate) fn evicted(&self) -> Option<u64> {
        self.number("evicted_keys")
    }
}

/// How many keys had been dropped when it was asked before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evicted {
    /// When.
    pub(crate) at: Instant,
    /// How many.
    pub(crate) count: u64,
}

impl Evicted {
    /// How many were dropped in a minute since then, rounded up: one is one. A server that was
    /// started anew begins at nothing. Asked again at once, it is as if a second had passed.
    pub(crate) fn per_minute(self, now: Self) -> u64 {
        let dropped = now.count.checked_sub(self.count).unwrap_or(now.count);
        let seconds = now.at.duration_since(self.at).as_secs().max(1);
        dropped.saturating_mul(60).div_ceil(seconds)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const MASTER: &str = "# Memory\r\nused_memory:1000\r\nmaxmemory:4000\r\n\
        # Stats\r\nevicted_keys:7\r\n# Replication\r\nrole:master\r\nconnected_slaves:2\r\n";

    #[test]
    fn fields_are_read() {
        let info = Info::read(MASTER);
        assert_eq!(info.role(), Some(RedisRole::Master));
        assert_eq!((info.replicas(), info.evicted()), (Some(2), Some(7)));
        assert_eq!(info.memory(), Some(Percent::of(1, 4)));
        let replica = "role:slave\r\nused_memory:10\r\nmaxmemory:0\r\ntotal_system_memory:100";
        let info = Info::read(replica);
        assert_eq!(info.role(), Some(RedisRole::Replica));
        assert_eq!(info.memory(), Some(Percent::of(1, 10)));
        let info = Info::read("used_memory:1\nmaxmemory:0\nrole:sentinel");
        assert_eq!(
            (info.memory(), info.role(), info.evicted()),
            (None, None, None)
        );
    }

    #[test]
    fn evictions_are_counted_by_the_minute() {
        let at = Instant::now();
        let evicted = |seconds, count| Evicted {
            at: at + Duration::from_secs(seconds),
            count,
        };
        assert_eq!(evicted(0, 100).per_minute(evicted(60, 130)), 30);
        assert_eq!(evicted(0, 100).per_minute(evicted(120, 101)), 1);
        assert_eq!(evicted(0, 100).per_minute(evicted(60, 100)), 0);
        assert_eq!(evicted(0, 100).per_minute(evicted(60, 5)), 5);
        assert_eq!(evicted(0, 0).per_minute(evicted(0, 1)), 60);
    }
}

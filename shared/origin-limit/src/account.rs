use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

const DAY_MS: i64 = 86_400_000;

/// What the warmer may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Requests in a UTC day.
    pub requests: u64,
    /// Bytes of answers in a UTC day.
    pub bytes: u64,
    /// Milliseconds of the origin's work in a UTC day.
    pub origin_ms: u64,
    /// No request starts from then on.
    pub until_ms: i64,
}

/// What requests use or have used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Requests.
    pub requests: u64,
    /// Bytes of their answers.
    pub bytes: u64,
    /// Milliseconds that the origin worked on them.
    pub origin_ms: u64,
}

/// Leave to use at most this much: one request, or a chunk of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "what is not settled counts as used when its time is over"]
pub struct Permit {
    /// Its number in the account.
    pub number: u64,
    /// What is set aside for it.
    pub cost: Cost,
}

/// Which budget does not allow a request, and what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// Too few requests are left today.
    #[error("the day's requests are used up: {left} are left")]
    Requests {
        /// Neither used nor set aside.
        left: u64,
    },
    /// Too few bytes are left today.
    #[error("the day's bytes are used up: {left} are left")]
    Bytes {
        /// Neither used nor set aside.
        left: u64,
    },
    /// Too little of the origin's time is left today.
    #[error("the day's origin time is used up: {left} ms are left")]
    OriginTime {
        /// Milliseconds neither used nor set aside.
        left: u64,
    },
    /// The time for warming is over.
    #[error("the time for warming ended at {until_ms}")]
    Deadline {
        /// When it ended.
        until_ms: i64,
    },
}

/// What is used of a budget, and by which open permits it may yet be: what is stored.
///
/// Every cost counts once, on the day on which it is settled. What was set aside is used up
/// when nobody settles it in time, as a worker that died may have used it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Days since 1970, in UTC.
    day: i64,
    spent: Cost,
    /// Of `spent`: what was never settled.
    lost: Cost,
    next: u64,
    open: BTreeMap<u64, Open>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    cost: Cost,
    until_ms: i64,
}

impl Cost {
    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            requests: self.requests.saturating_add(other.requests),
            bytes: self.bytes.saturating_add(other.bytes),
            origin_ms: self.origin_ms.saturating_add(other.origin_ms),
        }
    }
}

impl Account {
    /// Of which nothing is used.
    #[must_use]
    pub const fn new(now_ms: i64) -> Self {
        const NOTHING: Cost = Cost {
            requests: 0,
            bytes: 0,
            origin_ms: 0,
        };
        Self {
            day: now_ms.div_euclid(DAY_MS),
            spent: NOTHING,
            lost: NOTHING,
            next: 0,
            open: BTreeMap::new(),
        }
    }

    /// Sets aside what requests may cost at most, until a time by which they are settled.
    ///
    /// # Errors
    /// The first budget that does not allow it. Nothing is set aside then.
    pub fn may_start(
        &mut self,
        budget: &Budget,
        cost: Cost,
        settled_by_ms: i64,
        now_ms: i64,
    ) -> Result<Permit, Refusal> {
        self.turn(now_ms);
        let until_ms = budget.until_ms;
        if now_ms >= until_ms {
            return Err(Refusal::Deadline { until_ms });
        }
        let used = self.spent.plus(self.set_aside());
        let left = budget.requests.saturating_sub(used.requests);
        if cost.requests > left || left == 0 {
            return Err(Refusal::Requests { left });
        }
        let left = budget.bytes.saturating_sub(used.bytes);
        if cost.bytes > left || left == 0 {
            return Err(Refusal::Bytes { left });
        }
        let left = budget.origin_ms.saturating_sub(used.origin_ms);
        if cost.origin_ms > left || left == 0 {
            return Err(Refusal::OriginTime { left });
        }
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        let until_ms = settled_by_ms;
        self.open.insert(number, Open { cost, until_ms });
        Ok(Permit { number, cost })
    }

    /// Gives back a permit and says what was really used. `false`, and nothing counts, when
    /// that is known already or came too late. More than was set aside counts in full.
    pub fn settle(&mut self, permit: &Permit, used: Cost, now_ms: i64) -> bool {
        self.turn(now_ms);
        let is_open = self.open.remove(&permit.number).is_some();
        if is_open {
            self.spent = self.spent.plus(used);
        }
        is_open
    }

    /// What is used today.
    #[must_use]
    pub const fn spent(&self) -> Cost {
        self.spent
    }

    /// What of today's was set aside and never settled.
    #[must_use]
    pub const fn lost(&self) -> Cost {
        self.lost
    }

    /// What is set aside.
    #[must_use]
    pub fn set_aside(&self) -> Cost {
        let costs = self.open.values().map(|open| open.cost);
        costs.fold(Cost::default(), Cost::plus)
    }

    /// A new day begins with nothing used; what was never settled is used up. A clock that is
    /// behind changes nothing.
    fn turn(&mut self, now_ms: i64) {
        let day = now_ms.div_euclid(DAY_MS);
        if day > self.day {
            self.day = day;
            self.spent = Cost::default();
            self.lost = Cost::default();
        }
        let is_late = |open: &Open| open.until_ms <= now_ms;
        for open in self.open.values().filter(|open| is_late(open)) {
            self.lost = self.lost.plus(open.cost);
            self.spent = self.spent.plus(open.cost);
        }
        self.open.retain(|_, open| !is_late(open));
    }
}

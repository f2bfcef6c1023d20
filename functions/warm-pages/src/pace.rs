//! Whether a worker may start a request now. Pure: what is known comes from the limiter.

use std::time::Duration;

use origin_limit::{Health, Limiter};
use warming::{Lane, Stop};

/// How long a worker waits for leave before it hands its chunk back: longer than the pause
/// after a refusal that names none, and too short to pay for.
const PATIENCE_MS: i64 = 5_000;
/// How long a wait lasts whose end is not known.
const LOOK_MS: i64 = 100;
/// A chunk that must wait waits at least this long.
pub(crate) const SHORTEST: Duration = Duration::from_secs(60);
/// But where only a place is missing, one may be free soon: a chunk is handed back after
/// [`PATIENCE_MS`], so that few come and go.
const CROWDED: Duration = Duration::from_secs(10);
/// And at most this long, before somebody looks again.
const LONGEST: Duration = Duration::from_secs(900);

/// What a worker may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leave {
    /// Start a request.
    Start,
    /// Look again at a time.
    Wait {
        /// Milliseconds since 1970.
        until_ms: i64,
    },
    /// Hand the chunk back.
    Stop(Stop),
}

/// Where a worker stands.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    /// Its name.
    pub(crate) worker: &'a str,
    /// Its chunk's lane.
    pub(crate) lane: Lane,
    /// Its requests that are not answered.
    pub(crate) in_flight: u32,
    /// When its last answer ended.
    pub(crate) ended_ms: i64,
    /// Since when it has had nothing in flight and no leave to start.
    pub(crate) idle_since_ms: i64,
}

/// Whether the worker may start a request.
pub(crate) fn leave(limiter: &Limiter, place: &Place<'_>, now_ms: i64) -> Leave {
    if limiter.health() == Health::Down {
        return Leave::Stop(Stop::Down);
    }
    if is_less_urgent(place.lane, limiter, now_ms) {
        return Leave::Stop(Stop::Yielded);
    }
    let until_ms = limiter.paused_until_ms();
    if until_ms > now_ms {
        return if until_ms - now_ms > PATIENCE_MS {
            Leave::Stop(Stop::Paused)
        } else {
            Leave::Wait { until_ms }
        };
    }
    if place.in_flight < limiter.slots(place.worker, now_ms) {
        let until_ms = place.ended_ms.saturating_add(limiter.rest_ms());
        return if until_ms > now_ms {
            Leave::Wait { until_ms }
        } else {
            Leave::Start
        };
    }
    // Others of the lane have all there is.
    if place.in_flight == 0 && now_ms - place.idle_since_ms >= PATIENCE_MS {
        return Leave::Stop(Stop::Yielded);
    }
    let until_ms = now_ms + LOOK_MS;
    Leave::Wait { until_ms }
}

/// Whether a more urgent lane is at the origin.
fn is_less_urgent(lane: Lane, limiter: &Limiter, now_ms: i64) -> bool {
    lane.yields_to(limiter.live(now_ms).map(|share| share.worker.as_str()))
}

/// How long a chunk waits in its queue before somebody looks at it again. `ill_ms`: how long the
/// site has not been well; the longer that was, the longer it may yet be.
pub(crate) fn wait_after(
    stop: Stop,
    lane: Lane,
    limiter: &Limiter,
    ill_ms: i64,
    now_ms: i64,
) -> Duration {
    let wait_ms = match stop {
        Stop::TimeUp => return Duration::ZERO,
        Stop::Yielded if is_less_urgent(lane, limiter, now_ms) => return SHORTEST,
        Stop::Yielded => return CROWDED,
        Stop::Paused => limiter.paused_until_ms().saturating_sub(now_ms),
        Stop::Down => ill_ms,
        // The day's budget: tomorrow there is another one.
        Stop::Requests | Stop::Bytes | Stop::OriginTime | Stop::Deadline => return LONGEST,
    };
    crate::time::duration(wait_ms).clamp(SHORTEST, LONGEST)
}

#[cfg(test)]
mod tests {
    use origin_limit::{Batch, Outcome, Rules, Sample};

    use super::*;

    const NOW_MS: i64 = 1_795_774_830_000;

    fn limiter(health: Health, workers: &[&str]) -> Limiter {
        let rules = Rules::default();
        let mut limiter = Limiter::new(&rules);
        limiter.hear(&rules, health, NOW_MS);
        for worker in workers {
            limiter.lease(&rules, worker, NOW_MS);
        }
        limiter
    }

    fn place(worker: &str) -> Place<'_> {
        Place {
            worker,
            lane: Lane::P2,
            in_flight: 0,
            ended_ms: 0,
            idle_since_ms: NOW_MS,
        }
    }

    fn refused(limiter: &mut Limiter, retry_after_ms: Option<i64>) {
        let sample = Sample {
            started_ms: NOW_MS - 10,
            first_byte_ms: 10,
            in_flight: 1,
            outcome: Outcome::Throttled { retry_after_ms },
        };
        let batch = Batch {
            worker: "p2-a".to_owned(),
            first: 0,
            samples: vec![sample],
        };
        limiter.fold(&Rules::default(), &batch, NOW_MS);
    }

    #[test]
    fn one_request_at_a_time_may_start_at_an_unknown_origin() {
        let limiter = limiter(Health::Good, &["p2-a"]);
        let mut place = place("p2-a");
        assert_eq!(leave(&limiter, &place, NOW_MS), Leave::Start);
        place.in_flight = 1;
        let until_ms = NOW_MS + LOOK_MS;
        assert_eq!(leave(&limiter, &place, NOW_MS), Leave::Wait { until_ms });
    }

    #[test]
    fn nothing_starts_at_a_site_that_is_down_however_short_that_lasts() {
        let limiter = limiter(Health::Down, &["p0-a"]);
        let stop = leave(&limiter, &place("p0-a"), NOW_MS);
        assert_eq!(stop, Leave::Stop(Stop::Down));
        let minutes =
            |ill_ms| wait_after(Stop::Down, Lane::P0, &limiter, ill_ms, NOW_MS).as_secs() / 60;
        assert_eq!([0, 180_000, 86_400_000].map(minutes), [1, 3, 15]);
    }

    #[test]
    fn a_more_urgent_worker_is_made_room_for() {
        let limiter = limiter(Health::Good, &["p1-b", "p2-a"]);
        let stop = leave(&limiter, &place("p2-a"), NOW_MS);
        assert_eq!(stop, Leave::Stop(Stop::Yielded));
        let wait = wait_after(Stop::Yielded, Lane::P2, &limiter, 0, NOW_MS);
        assert_eq!(wait, SHORTEST);
        // Its lease has ended.
        let later_ms = NOW_MS + Rules::default().lease_ms;
        let mut alone = limiter;
        alone.lease(&Rules::default(), "p2-a", later_ms);
        let start = leave(&alone, &place("p2-a"), later_ms);
        assert_eq!(start, Leave::Start);
    }

    #[test]
    fn short_pauses_are_waited_for_and_long_ones_handed_back() {
        let mut limiter = limiter(Health::Good, &["p2-a"]);
        refused(&mut limiter, None);
        let until_ms = NOW_MS + 500;
        let wait = leave(&limiter, &place("p2-a"), NOW_MS);
        assert_eq!(wait, Leave::Wait { until_ms });
        assert_eq!(leave(&limiter, &place("p2-a"), until_ms), Leave::Start);

        let mut limiter = self::limiter(Health::Good, &["p2-a"]);
        refused(&mut limiter, Some(300_000));
        let stop = leave(&limiter, &place("p2-a"), NOW_MS);
        assert_eq!(stop, Leave::Stop(Stop::Paused));
        let wait = wait_after(Stop::Paused, Lane::P2, &limiter, 0, NOW_MS);
        assert_eq!(wait, Duration::from_secs(300));
    }

    #[test]
    fn who_gets_nothing_waits_for_a_while_and_then_gives_up() {
        let limiter = limiter(Health::Good, &["p2-a", "p2-b"]);
        let place = place("p2-b");
        assert!(matches!(
            leave(&limiter, &place, NOW_MS),
            Leave::Wait { .. }
        ));
        let later_ms = NOW_MS + PATIENCE_MS;
        assert_eq!(
            leave(&limiter, &place, later_ms),
            Leave::Stop(Stop::Yielded)
        );
        let wait = wait_after(Stop::Yielded, Lane::P2, &limiter, 0, later_ms);
        assert_eq!(wait, CROWDED);
    }

    #[test]
    fn time_that_is_up_costs_the_chunk_nothing() {
        let limiter = limiter(Health::Good, &[]);
        assert_eq!(
            wait_after(Stop::TimeUp, Lane::P2, &limiter, 0, NOW_MS),
            Duration::ZERO
        );
        assert_eq!(
            wait_after(Stop::Bytes, Lane::P2, &limiter, 0, NOW_MS),
            LONGEST
        );
    }
}

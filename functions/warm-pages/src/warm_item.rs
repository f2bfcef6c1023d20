//! A page is asked for, and where that is to be checked, asked for again.

use lambda_kit::now_ms;
use origin_limit::Sample;
use url::Url;
use warming::{Answer, CachePolicy, Class, Variant, Verdict, Visit, judge, retry_after_ms};

use crate::http_get::{Getter, Got};

/// What came of a page.
#[derive(Debug)]
pub(crate) struct Warmed {
    /// For the report.
    pub(crate) visit: Visit,
    /// For the limiter: nothing where a cache answered.
    pub(crate) samples: Vec<Sample>,
    /// When it was done.
    pub(crate) ended_ms: i64,
}

/// How a page is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    /// In which form.
    pub(crate) variant: Variant,
    /// Whether one that was not in the cache is asked for again: now it must be there.
    pub(crate) checks: bool,
    /// Requests of the worker that are not answered, this one among them.
    pub(crate) in_flight: u32,
}

/// Asks for a page, and again where that is to be checked.
pub(crate) async fn warm_item(
    getter: &Getter,
    policy: &CachePolicy,
    page: &Url,
    ask: Ask,
) -> Warmed {
    let Ask {
        variant,
        checks,
        in_flight,
    } = &ask;
    let in_flight = *in_flight;
    let got = getter.get(page.clone(), variant).await;
    let (first, sample) = weigh(&got, policy, in_flight);
    let mut visit = Visit {
        first_byte_ms: got.first_byte_ms,
        bytes: got.bytes,
        requests: 1,
        origin_ms: origin_ms(&first, &got),
        first,
        second: None,
    };
    let mut samples: Vec<_> = sample.into_iter().collect();
    if *checks && matches!(visit.first.class, Class::Filled | Class::Refreshed) {
        let got = getter.get(page.clone(), variant).await;
        let (second, sample) = weigh(&got, policy, in_flight);
        samples.extend(sample);
        visit.bytes += got.bytes;
        visit.requests += 1;
        visit.origin_ms += origin_ms(&second, &got);
        visit.second = Some(second);
    }
    Warmed {
        visit,
        samples,
        ended_ms: now_ms(),
    }
}

fn weigh(got: &Got, policy: &CachePolicy, in_flight: u32) -> (Verdict, Option<Sample>) {
    let mut wish_ms = None;
    let verdict = match &got.answer {
        Ok((status, headers)) => {
            wish_ms = retry_after_ms(headers, now_ms());
            let answer = Answer {
                status: *status,
                headers,
                policy,
            };
            judge(&answer)
        }
        Err(failure) => Verdict::failed(*failure),
    };
    let sample = verdict.outcome(wish_ms).map(|outcome| Sample {
        started_ms: got.started_ms,
        first_byte_ms: i64::from(got.first_byte_ms),
        in_flight,
        outcome,
    });
    (verdict, sample)
}

/// What the origin worked: by what the cache in front of it measured, or by what was waited.
fn origin_ms(verdict: &Verdict, got: &Got) -> u64 {
    if !verdict.asked_origin() {
        return 0;
    }
    verdict.upstream_ms.unwrap_or(u64::from(got.first_byte_ms))
}

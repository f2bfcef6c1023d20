//! Visitors, who ask for pages of their own through the proxy. Each page reaches a web server:
//! visitors whom a cache answers notice nothing of a warmer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::schedule::Schedule;
use crate::statistics::percentile;

/// Longest wait for one page.
const PATIENCE: Duration = Duration::from_secs(10);

/// Visitors on their way. They have a thread of their own.
pub(super) struct Visitors {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<Visits>>,
}

/// What they saw.
#[derive(Debug, Default)]
pub(super) struct Visits {
    /// From the moment at which a page was meant to be asked for to its last byte.
    pub(super) latencies_ms: Vec<f64>,
    /// Those that were not answered 200.
    pub(super) failures: u64,
}

impl Visits {
    pub(super) fn percentile_ms(&self, percent: f64) -> f64 {
        percentile(&self.latencies_ms, percent)
    }

    fn add(&mut self, (is_answered, latency): (bool, Duration)) {
        self.latencies_ms.push(latency.as_secs_f64() * 1_000.0);
        self.failures += u64::from(!is_answered);
    }
}

impl Visitors {
    /// `rate` visitors a second until they are stopped, the same for the same seed.
    pub(super) fn start(site: &str, seed: u64, rate: f64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (site, stopped) = (site.to_owned(), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            let client = client()?;
            runtime()?.block_on(visit(&client, &site, seed, rate, &stopped))
        });
        Self { stop, thread }
    }

    /// No more of them come. Waits for those that are there.
    pub(super) fn stop(self) -> Result<Visits> {
        self.stop.store(true, Ordering::Relaxed);
        let ended = self.thread.join();
        ended.map_err(|_| anyhow!("ask for pages: the thread ended early"))?
    }
}

async fn visit(
    client: &reqwest::Client,
    site: &str,
    seed: u64,
    rate: f64,
    stopped: &AtomicBool,
) -> Result<Visits> {
    let mut visits = Visits::default();
    let mut asked = JoinSet::new();
    let start = Instant::now();
    for (number, at) in (0_u32..).zip(Schedule::new(seed, rate)) {
        let intended = start + at;
        sleep_until(intended).await;
        if stopped.load(Ordering::Relaxed) {
            break;
        }
        let (client, url) = (client.clone(), format!("{site}/visits/{seed}/{number}"));
        asked.spawn(async move { (fetch(&client, &url).await, intended.elapsed()) });
        while let Some(answer) = asked.try_join_next() {
            visits.add(answer.context("ask for a page")?);
        }
    }
    while let Some(answer) = asked.join_next().await {
        visits.add(answer.context("ask for a page")?);
    }
    Ok(visits)
}

/// Pages a second that the site answers at most: each connection asks for the next page as soon
/// as it has one.
pub(super) fn capacity(site: &str, connections: u32, time: Duration) -> Result<f64> {
    let client = client()?;
    let answered = runtime()?.block_on(async {
        let end = Instant::now() + time;
        let next = Arc::new(AtomicU32::new(0));
        let mut connected = JoinSet::new();
        for _ in 0..connections {
            let (client, site, next) = (client.clone(), site.to_owned(), Arc::clone(&next));
            connected.spawn(async move {
                let mut answered = 0_u32;
                while Instant::now() < end {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let url = format!("{site}/visits/0/{number}");
                    answered += u32::from(fetch(&client, &url).await);
                }
                answered
            });
        }
        connected.join_all().await
    });
    Ok(f64::from(answered.iter().sum::<u32>()) / time.as_secs_f64())
}

async fn fetch(client: &reqwest::Client, url: &str) -> bool {
    let Ok(answer) = client.get(url).send().await else {
        return false;
    };
    let is_found = answer.status() == reqwest::StatusCode::OK;
    is_found && answer.bytes().await.is_ok()
}

fn client() -> Result<reqwest::Client> {
    let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy();
    client.build().context("make the client")
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("start the client")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::warming::origin::Origin;

    #[test]
    fn visitors_come_until_they_are_stopped_and_all_are_counted() {
        let origin = Origin::start(4, 1.0).unwrap();
        let site = format!("http://{}", origin.address());
        let visitors = Visitors::start(&site, 1, 200.0);
        thread::sleep(Duration::from_millis(500));
        origin.refuse(Some(1));
        thread::sleep(Duration::from_millis(500));
        let visits = visitors.stop().unwrap();
        assert!(visits.failures > 0);
        assert!(visits.latencies_ms.len() as u64 > visits.failures);
        assert!(visits.percentile_ms(50.0) <= visits.percentile_ms(99.0));
    }
}

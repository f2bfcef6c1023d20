//! Asking for pages: without pauses, and at a fixed rate whatever the answers take.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Longest wait for one page.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client with kept-alive connections.
pub(super) struct Load {
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
}

/// What came back.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// How many, by status or kind of failure.
    pub(super) outcomes: BTreeMap<String, u64>,
    pub(super) latencies_ms: Vec<f64>,
    /// How many were asked again, because their connection was closed under them.
    repeated: u64,
}

/// One answer.
struct Answered {
    outcome: String,
    latency: Duration,
    is_repeated: bool,
}

impl Answers {
    /// Every request.
    pub(super) fn count(&self) -> u64 {
        self.outcomes.values().sum()
    }

    /// Those that were not answered 2xx.
    pub(super) fn failures(&self) -> u64 {
        let failed = self
            .outcomes
            .iter()
            .filter(|(name, _)| !name.starts_with('2'));
        failed.map(|(_, count)| count).sum()
    }

    fn add(&mut self, answered: Answered) {
        *self.outcomes.entry(answered.outcome).or_default() += 1;
        let milliseconds = answered.latency.as_secs_f64() * 1_000.0;
        self.latencies_ms.push(milliseconds);
        self.repeated += u64::from(answered.is_repeated);
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} requests, {} non-2xx", self.count(), self.failures())?;
        for (outcome, count) in &self.outcomes {
            write!(f, "; {outcome}: {count}")?;
        }
        if self.repeated > 0 {
            write!(f, "; {} asked again on a new connection", self.repeated)?;
        }
        Ok(())
    }
}

impl Load {
    pub(super) fn new() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("start the client")?;
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .build()
            .context("make the client")?;
        Ok(Self { runtime, client })
    }

    /// Each connection asks for the next page as soon as it has one.
    pub(super) fn unpaced(
        &self,
        urls: &[String],
        connections: u32,
        time: Duration,
    ) -> Result<Answers> {
        self.runtime.block_on(async {
            let mut connected = JoinSet::new();
            let end = Instant::now() + time;
            for first in 0..connections as usize {
                let (client, urls) = (self.client.clone(), urls.to_vec());
                connected.spawn(async move {
                    let mut answers = Answers::default();
                    for url in urls.iter().cycle().skip(first) {
                        let start = Instant::now();
                        if start >= end {
                            break;
                        }
                        answers.add(ask(&client, url, start).await);
                    }
                    answers
                });
            }
            let mut all = Answers::default();
            while let Some(answers) = connected.join_next().await {
                let answers = answers.context("ask for pages")?;
                all.latencies_ms.extend(answers.latencies_ms);
                all.repeated += answers.repeated;
                for (outcome, count) in answers.outcomes {
                    *all.outcomes.entry(outcome).or_default() += count;
                }
            }
            Ok(all)
        })
    }

    /// One request after another at `rate` a second until the sender of `ended` is gone.
    pub(super) fn paced(
        &self,
        urls: &[String],
        rate: u32,
        ended: &Receiver<()>,
    ) -> Result<Answers> {
        self.runtime.block_on(async {
            let mut asked = JoinSet::new();
            let mut answers = Answers::default();
            let start = Instant::now();
            for (index, url) in (0u32..).zip(urls.iter().cycle()) {
                if ended.try_recv() == Err(TryRecvError::Disconnected) {
                    break;
                }
                let intended = start + Duration::from_secs(1) * index / rate;
                tokio::time::sleep_until(intended).await;
                let (client, url) = (self.client.clone(), url.clone());
                asked.spawn(async move { ask(&client, &url, intended).await });
                while let Some(answer) = asked.try_join_next() {
                    answers.add(answer.context("ask for a page")?);
                }
            }
            while let Some(answer) = asked.join_next().await {
                answers.add(answer.context("ask for a page")?);
            }
            Ok(answers)
        })
    }
}

/// The status and the time since `start`, when the last byte was read.
///
/// A server that ends closes connections that are idle, and a request may be on its way
/// then. As browsers do, a page is asked for once more on a new connection when no answer
/// had begun: <https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2>.
async fn ask(client: &reqwest::Client, url: &str, start: Instant) -> Answered {
    let mut answer = fetch(client, url).await;
    let is_repeated = answer
        .as_ref()
        .is_err_and(|error| error.is_request() && !error.is_timeout());
    if is_repeated {
        answer = fetch(client, url).await;
    }
    let outcome = match answer {
        Ok(status) => status.as_str().to_owned(),
        Err(error) if error.is_timeout() => "no answer in time".to_owned(),
        Err(_) => "connection failed".to_owned(),
    };
    Answered {
        outcome,
        latency: start.elapsed(),
        is_repeated,
    }
}

async fn fetch(client: &reqwest::Client, url: &str) -> reqwest::Result<reqwest::StatusCode> {
    let answer = client.get(url).send().await?;
    let status = answer.status();
    answer.bytes().await?;
    Ok(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_2xx_is_a_success() {
        let mut answers = Answers::default();
        for outcome in ["200", "204", "304", "503", "connection failed"] {
            answers.add(Answered {
                outcome: outcome.to_owned(),
                latency: Duration::from_millis(1),
                is_repeated: false,
            });
        }
        assert_eq!((answers.count(), answers.failures()), (5, 3));
        assert!(answers.to_string().starts_with("5 requests, 3 non-2xx"));
    }
}

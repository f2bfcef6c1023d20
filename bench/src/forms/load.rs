//! The same posts for both sides.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

/// A process that takes submissions.
pub(crate) trait Server {
    /// What it is, with its version.
    fn name(&self) -> String;

    /// Gets ready for that many posts; what it costs is not measured.
    fn prepare(&mut self, posts: u32) -> Result<()>;

    /// Posts one submission and waits until it was accepted.
    fn post(&mut self, submission: &str) -> Result<()>;

    /// CPU time of the process so far.
    fn cpu(&self) -> Result<Duration>;
}

/// A round without pauses.
pub(crate) struct Saturated {
    /// Posts a second.
    pub(crate) rate: f64,
    /// CPU time of one post.
    pub(crate) cpu_ms: f64,
}

/// Posts one submission after the other.
pub(crate) fn saturated(server: &mut dyn Server, posts: u32) -> Result<Saturated> {
    server.prepare(posts)?;
    let (cpu, started) = (server.cpu()?, Instant::now());
    for number in 0..posts {
        server.post(&submission(number))?;
    }
    let wall = started.elapsed().as_secs_f64();
    let cpu = server.cpu()?.saturating_sub(cpu).as_secs_f64();
    Ok(Saturated {
        rate: f64::from(posts) / wall,
        cpu_ms: cpu / f64::from(posts) * 1e3,
    })
}

/// Posts at `rate` a second for `time`. Returns what each post took in milliseconds, from
/// the moment at which it was meant to be sent.
pub(crate) fn paced(server: &mut dyn Server, rate: f64, time: Duration) -> Result<Vec<f64>> {
    let posts = (rate * time.as_secs_f64()) as u32;
    server.prepare(posts)?;
    let started = Instant::now();
    (0..posts)
        .map(|number| {
            let intended = started + Duration::from_secs_f64(f64::from(number) / rate);
            thread::sleep(intended.saturating_duration_since(Instant::now()));
            server.post(&submission(number))?;
            Ok(intended.elapsed().as_secs_f64() * 1e3)
        })
        .collect()
}

/// What a visitor fills in, urlencoded.
fn submission(number: u32) -> String {
    format!(
        "name=Ada+Lovelace&email=ada%40example.com&topic=order&order_number=A-{number}\
         &message=The+lamp+of+order+A-{number}+arrived+with+a+broken+shade.+Could+you+send\
         +another+one%3F&privacy=on"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes 20 ms for a post.
    struct Slow(u32);

    impl Server for Slow {
        fn name(&self) -> String {
            "slow".to_owned()
        }

        fn prepare(&mut self, posts: u32) -> Result<()> {
            self.0 = posts;
            Ok(())
        }

        fn post(&mut self, _submission: &str) -> Result<()> {
            thread::sleep(Duration::from_millis(20));
            self.0 -= 1;
            Ok(())
        }

        fn cpu(&self) -> Result<Duration> {
            Ok(Duration::ZERO)
        }
    }

    #[test]
    fn a_server_that_falls_behind_is_not_spared_the_waiting() {
        let mut server = Slow(0);
        // Twice as many as it can take: the last one waits for about half of the time.
        let took = paced(&mut server, 100.0, Duration::from_millis(400)).unwrap();
        assert_eq!((took.len(), server.0), (40, 0));
        assert!(took[39] > 300.0, "{took:?}");
    }
}

//! Brings logs to where AWS would: CloudFront's into the log bucket, the reverse proxy's to
//! CloudWatch Logs. The load balancer's are the emulator's, which writes them.

mod cloudfront;
mod follower;
mod log_group;

use std::env;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;

use crate::aws::Aws;
use crate::cdn;
use crate::deploy::Outputs;
use crate::proxy::Proxy;
use crate::stack::output;
use cloudfront::LogBucket;
use follower::Follower;
use log_group::LogGroup;

/// Environment variable with the seconds between two deliveries. AWS takes minutes, for
/// which nobody here would wait.
pub(crate) const SECONDS_VARIABLE: &str = "SIDETIER_LOG_DELIVERY_SECONDS";
const DEFAULT_SECONDS: u64 = 5;

/// How often logs are delivered.
///
/// # Errors
/// When the variable is set to something else than whole seconds.
pub(crate) fn interval() -> Result<Duration> {
    let Some(text) = env::var_os(SECONDS_VARIABLE).filter(|text| !text.is_empty()) else {
        return Ok(Duration::from_secs(DEFAULT_SECONDS));
    };
    seconds(&text.to_string_lossy())
}

fn seconds(text: &str) -> Result<Duration> {
    let seconds = text
        .parse()
        .with_context(|| format!("read {SECONDS_VARIABLE}: \"{text}\" is no whole number"))?;
    ensure!(
        seconds > 0,
        "read {SECONDS_VARIABLE}: logs cannot be delivered every 0 seconds"
    );
    Ok(Duration::from_secs(seconds))
}

/// Where lines of a log go.
trait Destination {
    /// Delivers lines. Those that could not be are passed again.
    fn deliver(&mut self, lines: &[Vec<u8>]) -> Result<()>;
}

/// One log on its way.
struct Channel {
    name: &'static str,
    follower: Follower,
    destination: Box<dyn Destination + Send>,
    /// Read and not delivered. While there are any, nothing more is read: the log file is
    /// the queue.
    waiting: Vec<Vec<u8>>,
}

impl Channel {
    fn deliver(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            self.waiting = self.follower.read()?;
        }
        if !self.waiting.is_empty() {
            self.destination
                .deliver(&self.waiting)
                .with_context(|| format!("deliver {}", self.name))?;
            self.waiting.clear();
        }
        Ok(())
    }
}

/// What the delivery needs to know of the stack.
pub(crate) struct Place<'a> {
    pub(crate) aws: &'a Aws,
    pub(crate) outputs: &'a Outputs,
    pub(crate) proxy: &'a Proxy,
    pub(crate) state: &'a Path,
    pub(crate) logs: &'a Path,
}

/// The running delivery. Dropping it stops it; what was not delivered is not.
#[derive(Debug)]
pub(crate) struct LogDelivery {
    /// Hung up to stop.
    stop: Option<mpsc::Sender<()>>,
    /// There is none where nothing is delivered.
    thread: Option<JoinHandle<()>>,
}

impl LogDelivery {
    /// Delivers what is logged from now on, on a thread of its own.
    ///
    /// # Errors
    /// When a log cannot be opened or the interval is wrong.
    pub(crate) fn start(place: &Place<'_>) -> Result<Self> {
        let interval = interval()?;
        let path = place.logs.join("log-delivery.log");
        let mut journal =
            File::create(&path).with_context(|| format!("create {}", path.display()))?;
        let mut channels = channels(place, &mut journal)?;
        let has_any = !channels.is_empty();
        let (stop, stopped) = mpsc::channel::<()>();
        let deliver = move || {
            while stopped.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                for channel in &mut channels {
                    if let Err(error) = channel.deliver() {
                        note(&mut journal, &format!("{error:#}"));
                    }
                }
            }
        };
        let builder = thread::Builder::new().name("log-delivery".to_owned());
        let thread = has_any
            .then(|| builder.spawn(deliver))
            .transpose()
            .context("start the delivery of logs")?;
        Ok(Self {
            stop: Some(stop),
            thread,
        })
    }
}

impl Drop for LogDelivery {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // Had it panicked, the message has been printed.
            let _ = thread.join();
        }
    }
}

/// The logs that the template has a place for. A stack without one runs as well, so the
/// missing output is a note and no error.
fn channels(place: &Place<'_>, journal: &mut File) -> Result<Vec<Channel>> {
    let mut channels = Vec::new();
    let mut add = |name, path, destination: Result<Box<dyn Destination + Send>>| {
        match destination {
            Ok(destination) => channels.push(Channel {
                name,
                follower: Follower::from_end(path)?,
                destination,
                waiting: Vec::new(),
            }),
            Err(error) => note(journal, &format!("{name} is not delivered: {error:#}")),
        }
        anyhow::Ok(())
    };
    let group = |name: &str| -> Result<Box<dyn Destination + Send>> {
        let name = output(place.outputs, name)?;
        Ok(Box::new(LogGroup::new(place.aws.clone(), name)))
    };
    add(
        "CloudFront's log",
        place.state.join(cdn::ACCESS_LOG),
        log_bucket(place),
    )?;
    add(
        "the proxy's access log",
        place.proxy.access_log(),
        group("ProxyAccessLogGroupName"),
    )?;
    add(
        "the proxy's error log",
        place.proxy.error_log(),
        group("ProxyErrorLogGroupName"),
    )?;
    Ok(channels)
}

fn log_bucket(place: &Place<'_>) -> Result<Box<dyn Destination + Send>> {
    let bucket = output(place.outputs, "LogBucketName")?;
    let distribution = output(place.outputs, "DistributionId")?;
    let bucket = LogBucket::new(place.aws.endpoint(), bucket, distribution)?;
    Ok(Box::new(bucket))
}

/// Writes a line into the delivery's own log; if even that fails there is nobody to tell.
fn note(journal: &mut File, text: &str) {
    let _ = writeln!(journal, "{} {text}", Timestamp::now());
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use anyhow::bail;

    use super::*;

    /// Refuses once, then keeps what it gets.
    struct Flaky {
        refusals: usize,
        got: Arc<Mutex<Vec<Vec<u8>>>>,
    }

    impl Destination for Flaky {
        fn deliver(&mut self, lines: &[Vec<u8>]) -> Result<()> {
            if self.refusals > 0 {
                self.refusals -= 1;
                bail!("not now");
            }
            self.got.lock().unwrap().extend_from_slice(lines);
            Ok(())
        }
    }

    #[test]
    fn lines_that_were_refused_are_delivered_later_in_order() {
        let path = env::temp_dir().join(format!("sidetier-channel-{}", std::process::id()));
        std::fs::write(&path, "").unwrap();
        let got = Arc::new(Mutex::new(Vec::new()));
        let mut channel = Channel {
            name: "a log",
            follower: Follower::from_end(path.clone()).unwrap(),
            destination: Box::new(Flaky {
                refusals: 1,
                got: Arc::clone(&got),
            }),
            waiting: Vec::new(),
        };
        std::fs::write(&path, "one\n").unwrap();
        let error = channel.deliver().unwrap_err();
        assert_eq!(format!("{error:#}"), "deliver a log: not now");
        std::fs::write(&path, "one\ntwo\n").unwrap();
        channel.deliver().unwrap();
        channel.deliver().unwrap();
        channel.deliver().unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(*got.lock().unwrap(), [b"one".to_vec(), b"two".to_vec()]);
    }

    #[test]
    fn seconds_are_whole_and_positive() {
        assert_eq!(seconds("300").unwrap(), Duration::from_secs(300));
        for wrong in ["0", "-1", "soon", "0.5"] {
            let error = seconds(wrong).unwrap_err().to_string();
            assert!(
                error.starts_with("read SIDETIER_LOG_DELIVERY_SECONDS"),
                "{error}"
            );
        }
    }
}

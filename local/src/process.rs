//! Child processes: started with a log file, stopped with their owner.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::machine;

/// How long a service may take to stop before it is killed.
const STOP_TIME: Duration = Duration::from_secs(8);

/// How a service is to be told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StopBy {
    /// SIGTERM.
    Terminate,
    /// SIGINT: PostgreSQL's fast shutdown, which does not wait for clients.
    Interrupt,
}

impl StopBy {
    const fn signal(self) -> Signal {
        match self {
            Self::Terminate => Signal::SIGTERM,
            Self::Interrupt => Signal::SIGINT,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Terminate => "TERM",
            Self::Interrupt => "INT",
        }
    }
}

/// A command that is stopped when this process dies, however it dies; as another
/// user when `user` is given. Linux's `setpriv` sets the parent-death signal.
pub(crate) fn bound_command(program: &Path, stop: StopBy, user: Option<&str>) -> Command {
    let Some(setpriv) = machine::find_program("setpriv") else {
        return Command::new(program);
    };
    let mut command = Command::new(setpriv);
    if let Some(user) = user {
        command.args(["--reuid", user, "--regid", user, "--init-groups"]);
    }
    command
        .args(["--pdeathsig", stop.name(), "--"])
        .arg(program);
    command
}

/// Starts the command on a thread that lives as long as the process: the
/// parent-death signal is sent when the *thread* that started a child ends.
fn spawn(mut command: Command) -> io::Result<Child> {
    type Request = (Command, mpsc::Sender<io::Result<Child>>);
    static SPAWNER: OnceLock<mpsc::Sender<Request>> = OnceLock::new();
    let spawner = SPAWNER.get_or_init(|| {
        let (requests, inbox) = mpsc::channel::<Request>();
        thread::spawn(move || {
            for (mut command, reply) in inbox {
                // The one who asked waits for the reply.
                let _ = reply.send(command.spawn());
            }
        });
        requests
    });
    command.stdin(Stdio::null());
    let (reply, answer) = mpsc::channel();
    let gone = || io::Error::other("the thread that starts processes has ended");
    spawner.send((command, reply)).map_err(|_| gone())?;
    answer.recv().map_err(|_| gone())?
}

fn log_file(log: &Path) -> Result<(File, File)> {
    if let Some(dir) = log.parent() {
        std::fs::create_dir_all(dir).with_context(|| format!("create {}", dir.display()))?;
    }
    let file = File::create(log).with_context(|| format!("create {}", log.display()))?;
    let copy = file.try_clone().context("share a log file")?;
    Ok((file, copy))
}

/// Runs a command to its end.
///
/// # Errors
/// When it cannot start or fails: the message has the last lines of its log.
pub(crate) fn run(what: &str, mut command: Command, log: &Path) -> Result<()> {
    let (out, err) = log_file(log)?;
    command.stdout(out).stderr(err);
    let mut child = spawn(command).with_context(|| what.to_owned())?;
    let status = child.wait().with_context(|| what.to_owned())?;
    if !status.success() {
        bail!(
            "{what} ({status}); {} ends with:\n{}",
            log.display(),
            last_lines(log, 25)
        );
    }
    Ok(())
}

/// Runs a command to its end, its standard output into `output`. How it ended says nothing: a
/// linter fails when it finds something.
///
/// # Errors
/// When it cannot start.
pub(crate) fn run_into(what: &str, mut command: Command, output: &Path, log: &Path) -> Result<()> {
    let (err, _) = log_file(log)?;
    let (out, _) = log_file(output)?;
    command.stdout(out).stderr(err);
    let mut child = spawn(command).with_context(|| what.to_owned())?;
    child.wait().with_context(|| what.to_owned())?;
    Ok(())
}

/// The last `count` lines of a file; empty when it cannot be read.
pub(crate) fn last_lines(file: &Path, count: usize) -> String {
    const TAIL_BYTES: u64 = 16 * 1024;
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(file)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
        let mut tail = Vec::new();
        file.take(TAIL_BYTES).read_to_end(&mut tail)?;
        Ok(tail)
    };
    let tail = read().unwrap_or_default();
    let text = String::from_utf8_lossy(&tail);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines
        .get(lines.len().saturating_sub(count)..)
        .unwrap_or_default()
        .join("\n")
}

/// A running service. Dropping it stops it and what it started.
#[derive(Debug)]
pub(crate) struct Service {
    name: &'static str,
    child: Child,
    log: PathBuf,
    stop: StopBy,
}

impl Service {
    /// Starts a service in a process group of its own, so that Ctrl-C in a
    /// terminal reaches only us and services stop in order.
    pub(crate) fn start(
        name: &'static str,
        mut command: Command,
        log: &Path,
        stop: StopBy,
    ) -> Result<Self> {
        let (out, err) = log_file(log)?;
        command.stdout(out).stderr(err).process_group(0);
        let child = spawn(command).with_context(|| format!("start {name}"))?;
        Ok(Self {
            name,
            child,
            log: log.to_owned(),
            stop,
        })
    }

    /// Waits until `ready` says so.
    ///
    /// # Errors
    /// When the service ends before, or `limit` has passed.
    pub(crate) fn wait_until(&mut self, ready: impl Fn() -> bool, limit: Duration) -> Result<()> {
        let start = Instant::now();
        loop {
            if ready() {
                return Ok(());
            }
            let ended = self
                .child
                .try_wait()
                .with_context(|| format!("watch {}", self.name))?;
            let trouble = match ended {
                Some(status) => format!("it ended ({status})"),
                None if start.elapsed() > limit => format!("not ready after {limit:?}"),
                None => {
                    thread::sleep(Duration::from_millis(20));
                    continue;
                }
            };
            let (name, log) = (self.name, self.log.display());
            bail!(
                "start {name}: {trouble}; {log} ends with:\n{}",
                last_lines(&self.log, 15)
            );
        }
    }

    /// Ends it at once, with no chance to finish anything.
    pub(crate) fn kill(mut self) {
        self.signal(Signal::SIGKILL);
        // What was killed is gone; nothing else can be said about it.
        let _ = self.child.wait();
    }

    /// Its log file.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().map(Pid::from_raw) {
            // It may have ended by itself.
            let _ = killpg(pid, signal);
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.signal(self.stop.signal());
        let start = Instant::now();
        while start.elapsed() < STOP_TIME {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        self.signal(Signal::SIGKILL);
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failing_command_shows_the_end_of_its_log() {
        let log = std::env::temp_dir().join(format!("sidetier-run-{}.log", std::process::id()));
        let mut command = Command::new("sh");
        command.args(["-c", "echo the reason >&2; exit 3"]);
        let error = run("do it", command, &log).unwrap_err().to_string();
        std::fs::remove_file(&log).unwrap();
        assert!(error.starts_with("do it (exit status: 3)"), "{error}");
        assert!(error.ends_with("the reason"), "{error}");
    }

    #[test]
    fn dropped_service_stops_its_whole_group() {
        let dir = std::env::temp_dir().join(format!("sidetier-service-{}", std::process::id()));
        let mut command = bound_command(Path::new("/bin/sh"), StopBy::Terminate, None);
        command.args(["-c", "sleep 1000 & echo $!; wait"]);
        let log = dir.join("out");
        let mut service = Service::start("sleeper", command, &log, StopBy::Terminate).unwrap();
        service
            .wait_until(|| !last_lines(&log, 1).is_empty(), Duration::from_secs(5))
            .unwrap();
        let pid: i32 = last_lines(&log, 1).trim().parse().unwrap();
        drop(service);
        let deadline = Instant::now() + Duration::from_secs(5);
        while Path::new(&format!("/proc/{pid}/cmdline")).exists() && Instant::now() < deadline {
            // A killed child may stay as a zombie of init for a moment.
            if std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|text| text.is_empty()) {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let left = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        std::fs::remove_dir_all(&dir).unwrap();
        assert!(left.is_empty(), "the sleeper outlived its service");
    }

    #[test]
    fn service_that_ends_early_is_named_with_its_log() {
        let dir = std::env::temp_dir().join(format!("sidetier-early-{}", std::process::id()));
        let mut command = Command::new("sh");
        command.args(["-c", "echo no such setting; exit 1"]);
        let log = dir.join("out");
        let mut service = Service::start("thing", command, &log, StopBy::Terminate).unwrap();
        let error = service
            .wait_until(|| false, Duration::from_secs(5))
            .unwrap_err()
            .to_string();
        std::fs::remove_dir_all(&dir).unwrap();
        assert!(error.contains("start thing: it ended"), "{error}");
        assert!(error.ends_with("no such setting"), "{error}");
    }
}

//! A worker in a process of its own: kept for many jobs, or fresh for one.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::job::{Done, Job, Reply};
use crate::usage::ended_children_cpu;

/// A worker that answers one job after the other. It ends with its input, on drop.
pub(crate) struct Worker {
    child: Child,
    jobs: Option<ChildStdin>,
    replies: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts `command`, whose standard input and output carry the jobs.
    pub(crate) fn start(mut command: Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("failed to start {command:?}"))?;
        let jobs = child.stdin.take();
        let replies = child
            .stdout
            .take()
            .context("the worker has no standard output")?;
        Ok(Self {
            child,
            jobs,
            replies: BufReader::new(replies),
        })
    }

    /// Does one job.
    ///
    /// # Errors
    /// Where the worker says that it failed, or has died.
    pub(crate) fn run(&mut self, job: &Job) -> Result<Done> {
        let mut line = serde_json::to_vec(job)?;
        line.push(b'\n');
        let jobs = self
            .jobs
            .as_mut()
            .context("the worker takes no more jobs")?;
        jobs.write_all(&line).context("failed to hand over a job")?;
        let mut reply = String::new();
        self.replies.read_line(&mut reply)?;
        ensure!(!reply.is_empty(), "the worker ended without an answer");
        match serde_json::from_str(&reply).with_context(|| format!("failed to read {reply}"))? {
            Reply::Done(done) => Ok(done),
            Reply::Failed { error } => bail!("failed to process {}: {error}", job.input.display()),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // End of input is a worker's sign to end; there is nobody to tell about a bad end here.
        drop(self.jobs.take());
        let _ended = self.child.wait();
    }
}

/// What a process cost from start to end.
#[derive(Debug, Clone)]
pub(crate) struct WholeProcess {
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
    pub(crate) done: Done,
}

/// Starts a worker for one job and waits for its end.
pub(crate) fn run_fresh(command: Command, job: &Job) -> Result<WholeProcess> {
    let (cpu, clock) = (ended_children_cpu()?, Instant::now());
    let mut worker = Worker::start(command)?;
    let done = worker.run(job)?;
    drop(worker);
    Ok(WholeProcess {
        cpu: ended_children_cpu()?.saturating_sub(cpu),
        wall: clock.elapsed(),
        done,
    })
}

//! What a process has cost so far.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// CPU time of this process (all threads, user and system) so far.
pub(crate) fn own_cpu() -> Result<Duration> {
    cpu(UsageWho::RUSAGE_SELF)
}

/// CPU time of all child processes that have ended and been waited for.
pub(crate) fn ended_children_cpu() -> Result<Duration> {
    cpu(UsageWho::RUSAGE_CHILDREN)
}

fn cpu(who: UsageWho) -> Result<Duration> {
    let usage = getrusage(who).context("failed to read the CPU time")?;
    let time = |part: TimeVal| {
        let micros = part.tv_sec() * 1_000_000 + part.tv_usec();
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    };
    Ok(time(usage.user_time()) + time(usage.system_time()))
}

/// High-water mark of this process's resident set in KiB (`VmHWM` of proc(5),
/// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>).
pub(crate) fn own_peak_kib() -> Result<u64> {
    status_kib("self", "VmHWM:")
}

/// Resident set of a running process in KiB (`VmRSS`).
pub(crate) fn resident_kib(pid: u32) -> Result<u64> {
    status_kib(&pid.to_string(), "VmRSS:")
}

fn status_kib(process: &str, field: &str) -> Result<u64> {
    let file = format!("/proc/{process}/status");
    let status = fs::read_to_string(&file)?;
    status
        .lines()
        .find_map(|line| {
            line.strip_prefix(field)?
                .trim()
                .strip_suffix(" kB")?
                .parse()
                .ok()
        })
        .with_context(|| format!("failed to find {field} in {file}"))
}

/// CPU time of a running child process: the sum over its threads
/// (first field of `/proc/{pid}/task/{tid}/schedstat`, in nanoseconds,
/// <https://docs.kernel.org/scheduler/sched-stats.html>).
pub(crate) fn running_child_cpu(pid: u32) -> Result<Duration> {
    let mut total = Duration::ZERO;
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        let statistics = fs::read_to_string(task?.path().join("schedstat"))?;
        let nanos = statistics
            .split_whitespace()
            .next()
            .unwrap_or("0")
            .parse()?;
        total += Duration::from_nanos(nanos);
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_costs_cpu_time_and_memory() {
        let before = own_cpu().unwrap();
        let mut pages = vec![1u8; 32 << 20];
        while own_cpu().unwrap() - before < Duration::from_millis(20) {
            pages
                .iter_mut()
                .for_each(|page| *page = page.wrapping_mul(3));
        }
        assert!(own_peak_kib().unwrap() > 32 << 10);
        assert!(resident_kib(std::process::id()).unwrap() > 32 << 10);
        assert!(running_child_cpu(std::process::id()).unwrap() >= Duration::from_millis(20));
    }
}

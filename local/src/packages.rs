//! Programs that come from the operating system.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::machine;
use crate::process;
use crate::progress::Progress;

/// What the programs are needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Building and running the site.
    Run,
    /// Its tests too.
    Test,
}

struct Program {
    /// One of its files on `PATH`.
    name: &'static str,
    /// Debian's package.
    package: &'static str,
    purpose: Purpose,
}

const PROGRAMS: [Program; 10] = [
    Program {
        name: "cc",
        package: "gcc",
        purpose: Purpose::Run,
    },
    Program {
        name: "c++",
        package: "g++",
        purpose: Purpose::Run,
    },
    // The image codecs: libjpeg-turbo and libaom.
    Program {
        name: "cmake",
        package: "cmake",
        purpose: Purpose::Run,
    },
    Program {
        name: "nasm",
        package: "nasm",
        purpose: Purpose::Run,
    },
    Program {
        name: "nginx",
        package: "nginx",
        purpose: Purpose::Run,
    },
    Program {
        name: "redis-server",
        package: "redis-server",
        purpose: Purpose::Run,
    },
    Program {
        name: "initdb",
        package: "postgresql",
        purpose: Purpose::Run,
    },
    // Ends the services when this process dies.
    Program {
        name: "setpriv",
        package: "util-linux",
        purpose: Purpose::Run,
    },
    Program {
        name: "chromium",
        package: "chromium",
        purpose: Purpose::Test,
    },
    Program {
        name: "chromedriver",
        package: "chromium-driver",
        purpose: Purpose::Test,
    },
];

/// Makes sure that every program is there: installs Debian packages when that
/// needs no password, otherwise tells the command.
///
/// # Errors
/// When programs are missing and cannot be installed.
pub fn install(purpose: Purpose, progress: &Progress) -> Result<()> {
    let missing = missing(purpose);
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    let Some(apt) = machine::find_program("apt-get") else {
        bail!("find all programs: install what your system calls {list}, then start again");
    };
    let Some(elevate) = elevation() else {
        bail!(
            "install packages without a password; run this, then start again:\n\n  \
             sudo apt-get install --yes --no-install-recommends {list}"
        );
    };
    let log = machine::cache_dir()?.join("apt.log");
    progress.step(&format!("installing {list}"), Some(&log), || {
        apt_get(elevate, &apt, &["update"], &log)?;
        let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
        arguments.extend(&missing);
        apt_get(elevate, &apt, &arguments, &log)
    })?;
    match self::missing(purpose).as_slice() {
        [] => Ok(()),
        still => bail!(
            "find {} after its installation; see {}",
            still.join(" "),
            log.display()
        ),
    }
}

fn missing(purpose: Purpose) -> Vec<&'static str> {
    PROGRAMS
        .iter()
        .filter(|program| purpose == Purpose::Test || program.purpose == Purpose::Run)
        .filter(|program| machine::find_program(program.name).is_none())
        .map(|program| program.package)
        .collect()
}

/// The command before apt-get: none as root, `sudo -n` where it asks no password.
fn elevation() -> Option<&'static [&'static str]> {
    if machine::is_root() {
        return Some(&[]);
    }
    let sudo = machine::find_program("sudo")?;
    let silent = |stdio: &mut Command| {
        stdio
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
    };
    let works = silent(Command::new(sudo).args(["-n", "true"])).is_ok_and(|s| s.success());
    works.then_some(&["sudo", "-n"])
}

fn apt_get(elevate: &[&str], apt: &Path, arguments: &[&str], log: &Path) -> Result<()> {
    let words: Vec<&str> = elevate
        .iter()
        .copied()
        .chain(["env", "DEBIAN_FRONTEND=noninteractive"])
        .collect();
    let (first, rest) = words.split_first().context("build the apt-get command")?;
    let mut command = Command::new(first);
    command.args(rest).arg(apt).args(arguments);
    process::run(&format!("apt-get {}", arguments.join(" ")), command, log)
}

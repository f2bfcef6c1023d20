//! Programs, and parts of programs, that come from the operating system.

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

/// How one sees that a package is installed.
enum Evidence {
    /// One of its programs on `PATH`.
    Program(&'static str),
    /// One of its files, for what is no program.
    File(&'static str),
}

impl Evidence {
    fn is_there(&self) -> bool {
        match self {
            Self::Program(name) => machine::find_program(name).is_some(),
            Self::File(path) => Path::new(path).is_file(),
        }
    }
}

struct Package {
    evidence: Evidence,
    /// Debian's name.
    name: &'static str,
    purpose: Purpose,
}

const fn program(program: &'static str, name: &'static str) -> Package {
    Package {
        evidence: Evidence::Program(program),
        name,
        purpose: Purpose::Run,
    }
}

const fn file(path: &'static str, name: &'static str) -> Package {
    Package {
        evidence: Evidence::File(path),
        name,
        purpose: Purpose::Run,
    }
}

const fn test_program(program: &'static str, name: &'static str) -> Package {
    Package {
        evidence: Evidence::Program(program),
        name,
        purpose: Purpose::Test,
    }
}

const PACKAGES: [Package; 13] = [
    program("cc", "gcc"),
    program("c++", "g++"),
    // The image codecs: libjpeg-turbo and libaom.
    program("cmake", "cmake"),
    program("nasm", "nasm"),
    program("nginx", "nginx"),
    // The reverse proxy's firewall, its rules, and its key.
    file(
        "/usr/lib/nginx/modules/ngx_http_modsecurity_module.so",
        "libnginx-mod-http-modsecurity",
    ),
    file(
        "/usr/share/modsecurity-crs/rules/REQUEST-901-INITIALIZATION.conf",
        "modsecurity-crs",
    ),
    program("openssl", "openssl"),
    program("redis-server", "redis-server"),
    program("initdb", "postgresql"),
    // Ends the services when this process dies.
    program("setpriv", "util-linux"),
    test_program("chromium", "chromium"),
    test_program("chromedriver", "chromium-driver"),
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
    PACKAGES
        .iter()
        .filter(|package| purpose == Purpose::Test || package.purpose == Purpose::Run)
        .filter(|package| !package.evidence.is_there())
        .map(|package| package.name)
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

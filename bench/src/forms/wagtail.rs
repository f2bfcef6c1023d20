//! The peer: [Wagtail](https://wagtail.org), a CMS, with the same form made in its form
//! builder, in one worker process of gunicorn. Pinned by `wagtail/requirements.txt`.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::load::Server;
use crate::python_peer;
use crate::usage::running_child_cpu;

/// The site; copied beside the installed packages, a change of any of them sets up anew.
const FILES: [(&str, &str); 9] = [
    (
        "requirements.txt",
        include_str!("../../wagtail/requirements.txt"),
    ),
    ("set_up.py", include_str!("../../wagtail/set_up.py")),
    ("peer/__init__.py", ""),
    (
        "peer/settings.py",
        include_str!("../../wagtail/peer/settings.py"),
    ),
    (
        "peer/models.py",
        include_str!("../../wagtail/peer/models.py"),
    ),
    ("peer/urls.py", include_str!("../../wagtail/peer/urls.py")),
    ("peer/wsgi.py", include_str!("../../wagtail/peer/wsgi.py")),
    (
        "peer/templates/peer/contact.html",
        include_str!("../../wagtail/peer/templates/peer/contact.html"),
    ),
    (
        "peer/templates/peer/thanks.html",
        include_str!("../../wagtail/peer/templates/peer/thanks.html"),
    ),
];
/// Longest wait for the server to start, and for one answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The running server.
pub(crate) struct Wagtail {
    master: Child,
    name: String,
    url: String,
    agent: ureq::Agent,
    /// The token of its page, and the cookie that belongs to it.
    token: String,
    cookie: String,
}

impl Wagtail {
    /// Installs it into `directory`, makes its database and starts it.
    pub(crate) fn start(directory: &Path) -> Result<Self> {
        let python = install(directory)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = File::create(directory.join("gunicorn.log"))?;
        let master = Command::new(&python)
            .args(["-m", "gunicorn", "--no-control-socket", "--workers", "1"])
            .args(["--bind", &format!("127.0.0.1:{port}"), "peer.wsgi"])
            .current_dir(directory)
            .env("DJANGO_SETTINGS_MODULE", "peer.settings")
            .env("PEER_DATA", directory)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("failed to start gunicorn")?;
        let mut wagtail = Self {
            master,
            name: versions(&python)?,
            url: format!("http://127.0.0.1:{port}/"),
            agent: ureq::Agent::config_builder()
                .http_status_as_error(false)
                .timeout_global(Some(PATIENCE))
                .build()
                .into(),
            token: String::new(),
            cookie: String::new(),
        };
        wagtail.open_page()?;
        Ok(wagtail)
    }

    /// Opens the page with the form, as soon as the server answers.
    fn open_page(&mut self) -> Result<()> {
        let started = Instant::now();
        let mut answer = loop {
            match self.agent.get(&self.url).call() {
                Ok(answer) => break answer,
                Err(error) if started.elapsed() > PATIENCE => {
                    return Err(error).context("failed to reach Wagtail");
                }
                Err(_) => thread::sleep(Duration::from_millis(100)),
            }
        };
        let cookie = answer.headers().get("set-cookie").cloned();
        let cookie = cookie.context("failed to get a cookie from Wagtail")?;
        self.cookie = cookie
            .to_str()?
            .split(';')
            .next()
            .unwrap_or_default()
            .to_owned();
        let html = answer.body_mut().read_to_string()?;
        let token = html.split("csrfmiddlewaretoken\" value=\"").nth(1);
        let token = token.and_then(|rest| rest.split('"').next());
        self.token = token.context("failed to find Wagtail's token")?.to_owned();
        Ok(())
    }
}

impl Server for Wagtail {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn prepare(&mut self, _posts: u32) -> Result<()> {
        Ok(())
    }

    fn post(&mut self, submission: &str) -> Result<()> {
        let mut answer = self
            .agent
            .post(&self.url)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", &self.cookie)
            .send(format!("csrfmiddlewaretoken={}&{submission}", self.token))?;
        let html = answer.body_mut().read_to_string()?;
        // A form with faults is answered with 200 as well.
        ensure!(
            answer.status() == 200 && html.contains("Thank you."),
            "Wagtail did not accept a submission: {html}"
        );
        Ok(())
    }

    fn cpu(&self) -> Result<Duration> {
        let master = self.master.id();
        let mut cpu = running_child_cpu(master)?;
        let workers = fs::read_to_string(format!("/proc/{master}/task/{master}/children"))?;
        for worker in workers.split_whitespace() {
            cpu += running_child_cpu(worker.parse()?)?;
        }
        Ok(cpu)
    }
}

impl Drop for Wagtail {
    fn drop(&mut self) {
        // SIGTERM lets the master stop its worker.
        let pid = i32::try_from(self.master.id()).unwrap_or_default();
        let _told = nix::sys::signal::kill(
            nix::unistd::Pid::from_raw(pid),
            nix::sys::signal::Signal::SIGTERM,
        );
        let _ended = self.master.wait();
    }
}

/// Installs what is missing, and returns the Python with everything.
fn install(directory: &Path) -> Result<PathBuf> {
    python_peer::install(directory, &FILES, |python| {
        let mut set_up = Command::new(python);
        set_up.arg("set_up.py").env("PEER_DATA", directory);
        python_peer::run(set_up.current_dir(directory))
    })
}

fn versions(python: &Path) -> Result<String> {
    const ASK: &str = "import platform, gunicorn, wagtail; print(f'Wagtail {wagtail.__version__}, \
                       gunicorn {gunicorn.__version__}, Python {platform.python_version()}')";
    let output = Command::new(python).args(["-c", ASK]).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

//! The limit: nginx alone, with the same pages as files.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// A running nginx; dropping it stops it.
pub(super) struct NginxAlone {
    child: Child,
    port: u16,
}

impl NginxAlone {
    /// Fetches the pages from `site` and serves them from files below `directory`.
    pub(super) fn start(directory: &Path, site: &str, pages: &[&str]) -> Result<Self> {
        let root = directory.join("pages");
        for page in pages {
            let body = ureq::get(format!("{site}{page}"))
                .call()
                .with_context(|| format!("fetch {page}"))?
                .body_mut()
                .read_to_vec()?;
            let file = root.join(page.trim_start_matches('/')).join("index.html");
            if let Some(parent) = file.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&file, body).with_context(|| format!("write {}", file.display()))?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let file = directory.join("nginx.conf");
        fs::write(&file, configuration(directory, port))?;
        let child = Command::new("nginx")
            .args(["-e", "stderr", "-p"])
            .arg(directory)
            .arg("-c")
            .arg(&file)
            .spawn()
            .context("start nginx")?;
        let alone = Self { child, port };
        let start = Instant::now();
        while ureq::get(format!("{}/", alone.url())).call().is_err() {
            ensure!(
                start.elapsed() < Duration::from_secs(10),
                "nginx alone does not answer"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(alone)
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for NginxAlone {
    fn drop(&mut self) {
        let pid = i32::try_from(self.child.id()).unwrap_or_default();
        // The master stops its workers when it is asked to; a killed one would not.
        let _ = nix::sys::signal::kill(
            nix::unistd::Pid::from_raw(pid),
            nix::sys::signal::Signal::SIGTERM,
        );
        let _ = self.child.wait();
    }
}

fn configuration(directory: &Path, port: u16) -> String {
    let directory = directory.display();
    // As root, the workers would become a user who may not enter the directory.
    let root = nix::unistd::Uid::effective().is_root();
    let user = if root { "user root;" } else { "" };
    format!(
        "{user} daemon off; worker_processes 2; pid {directory}/nginx.pid;\n\
         events {{ worker_connections 2048; }}\n\
         http {{ access_log {directory}/access.log; sendfile on; default_type text/html;\n\
         client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;\n\
         fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi;\n\
         scgi_temp_path {directory}/scgi;\n\
         server {{ listen 127.0.0.1:{port} backlog=2048; root {directory}/pages;\n\
         location / {{ try_files $uri/index.html =404; }} }} }}\n"
    )
}

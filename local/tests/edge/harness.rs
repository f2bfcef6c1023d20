//! Proxies for the tests, and waiting.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use local::{Limits, Proxy, ProxyOptions, free_port};
use serde_json::Value;

use crate::web_server::WebServer;

/// Debian's, which is not on everybody's `PATH`.
pub(crate) const NGINX: &str = "/usr/sbin/nginx";

/// A proxy and where it listens.
pub(crate) struct Tier {
    pub(crate) proxy: Proxy,
    pub(crate) http_port: u16,
    pub(crate) tls_port: u16,
    pub(crate) state: PathBuf,
}

impl Tier {
    pub(crate) fn start(name: &str, upstreams: Vec<String>, limits: Limits) -> Self {
        let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("edge-{name}"));
        // The logs of the last run.
        let _ = fs::remove_dir_all(&directory);
        let (http_port, tls_port) = (free_port().unwrap(), free_port().unwrap());
        let state = directory.join("state");
        let proxy = Proxy::start(&ProxyOptions {
            http_port,
            tls_port,
            upstreams,
            state: state.clone(),
            logs: directory.join("log"),
            limits,
        })
        .unwrap();
        Self {
            proxy,
            http_port,
            tls_port,
            state,
        }
    }

    /// The access log's line of a request.
    pub(crate) fn log_line(&self, request_id: &str) -> Value {
        wait_for("a line of the access log", || {
            let bytes = fs::read(self.proxy.access_log()).ok()?;
            let text = String::from_utf8_lossy(&bytes);
            text.lines()
                .filter(|line| line.contains(request_id))
                .filter_map(|line| serde_json::from_str::<Value>(line).ok())
                .find(|line| line["request_id"] == request_id)
        })
    }

    /// The process id of nginx's master.
    pub(crate) fn pid(&self) -> u32 {
        let file = fs::read_to_string(self.state.join("nginx.pid")).unwrap();
        file.trim().parse().unwrap()
    }

    /// The process ids of the workers, lowest first.
    pub(crate) fn workers(&self) -> Vec<u32> {
        let master = self.pid();
        let children = fs::read_to_string(format!("/proc/{master}/task/{master}/children"));
        let mut pids: Vec<u32> = children
            .unwrap()
            .split_whitespace()
            .map(|pid| pid.parse().unwrap())
            .filter(|pid| command_line(*pid).contains("worker process"))
            .filter(|pid| !command_line(*pid).contains("shutting down"))
            .collect();
        pids.sort_unstable();
        pids
    }
}

fn command_line(pid: u32) -> String {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One proxy, and the web server behind it, for all tests that break neither.
pub(crate) fn shared() -> &'static (Tier, WebServer) {
    static SHARED: OnceLock<(Tier, WebServer)> = OnceLock::new();
    SHARED.get_or_init(|| {
        let web = WebServer::start("web");
        let tier = Tier::start("shared", vec![web.address()], Limits::Raised);
        (tier, web)
    })
}

/// Waits until `probe` finds something.
pub(crate) fn wait_for<T>(what: &str, probe: impl Fn() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "no {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

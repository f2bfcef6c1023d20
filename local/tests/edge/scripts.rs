//! The scripts as an instance runs them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};

use local::{Limits, free_port};

use crate::client;
use crate::harness::{NGINX, Tier, wait_for};
use crate::metadata::Metadata;
use crate::web_server::WebServer;

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../edge/bin")
        .join(name)
}

/// An empty directory for a test.
fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("edge-{name}"));
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

/// The values of an instance, below a directory.
fn cloud(directory: &Path) -> BTreeMap<&'static str, String> {
    let below = |name: &str| directory.join(name).display().to_string();
    BTreeMap::from([
        ("STATE_DIR", below("state")),
        ("LOG_DIR", below("log")),
        ("TRUSTED_CIDR", "10.0.0.0/16".to_owned()),
        ("PUBLIC_HOST", "shop.example".to_owned()),
        ("ACCEPTED_HOSTS", "shop.example *.shop.example".to_owned()),
        ("WEB_UPSTREAM", "localhost:8080,127.0.0.2:8080".to_owned()),
    ])
}

fn run(name: &str, values: &BTreeMap<&'static str, String>) -> Output {
    Command::new(script(name))
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .envs(values)
        .output()
        .unwrap()
}

#[test]
fn nginx_accepts_the_configuration_of_an_instance() {
    let directory = directory("cloud");
    let values = cloud(&directory);
    assert!(run("prepare", &values).status.success());
    let found = run("discover-upstreams", &values);
    let said = String::from_utf8_lossy(&found.stdout).into_owned();
    // It has asked nginx, which knows the user www-data.
    assert!(found.status.success(), "{said}");
    let line: serde_json::Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!(line["servers"], "127.0.0.1:8080 127.0.0.2:8080");
    let conf = fs::read_to_string(directory.join("state/conf/edge-server.conf")).unwrap();
    assert!(
        !conf.contains("{{") && conf.contains("listen 443 ssl"),
        "{conf}"
    );
    let key = fs::metadata(directory.join("state/tls.key")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
    // Made once: a restart keeps the key.
    let before = fs::read(directory.join("state/tls.crt")).unwrap();
    assert!(run("prepare", &values).status.success());
    assert_eq!(fs::read(directory.join("state/tls.crt")).unwrap(), before);
    // The second look finds nothing new and says nothing.
    let again = run("discover-upstreams", &values);
    assert!(again.status.success() && again.stdout.is_empty());
}

/// nginx by a configuration of this test's own. Dropping it stops it.
struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        // It asks nginx's master, which stops its workers.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

#[test]
fn web_servers_get_the_sites_name_and_other_hosts_are_refused() {
    let web = WebServer::start("web");
    let directory = directory("hosts");
    let port = free_port().unwrap();
    let mut values = cloud(&directory);
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    values.insert("NGINX_USER", if is_root { "root" } else { "" }.to_owned());
    values.insert("HTTP_LISTEN", format!("127.0.0.1:{port}"));
    values.insert("TLS_LISTEN", format!("127.0.0.1:{}", free_port().unwrap()));
    values.insert("WEB_UPSTREAM", web.address());
    assert!(run("prepare", &values).status.success());
    assert!(run("discover-upstreams", &values).status.success());
    let child = Command::new(NGINX)
        .args(["-e", "stderr", "-c"])
        .arg(directory.join("state/conf/nginx.conf"))
        .spawn()
        .unwrap();
    let _nginx = Nginx(child);
    wait_for("nginx", || {
        client::raw(port, &client::request_bytes("GET", "/healthz", &[], b"")).ok()
    });
    for (host, status) in [
        ("shop.example", 200),
        ("SHOP.example:443", 200),
        ("www.shop.example", 200),
        ("evil.example", 421),
        ("10.0.1.23", 421),
    ] {
        let answer = client::get(port, "/blog?hosts", &[("host", host)]);
        assert_eq!(answer.status, status, "{host}");
        if status == 200 {
            assert_eq!(answer.asked()["headers"]["host"], "shop.example");
        }
        assert_eq!(
            client::get(port, "/healthz", &[("host", host)]).status,
            200,
            "{host}"
        );
    }
}

#[test]
fn values_that_could_be_configuration_are_refused() {
    for bad in ["shop.example\"; return 200", "a|b", "a{b", "$host", "a\nb"] {
        let mut values = cloud(&directory("refused"));
        values.insert("PUBLIC_HOST", bad.to_owned());
        let output = run("prepare", &values);
        assert!(!output.status.success(), "{bad}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("PUBLIC_HOST"), "{said}");
    }
}

#[test]
fn first_start_without_addresses_fails() {
    let mut values = cloud(&directory("nowhere"));
    assert!(run("prepare", &values).status.success());
    values.insert("WEB_UPSTREAM", "nowhere.invalid:80".to_owned());
    let output = run("discover-upstreams", &values);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let line: serde_json::Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!(
        (line["level"].as_str(), line["name"].as_str()),
        (Some("ERROR"), Some("nowhere.invalid"))
    );
}

#[test]
fn instance_that_is_to_be_terminated_drains() {
    let web = WebServer::start("web");
    let tier = Tier::start("drain", vec![web.address()], Limits::Raised);
    let directory = directory("drain-bin");
    // The AWS command, which only notes what it is told.
    let told = directory.join("told");
    let aws = directory.join("aws");
    fs::write(
        &aws,
        format!("#!/bin/sh\necho \"$@\" >{}\n", told.display()),
    )
    .unwrap();
    fs::set_permissions(&aws, fs::Permissions::from_mode(0o755)).unwrap();
    // The instance's metadata, from files.
    let metadata = Metadata::start();
    metadata.set("autoscaling/target-lifecycle-state", "InService");
    metadata.set("instance-id", "i-0123456789abcdef0");

    let mut drain = Command::new(script("drain"))
        .env_clear()
        .env(
            "PATH",
            format!("{}:/usr/sbin:/usr/bin:/bin", directory.display()),
        )
        .env("STATE_DIR", &tier.state)
        .env("AUTO_SCALING_GROUP", "proxies")
        .env("LIFECYCLE_HOOK", "drain")
        .env("AWS_REGION", "eu-central-1")
        .env("METADATA_URL", metadata.url())
        .env("POLL_SECONDS", "0.2")
        .env("DRAIN_SECONDS", "1")
        .spawn()
        .unwrap();
    wait_for("some polls", || (metadata.asked() > 4).then_some(()));
    assert_eq!(client::get(tier.http_port, "/healthz", &[]).status, 200);
    assert!(drain.try_wait().unwrap().is_none());

    metadata.set("autoscaling/target-lifecycle-state", "Terminated");
    wait_for("a health check that fails", || {
        (client::get(tier.http_port, "/healthz", &[]).status == 503).then_some(())
    });
    // It still serves: the load balancer may not know yet.
    assert_eq!(
        client::get(tier.http_port, "/blog?draining", &[]).status,
        200
    );
    assert!(drain.wait().unwrap().success());
    assert_eq!(
        fs::read_to_string(told).unwrap().trim(),
        "autoscaling complete-lifecycle-action --region eu-central-1 --auto-scaling-group-name \
         proxies --lifecycle-hook-name drain --instance-id i-0123456789abcdef0 \
         --lifecycle-action-result CONTINUE"
    );
}

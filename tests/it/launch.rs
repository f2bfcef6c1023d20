//! What instances run at their first start (user data), run here: the system and AWS are
//! stand-ins, everything else is the script of template.yaml.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::template::resource;

/// Stands for `aws`: notes its calls, and answers what the scripts ask for.
const AWS: &str = r#"echo "$*" >>"$ROOT/calls"
case "$*" in
*"s3 cp"*) for last; do :; done; cp "$ROOT/artifact" "$last" ;;
*get-secret-value*) echo '{"password":"a long password"}' ;;
*get-parameter*) echo 'SHOP_THEME=blue' ;;
esac"#;

/// Stands for `curl`: writes its file, and has a health check that answers or does not.
const CURL: &str = r#"case "$*" in
*healthz*) [ -e "$ROOT/healthy" ] ;;
esac"#;

/// An instance before its first start.
struct Instance {
    root: TempDir,
    tier: &'static str,
    key: String,
}

impl Instance {
    /// One whose artefact holds `file` with the shell script `content`.
    fn new(tier: &'static str, file: &str, content: &str) -> Self {
        let root = TempDir::new().unwrap();
        for directory in ["bin", "tmp", "etc/systemd/system", "var/lib/cloud/data"] {
            fs::create_dir_all(root.path().join(directory)).unwrap();
        }
        fs::write(root.path().join("var/lib/cloud/data/instance-id"), "i-1").unwrap();
        for name in ["amazon-ssm-agent", "systemctl", "sleep", "useradd"] {
            program(&root.path().join("bin").join(name), "");
        }
        program(&root.path().join("bin/aws"), AWS);
        program(&root.path().join("bin/curl"), CURL);
        program(&root.path().join("artefact").join(file), content);
        run(Command::new("tar")
            .args(["-czf", "../artifact", "."])
            .current_dir(root.path().join("artefact")));
        let sum = run(Command::new("sha256sum").arg(root.path().join("artifact")));
        let key = format!("{tier}-{}.tar.gz", &sum[..64]);
        Self { root, tier, key }
    }

    /// Starts it: what the stack is told, in order.
    fn start(&self) -> Vec<String> {
        let script = self.root.path().join("user-data");
        fs::write(&script, self.user_data()).unwrap();
        let path = format!("{}/bin:/usr/bin:/bin", self.root.path().display());
        let status = Command::new("bash")
            .arg(&script)
            .env("PATH", path)
            .env("ROOT", self.root.path())
            .output()
            .unwrap()
            .status;
        let calls = fs::read_to_string(self.root.path().join("calls")).unwrap_or_default();
        let signals = calls
            .lines()
            .filter(|call| call.contains("signal-resource"));
        let told: Vec<String> = signals
            .map(|call| {
                let group = format!("--logical-resource-id {}Group", self.tier);
                assert!(
                    call.contains(&group) && call.contains("--unique-id i-1"),
                    "{call}"
                );
                let (_, rest) = call.split_once("--status ").unwrap();
                rest.split(' ').next().unwrap().to_owned()
            })
            .collect();
        assert_eq!(status.success(), told == ["SUCCESS"], "{told:?}");
        told
    }

    /// The script of the launch template, with its paths in this directory.
    fn user_data(&self) -> String {
        let launch = resource(&format!("{}LaunchTemplate", self.tier));
        let lines = launch
            .lines()
            .skip_while(|line| line.trim() != "#!/bin/bash");
        let script: String = lines
            .map_while(|line| line.strip_prefix("              "))
            .flat_map(|line| [line, "\n"])
            .collect();
        let root = self.root.path().display().to_string();
        let moved = ["/etc/", "/opt/", "/tmp/", "/var/lib/"]
            .iter()
            .fold(script, |text, path| {
                text.replace(path, &format!("${{Root}}{path}"))
            });
        let key = format!("{}ArtifactKey", self.tier);
        filled(
            &moved,
            &BTreeMap::from([
                ("Root", root.as_str()),
                (&key, &self.key),
                ("Values", "SITE_URL=u"),
            ]),
        )
    }

    fn file(&self, path: &str) -> String {
        fs::read_to_string(self.root.path().join(path)).unwrap_or_default()
    }
}

/// What `Fn::Sub` makes of a text. Names without a value stand for themselves.
fn filled(text: &str, values: &BTreeMap<&str, &str>) -> String {
    let mut parts = text.split("${");
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap();
        match name.strip_prefix('!') {
            Some(literal) => result.push_str(&format!("${{{literal}}}")),
            None => result.push_str(values.get(name).unwrap_or(&name)),
        }
        result.push_str(rest);
    }
    result
}

fn program(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn proxy(install: &str) -> Instance {
    Instance::new("Proxy", "edge/install.sh", install)
}

fn web_server(is_healthy: bool) -> Instance {
    let instance = Instance::new("Web", "start", "");
    if is_healthy {
        fs::write(instance.root.path().join("healthy"), "").unwrap();
    }
    instance
}

#[test]
fn a_proxy_that_came_up_counts() {
    let proxy = proxy("touch \"$ROOT/installed\"");
    assert_eq!(proxy.start(), ["SUCCESS"]);
    assert!(proxy.root.path().join("installed").is_file());
    let values = proxy.file("etc/sidetier/edge.env");
    let names: Vec<&str> = values
        .lines()
        .map(|line| line.split('=').next().unwrap())
        .collect();
    let known = [
        "TRUSTED_CIDR",
        "PUBLIC_HOST",
        "WEB_UPSTREAM",
        "AUTO_SCALING_GROUP",
        "LIFECYCLE_HOOK",
        "AWS_REGION",
    ];
    assert_eq!(names, known);
}

#[test]
fn a_proxy_that_does_not_come_up_takes_the_update_back() {
    assert_eq!(proxy("exit 1").start(), ["FAILURE"]);
}

#[test]
fn an_artefact_that_is_not_the_named_one_is_not_run() {
    let mut proxy = proxy("touch \"$ROOT/installed\"");
    proxy.key = format!("edge-{}.tar.gz", "0".repeat(64));
    assert_eq!(proxy.start(), ["FAILURE"]);
    assert!(!proxy.root.path().join("installed").exists());
}

#[test]
fn a_web_server_that_answers_counts() {
    let server = web_server(true);
    assert_eq!(server.start(), ["SUCCESS"]);
    assert!(
        server
            .root
            .path()
            .join("opt/sidetier/source/start")
            .is_file()
    );
    let unit = server.file("etc/systemd/system/sidetier-web.service");
    assert!(
        unit.contains("User=web\n") && unit.ends_with("WantedBy=multi-user.target\n"),
        "{unit}"
    );
    let values = server.root.path().join("etc/sidetier/web.env");
    assert_eq!(
        values.metadata().unwrap().permissions().mode() & 0o777,
        0o600
    );
    let values = server.file("etc/sidetier/web.env");
    assert!(
        values.contains("EDITOR_SECRET='{\"password\":\"a long password\"}'\n"),
        "{values}"
    );
    assert!(
        values.ends_with("SHOP_THEME=blue\n"),
        "the site's own settings are last: {values}"
    );
}

#[test]
fn a_web_server_that_does_not_answer_takes_the_update_back() {
    assert_eq!(web_server(false).start(), ["FAILURE"]);
}

#[test]
fn web_servers_get_what_the_site_reads() {
    let launch = resource("WebLaunchTemplate");
    let is_name = |word: &&str| {
        word.len() > 3
            && word
                .chars()
                .all(|letter| letter.is_ascii_uppercase() || letter == '_')
    };
    let told: BTreeSet<&str> = launch
        .split('=')
        .filter_map(|before| before.rsplit([' ', '\'', '[', '"', '\n']).next())
        .filter(is_name)
        .collect();
    let mut read: BTreeSet<&str> = site_serve::Config::VARIABLES.iter().copied().collect();
    read.extend(["AWS_REGION", "SITE_LISTEN"]);
    assert_eq!(told, read);
}

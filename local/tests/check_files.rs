//! The program's commands about files of health checks, on files as other tools have them.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends at the first fault"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use health_checks::{Check, Probe, SiteChecks};

/// What the program printed, and how it ended.
struct Ended {
    status: i32,
    out: String,
    err: String,
}

fn run(arguments: &[&str]) -> Ended {
    let output = Command::new(env!("CARGO_BIN_EXE_local"))
        .arg("health-checks")
        .args(arguments)
        .output()
        .unwrap();
    Ended {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn sample(name: &str) -> String {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check_files");
    here.join(name).to_str().unwrap().to_owned()
}

/// A path of this test's own, with that text in it.
fn file(name: &str, text: &str) -> PathBuf {
    let path = fresh(name);
    fs::write(&path, text).unwrap();
    path
}

/// A path of this test's own where there is nothing.
fn fresh(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    path
}

fn ids(site: &SiteChecks) -> Vec<&str> {
    site.checks.iter().map(|check| check.id.as_str()).collect()
}

fn check<'a>(site: &'a SiteChecks, id: &str) -> &'a Check {
    site.check(id).unwrap_or_else(|| panic!("no check `{id}`"))
}

#[test]
fn the_sites_checks_are_sound() {
    let site = SiteChecks::of_site().unwrap();
    let linted = run(&["lint"]);
    let count = site.checks.len();
    let expected = format!("{count} checks, nothing to complain about\n");
    assert_eq!((linted.status, linted.out), (0, expected));
}

#[test]
fn all_that_is_wrong_is_named_with_what_is_allowed() {
    let text = "[[check]]\nid = \"Home\"\nevery = \"5s\"\nhttp = { url = \"ftp://a.example/\" }\n\n\
                [[check]]\nid = \"job\"\npush = { grace = \"1h\", gracious = true }\n";
    let path = file("faults.toml", text);
    let linted = run(&["lint", path.to_str().unwrap()]);
    assert_eq!(linted.status, 1, "{}", linted.err);
    for part in [
        "check `Home`: an id has a-z, 0-9 and `-`, and at most 40 of them",
        "check `Home`: `every` 5s is not between 1m and 1d",
        "check `Home`: `url` has the scheme `ftp`: `http` and `https` are allowed",
        "check `job` (line 6): unknown field `gracious`, expected `grace`",
    ] {
        assert!(linted.out.contains(part), "{part}: {}", linted.out);
    }
    let begins = format!("{}: check", path.display());
    assert!(linted.out.lines().all(|line| line.starts_with(&begins)));

    let path = file("syntax.toml", "[[check");
    assert_eq!(run(&["lint", path.to_str().unwrap()]).status, 1);
    let absent = run(&["lint", fresh("absent.toml").to_str().unwrap()]);
    assert_eq!((absent.status, absent.out.as_str()), (1, ""));
}

#[test]
fn a_file_of_gatus_becomes_a_file_of_checks() {
    let imported = run(&["import", "gatus", &sample("gatus.yaml")]);
    assert_eq!(imported.status, 3, "{}", imported.err);
    assert_eq!(imported.out, include_str!("check_files/gatus.toml"));
    let all = format!("{}{}", imported.out, imported.err);
    for secret in ["c2hvcC1hcGktdG9rZW4", "hunter2", "correct-horse", "staple"] {
        assert!(!all.contains(secret), "{secret}");
    }

    let site = SiteChecks::parse(&imported.out).unwrap();
    assert_eq!(
        ids(&site),
        [
            "shop-home",
            "shop-api",
            "shop-search",
            "blog-home",
            "mail",
            "certificate",
            "zone",
            "jobs-nightly-backup"
        ]
    );
    let home = check(&site, "shop-home");
    assert_eq!((home.timeout.ms(), home.rules.interval_ms), (5000, 120_000));
    assert_eq!((home.rules.fail_after, home.rules.pass_after), (5, 3));
    let Probe::Http(http) = &home.probe else {
        panic!("{:?}", home.probe)
    };
    assert_eq!(http.expect.latency.fail.unwrap().ms(), 800);
    assert_eq!(http.expect.body.contains, ["</html>"]);
    let backup = check(&site, "jobs-nightly-backup");
    assert!(matches!(&backup.probe, Probe::Push(push) if push.grace.ms() == 26 * 3_600_000));
}

#[test]
fn modules_of_the_blackbox_exporter_become_checks_of_what_prometheus_names() {
    let (modules, prometheus) = (sample("blackbox.yml"), sample("prometheus.yml"));
    let arguments = ["import", "blackbox", &modules, "--prometheus", &prometheus];
    let more = ["--target", "tls_connect=www.halden.example:443"];
    let imported = run(&[&arguments[..], &more].concat());
    assert_eq!(imported.status, 3, "{}", imported.err);
    assert_eq!(imported.out, include_str!("check_files/blackbox.toml"));
    assert!(!imported.out.contains("hunter2"));

    let site = SiteChecks::parse(&imported.out).unwrap();
    let kinds: Vec<_> = site.checks.iter().map(|check| check.probe.name()).collect();
    assert_eq!(kinds, ["http", "http", "http", "dns", "dns", "tcp", "tls"]);
    let page = check(&site, "http-2xx-www-halden-example");
    assert_eq!((page.timeout.ms(), page.rules.interval_ms), (5000, 120_000));
    let login = check(&site, "http-login-www-halden-example-account");
    assert_eq!(login.timeout.ms(), 7500);
}

#[test]
fn what_has_a_counterpart_throughout_ends_well() {
    let imported = run(&["import", "gatus", &sample("sound.yaml")]);
    assert_eq!(imported.status, 0, "{}{}", imported.out, imported.err);
    assert!(imported.err.contains("1 check, nothing left out"));
}

#[test]
fn what_is_written_is_sound_and_overwrites_nothing() {
    let path = fresh("imported.toml");
    let output = path.to_str().unwrap();
    let gatus = sample("gatus.yaml");
    let arguments = ["import", "gatus", &gatus, "--output", output];
    let imported = run(&arguments);
    assert_eq!((imported.status, imported.out.as_str()), (3, ""));
    let linted = run(&["lint", output]);
    assert_eq!(
        (linted.status, linted.err.as_str()),
        (0, ""),
        "{}",
        linted.out
    );

    fs::write(&path, "mine").unwrap();
    assert_eq!(run(&arguments).status, 1);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn other_files_are_refused() {
    let bomb = (1..10).fold("a0: &a0 [x, x]\n".to_owned(), |text, level| {
        let below = format!("*a{}, ", level - 1).repeat(9);
        format!("{text}a{level}: &a{level} [{below}]\n")
    });
    for (name, text, reason) in [
        (
            "empty.yaml",
            "storage: {}\n",
            "`endpoints` of the file has nothing in it",
        ),
        ("broken.yaml", "endpoints: [s3cr3t", "as YAML"),
        ("twice.yaml", "endpoints: []\nendpoints: []\n", "as YAML"),
        ("bomb.yaml", bomb.as_str(), "as YAML"),
        (
            "long.yaml",
            &"#".repeat(1024 * 1024 + 1),
            "which is the most",
        ),
    ] {
        let path = file(name, text);
        let imported = run(&["import", "gatus", path.to_str().unwrap()]);
        assert_eq!((imported.status, imported.out.as_str()), (1, ""), "{name}");
        assert!(imported.err.contains(reason), "{name}: {}", imported.err);
        assert!(!imported.err.contains("s3cr3t"), "{}", imported.err);
    }
    let misspelt = run(&[
        "import",
        "blackbox",
        &sample("blackbox.yml"),
        "--target",
        "a",
    ]);
    assert_eq!(misspelt.status, 2, "{}", misspelt.err);
}

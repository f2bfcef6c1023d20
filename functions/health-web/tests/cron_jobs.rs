//! What `docs/health.md` has a cron job say is what the function takes.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use health_web::PushKeys;

const DOCUMENTATION: &str = include_str!("../../../docs/health.md");
const KEY: &str = "an-example-key-of-32-characters!";

/// The scripts below the heading: what makes a token, and what runs a job.
fn scripts() -> (&'static str, &'static str) {
    let (_, section) = DOCUMENTATION
        .split_once("\n## Heartbeats of cron jobs\n")
        .unwrap();
    let mut blocks = section.split("```sh\n").skip(1);
    let mut block = || blocks.next().unwrap().split("```").next().unwrap();
    (block(), block())
}

fn program(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Runs a script with our programs before the machine's own.
fn run(path: &Path, arguments: &[&str], ours: &Path) -> Option<i32> {
    let status = Command::new("sh")
        .args(["-c", r#"PATH="$0:$PATH" exec sh "$@""#])
        .arg(ours)
        .arg(path)
        .args(arguments)
        .env("SITE_URL", "https://a.example")
        .env("HEALTH_PUSH_SECRET_ARN", "arn")
        .status();
    status.unwrap().code()
}

#[tokio::test]
async fn the_documented_job_says_how_it_went_with_a_token_that_is_taken() {
    let machine = tempfile::tempdir().unwrap();
    let at = |name: &str| machine.path().join(name);
    let here = machine.path().to_str().unwrap();
    let (make_token, run_job) = scripts();
    for (name, script) in [("make-token", make_token), ("report-health", run_job)] {
        assert!(script.contains("/etc/health/"), "{script}");
        fs::write(at(name), script.replace("/etc/health", here)).unwrap();
    }
    program(
        &at("aws"),
        &format!("#!/bin/sh\nprintf '{KEY}\\nan-older-key\\n'\n"),
    );
    program(
        &at("curl"),
        &format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > {here}/said\n"),
    );

    assert_eq!(run(&at("make-token"), &[], machine.path()), Some(0));
    let readers = fs::metadata(at("backup")).unwrap().permissions().mode() & 0o077;
    assert_eq!(readers, 0, "others may read the token");
    let header = fs::read_to_string(at("backup")).unwrap();
    let token = header
        .strip_prefix("Authorization: Bearer ")
        .unwrap()
        .trim();
    let keys = PushKeys::of_text(KEY).unwrap();
    assert_eq!(keys.accept("backup", token).await.unwrap(), Some(true));
    assert_eq!(keys.accept("other", token).await.unwrap(), Some(false));

    for (job, status, query) in [
        ("true", 0, "success=true&msg=exit+status+0"),
        ("exit 7", 7, "success=false&msg=exit+status+7"),
    ] {
        let arguments = ["backup", "sh", "-c", job];
        let ended = run(&at("report-health"), &arguments, machine.path());
        assert_eq!(ended, Some(status), "{job}");
        let said = fs::read_to_string(at("said")).unwrap();
        let said: Vec<&str> = said.lines().collect();
        let header = format!("@{}", at("backup").display());
        assert!(
            said.windows(2).any(|pair| pair == ["-H", header.as_str()]),
            "{said:?}"
        );
        assert!(
            said.windows(2).any(|pair| pair == ["-X", "POST"]),
            "{said:?}"
        );
        let address = format!("https://a.example/health/push/backup?{query}");
        assert_eq!(said.last(), Some(&address.as_str()));
    }
}

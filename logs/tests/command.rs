//! `logs report`, run as a person runs it.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

use flate2::Compression;
use flate2::write::GzEncoder;

fn line(minute: u32, path: &str, status: u16) -> String {
    format!(
        "203.0.113.{minute} - - [27/Nov/2026:10:{minute:02}:30 +0000] \"GET {path} HTTP/1.1\" {status} 120 \"-\" \"Mozilla/5.0\"\n"
    )
}

fn logs(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_logs"))
        .arg("report")
        .args(arguments)
        .current_dir(dir)
        .output()
        .unwrap()
}

/// A folder with a log of nginx, of which the second half is compressed, and with a file that
/// is no log.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let nginx = dir.path().join("access/nginx");
    fs::create_dir_all(&nginx).unwrap();
    let visits: String = (0..20).map(|minute| line(minute, "/shop", 200)).collect();
    fs::write(nginx.join("access.log"), format!("{visits}Anna was here\n")).unwrap();
    let attack: String = (20..35).map(|minute| line(minute, "/.env", 404)).collect();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(attack.as_bytes()).unwrap();
    fs::write(nginx.join("access.log.1.gz"), encoder.finish().unwrap()).unwrap();
    fs::write(dir.path().join("access/notes.txt"), "x").unwrap();
    dir
}

#[test]
fn a_folder_becomes_pages_lists_and_tables() {
    let dir = folder();
    let output = logs(
        dir.path(),
        &["access", "access/nginx", "--out", "report", "--tables"],
    );
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(said.contains("1 files were passed over"), "{said}");
    assert!(said.contains("nginx: 35 records of 2 files"), "{said}");
    assert!(
        said.contains("1 lines that could not be read") && !said.contains("Anna"),
        "{said}"
    );
    assert!(
        said.contains("scanner (medium): 10 requests of scanners in 10 minutes 203.0.113.0/24"),
        "{said}"
    );
    let page = fs::read_to_string(dir.path().join("report/halden/2026-11-27.html")).unwrap();
    assert!(page.contains("Requests per hour: 35 in all"));
    assert!(
        dir.path()
            .join("report/halden/2026-11-27-10.html")
            .is_file()
    );
    let hot = fs::read_to_string(dir.path().join("report/halden/hot-list.json")).unwrap();
    assert!(hot.contains("\"/shop\"") && !hot.contains("/.env"), "{hot}");
    let tables = dir
        .path()
        .join("report/tables/web_requests/source=nginx/dt=2026-11-27/hour=10");
    assert_eq!(fs::read_dir(tables).unwrap().count(), 2);
}

#[test]
fn a_second_run_replaces_what_the_first_wrote() {
    let dir = folder();
    for folder in ["access", "./access/../access"] {
        assert!(logs(dir.path(), &[folder, "--tables"]).status.success());
    }
    let tables = dir
        .path()
        .join("log-report/tables/web_requests/source=nginx/dt=2026-11-27/hour=10");
    assert_eq!(fs::read_dir(tables).unwrap().count(), 2);
}

#[test]
fn what_cannot_be_read_is_named() {
    let dir = folder();
    let fault = |arguments: &[&str]| {
        let output = logs(dir.path(), arguments);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(fault(&["access/notes.txt"]).contains("--source"));
    assert!(fault(&["nothing"]).contains("look at nothing"));
    assert!(fault(&["access", "--source", "apache"]).contains("one of cloudfront, alb"));
    fs::write(dir.path().join("rules.toml"), "[requests]\nwarmer = 1").unwrap();
    assert!(fault(&["access", "--rules", "rules.toml"]).contains("read the log rules"));
}

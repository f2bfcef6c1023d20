//! The shape of the code: which crate may need which, and how large things are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand, Package, PackageId};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .exec()
        .unwrap()
}

/// The folder of a workspace package: `functions`, `shared`, …
fn folder(package: &Package) -> String {
    let manifest = package
        .manifest_path
        .strip_prefix(root().to_str().unwrap())
        .unwrap();
    manifest.components().next().unwrap().as_str().to_owned()
}

/// Everything a package needs to be built and run, without its tests.
fn needs(metadata: &Metadata, package: &PackageId) -> BTreeSet<String> {
    let resolve = metadata.resolve.as_ref().unwrap();
    let mut todo = vec![package.clone()];
    let mut seen = BTreeSet::new();
    while let Some(id) = todo.pop() {
        let node = resolve.nodes.iter().find(|node| node.id == id).unwrap();
        for dependency in &node.deps {
            let normal = |kind: &cargo_metadata::DepKindInfo| {
                kind.kind == cargo_metadata::DependencyKind::Normal
            };
            if dependency.dep_kinds.iter().any(normal) && seen.insert(dependency.pkg.clone()) {
                todo.push(dependency.pkg.clone());
            }
        }
    }
    seen.iter()
        .map(|id| metadata[id].name.to_string())
        .collect()
}

#[test]
fn pure_crates_stay_pure() {
    let metadata = metadata();
    for name in [
        "architecture-picture",
        "audit-log",
        "settings",
        "cache-entry",
        "image-codecs",
        "imaging",
        "image-request",
        "image-set",
        "health-checks",
        "health-state",
        "hot-list",
        "log-detections",
        "log-formats",
        "log-ingest",
        "log-ledger",
        "log-privacy",
        "report-page",
        "log-summary",
        "log-tables",
        "object-event",
        "origin-limit",
        "cloud-events",
        "cost-model",
        "composite-alarms",
        "warming",
        "sample-logs",
        "sample-photos",
        "site-logs",
        "sitemap",
        "status-page",
        "template-rules",
    ] {
        let package = metadata
            .workspace_packages()
            .into_iter()
            .find(|p| p.name == name)
            .unwrap();
        for needed in needs(&metadata, &package.id) {
            // Cryptography is named after AWS, too.
            let is_cryptography = needed.starts_with("aws-lc-");
            let impure = needed == "tokio"
                || [
                    "aws-", "lambda_", "lambda-", "redis", "reqwest", "ureq", "anyhow",
                ]
                .iter()
                .any(|p| needed.starts_with(p));
            assert!(!impure || is_cryptography, "{name} needs {needed}");
        }
    }
}

#[test]
fn functions_stand_alone() {
    let metadata = metadata();
    let packages = metadata.workspace_packages();
    let functions: BTreeSet<String> = packages
        .iter()
        .filter(|p| folder(p) == "functions")
        .map(|p| p.name.to_string())
        .collect();
    assert!(functions.len() >= 2, "{functions:?}");
    for package in &packages {
        let needed = needs(&metadata, &package.id);
        if ["functions", "shared", "local"].contains(&folder(package).as_str()) {
            let needed: Vec<_> = needed.intersection(&functions).collect();
            assert!(needed.is_empty(), "{} needs {needed:?}", package.name);
        }
        let directory = package.manifest_path.parent().unwrap().file_name().unwrap();
        assert!(
            directory == package.name.as_str() || package.name == "it",
            "{} is in {directory}",
            package.name
        );
    }
}

#[test]
fn the_local_stack_builds_without_the_aws_sdk_and_c_code() {
    let metadata = metadata();
    let local = metadata
        .workspace_packages()
        .into_iter()
        .find(|p| p.name == "local")
        .unwrap();
    for needed in needs(&metadata, &local.id) {
        let native = metadata
            .packages
            .iter()
            .any(|p| p.name == needed.as_str() && p.links.is_some());
        assert!(
            !needed.starts_with("aws-") && !native,
            "local needs {needed}"
        );
    }
}

/// The Rust files that git knows, with their text.
fn sources() -> Vec<(String, String)> {
    let output = Command::new("git")
        .args(["ls-files", "*.rs"])
        .current_dir(root())
        .output()
        .unwrap();
    let names = String::from_utf8(output.stdout).unwrap();
    let read =
        |name: &str| std::fs::read_to_string(root().join(name)).map(|text| (name.to_owned(), text));
    let sources: Vec<_> = names.lines().filter_map(|name| read(name).ok()).collect();
    assert!(sources.len() > 50, "only {} files", sources.len());
    sources
}

#[test]
fn only_settings_read_the_environment_and_only_configs_ask_for_it() {
    for (name, text) in sources() {
        let owner = ["local/", "bench/", "tests/"]
            .iter()
            .any(|folder| name.starts_with(folder) || name.contains("/tests/"));
        let production = text.split("#[cfg(test)]").next().unwrap();
        if !owner && name != "shared/settings/src/lib.rs" {
            assert!(
                !production.contains("std::env"),
                "{name} reads the environment"
            );
        }
        if !owner && !name.ends_with("/config.rs") && !name.starts_with("shared/settings/") {
            assert!(
                !production.contains(" Reader::new("),
                "{name} reads settings"
            );
        }
    }
}

#[test]
fn files_are_small() {
    let sizes: Vec<(usize, String)> = sources()
        .into_iter()
        .map(|(name, text)| (text.lines().count(), name))
        .collect();
    let large: Vec<_> = sizes.iter().filter(|(lines, _)| *lines > 600).collect();
    assert!(large.is_empty(), "over 600 lines: {large:?}");
    let within = sizes.iter().filter(|(lines, _)| *lines <= 300).count();
    assert!(
        within * 10 >= sizes.len() * 9,
        "only {within} of {} files have at most 300 lines",
        sizes.len()
    );
}

#[test]
fn unsafe_code_stays_behind_the_codecs() {
    for (name, text) in sources() {
        let allowed = name.starts_with("shared/image-codecs/src/") || name.starts_with("tests/");
        assert!(
            allowed || !text.contains("unsafe {"),
            "{name} has unsafe code"
        );
    }
}

#[test]
fn the_folders_have_no_drawers() {
    for (name, _) in sources() {
        for drawer in ["utils", "util.rs", "common", "helpers", "misc"] {
            assert!(!name.contains(drawer), "{name}");
        }
    }
}

/// Packages with their features, as `cargo build` of this selection has them.
fn features(selection: &[&str]) -> BTreeSet<String> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root()).args(["tree", "--locked"]);
    command.args(["--prefix", "none", "--format", "{p} {f}"]);
    let output = command.args(selection).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let tree = String::from_utf8(output.stdout).unwrap();
    // What was shown before ends with a star.
    let packages = tree.lines().map(|line| line.trim_end_matches(" (*)"));
    packages.map(str::to_owned).collect()
}

/// A feature that only the tests' dependencies ask for would have nearly everything compiled
/// twice, for the tests and for the functions that they deploy. It belongs into the workspace's
/// `Cargo.toml`, where both get it.
#[test]
fn the_functions_are_built_of_what_the_tests_are_built_of() {
    // Without what runs at build time, which has features of its own.
    let functions = features(&["--workspace", "--edges", "normal,no-proc-macro"]);
    let tests = features(&["--workspace", "--edges", "normal,dev,no-proc-macro"]);
    let alone: Vec<_> = functions.difference(&tests).cloned().collect();
    assert!(alone.is_empty(), "only the functions have {alone:#?}");
}

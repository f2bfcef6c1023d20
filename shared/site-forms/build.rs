//! Checks every definition and lists definitions and templates for the library.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use form_definition::{Delivery, Form};

#[expect(
    clippy::disallowed_methods,
    reason = "Cargo tells a build script its folders through the environment"
)]
fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    println!("cargo::rerun-if-changed=forms");
    println!("cargo::rerun-if-changed=mail");
    let forms = files(&root.join("forms"), "toml")?;
    let texts = files(&root.join("mail"), "txt")?;
    let pages = files(&root.join("mail"), "html")?;
    let faults = faults(&forms, &texts)?;
    if !faults.is_empty() {
        for fault in faults.iter().flat_map(|fault| fault.lines()) {
            println!("cargo::error={fault}");
        }
        return Ok(());
    }
    let mut code = String::new();
    for (name, list) in [
        ("DEFINITIONS", &forms),
        ("MAIL_TEXTS", &texts),
        ("MAIL_PAGES", &pages),
    ] {
        writeln!(code, "const {name}: &[(&str, &str)] = &[")?;
        for (stem, path) in list {
            let shown = if name == "DEFINITIONS" {
                format!("{stem}.toml")
            } else {
                stem.clone()
            };
            writeln!(code, "    ({shown:?}, include_str!({path:?})),")?;
        }
        writeln!(code, "];")?;
    }
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("site.rs"), code)?;
    Ok(())
}

/// The files of one kind in a folder, by name without extension.
fn files(folder: &Path, extension: &str) -> Result<BTreeMap<String, PathBuf>, Box<dyn Error>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension)
            && let Some(stem) = path.file_stem().and_then(|stem| stem.to_str())
        {
            files.insert(stem.to_owned(), path.clone());
        }
    }
    Ok(files)
}

/// What is wrong in the definitions, one text each.
fn faults(
    forms: &BTreeMap<String, PathBuf>,
    texts: &BTreeMap<String, PathBuf>,
) -> Result<Vec<String>, Box<dyn Error>> {
    let mut faults = Vec::new();
    for (stem, path) in forms {
        let form = match Form::parse(&format!("forms/{stem}.toml"), &fs::read_to_string(path)?) {
            Ok(form) => form,
            Err(error) => {
                faults.push(error.to_string());
                continue;
            }
        };
        if form.id != *stem {
            faults.push(format!(
                "forms/{stem}.toml: id is `{}`: `{stem}` is allowed",
                form.id
            ));
        }
        for sink in &form.sinks {
            if let Delivery::Email(email) = &sink.delivery
                && !texts.contains_key(&email.template)
            {
                let known: Vec<&str> = texts.keys().map(String::as_str).collect();
                faults.push(format!(
                    "forms/{stem}.toml: deliver `{}`: there is no mail/{}.txt: {} are there",
                    sink.id,
                    email.template,
                    known.join(", ")
                ));
            }
        }
    }
    Ok(faults)
}

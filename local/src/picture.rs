//! Keeps docs/architecture.svg, and the load balancer's routes in docs/template.md, true to the template.

use anyhow::{Context, Result, ensure};
use architecture_picture::Architecture;
use cost_model::{Table, rewrite};

use crate::generated::{keep, read, render};
use crate::machine;
use crate::progress::Progress;

/// Deployments that have functions which class production has not, and their class.
const OTHERS: [(&str, &str); 1] = [("dev-data", "dev")];

/// A page shows it at once, and a diff of it is still one that can be read.
const MAX_BYTES: usize = 60_000;

/// Draws the render of class production that `validate` made last, and compares
/// docs/architecture.svg and docs/template.md with that; with `write`, writes them.
///
/// # Errors
/// When a render is missing, when nothing invokes a function of it, when a route of it leads
/// nowhere, and, without `write`, when a file is out of date.
pub fn check_picture(write: bool, progress: &Progress) -> Result<()> {
    progress.step("drawing the template", None, || {
        let mut architecture = draw("production")?;
        for (deployment, class) in OTHERS {
            architecture.add(class, &draw(deployment)?);
        }
        let docs = machine::repository().join("docs");
        let svg = architecture.svg();
        ensure!(
            svg.len() <= MAX_BYTES,
            "draw the template: {} bytes are more than {MAX_BYTES}",
            svg.len()
        );
        keep(&docs.join("architecture.svg"), &svg, write, "picture")?;
        let page = docs.join("template.md");
        let table = Table {
            name: "routes",
            markdown: architecture.routes(),
        };
        keep(&page, &rewrite(&read(&page)?, &[table])?, write, "picture")
    })
}

fn draw(deployment: &str) -> Result<Architecture> {
    Architecture::read(&render(deployment)?)
        .with_context(|| format!("find what deployment {deployment} has"))
}

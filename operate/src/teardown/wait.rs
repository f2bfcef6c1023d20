//! Waiting until a stack is gone.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::stack::{self, Resource};
use crate::{Aws, Console};

/// Between two looks at AWS, and at an emulator.
const PAUSE: Duration = Duration::from_secs(15);
const EMULATED_PAUSE: Duration = Duration::from_millis(200);

/// How many resources are named that are being deleted.
const NAMED: usize = 4;

/// How a deletion ended.
pub(super) enum Deletion {
    /// The stack is gone.
    Done,
    /// These could not be deleted.
    Failed(Vec<Resource>),
}

/// Waits, and says how far it is whenever that has changed.
pub(super) async fn wait_until_deleted(
    aws: &Aws,
    id: &str,
    patience: Duration,
    console: Console,
) -> Result<Deletion> {
    let started = Instant::now();
    let pause = if aws.is_emulated() {
        EMULATED_PAUSE
    } else {
        PAUSE
    };
    let mut told = String::new();
    loop {
        let Some(stack) = stack::find(aws, id).await? else {
            return Ok(Deletion::Done);
        };
        match stack.status.as_str() {
            "DELETE_COMPLETE" => return Ok(Deletion::Done),
            "DELETE_FAILED" => return failed(aws, id, &stack.reason).await,
            _ => {}
        }
        if started.elapsed() > patience {
            bail!(
                "see the stack deleted within {} minutes: it still is {}. Deleting goes on; run \
                 the command again to wait for it",
                patience.as_secs() / 60,
                stack.status
            );
        }
        let progress = progress(&stack::resources(aws, id).await?);
        if progress != told {
            let minutes = started.elapsed().as_secs() / 60;
            console.line(&format!("  {minutes:>3} min  {progress}"));
            told = progress;
        }
        tokio::time::sleep(pause).await;
    }
}

async fn failed(aws: &Aws, id: &str, reason: &str) -> Result<Deletion> {
    let left = stack::resources(aws, id).await?;
    let failed: Vec<Resource> = left
        .into_iter()
        .filter(|resource| resource.status == "DELETE_FAILED")
        .collect();
    if failed.is_empty() {
        bail!("delete the stack: {reason}");
    }
    Ok(Deletion::Failed(failed))
}

/// How many resources are left, and which are being deleted.
fn progress(resources: &[Resource]) -> String {
    let left = resources
        .iter()
        .filter(|resource| !resource.is_gone())
        .count();
    let working: Vec<&str> = resources
        .iter()
        .filter(|resource| resource.status == "DELETE_IN_PROGRESS")
        .map(|resource| resource.logical_id.as_str())
        .collect();
    let named = working
        .iter()
        .take(NAMED)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    let more = working.len().saturating_sub(NAMED);
    match (named.is_empty(), more) {
        (true, _) => format!("{left} resources left"),
        (false, 0) => format!("{left} resources left; deleting {named}"),
        (false, more) => format!("{left} resources left; deleting {named} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_names_a_few_of_what_is_being_deleted() {
        let resource = |index: usize, status: &str| Resource {
            logical_id: format!("R{index}"),
            physical_id: String::new(),
            kind: String::new(),
            status: status.to_owned(),
            reason: String::new(),
        };
        let mut all: Vec<_> = (0..6)
            .map(|index| resource(index, "DELETE_IN_PROGRESS"))
            .collect();
        all.push(resource(6, "DELETE_COMPLETE"));
        all.push(resource(7, "CREATE_COMPLETE"));
        assert_eq!(
            progress(&all),
            "7 resources left; deleting R0, R1, R2, R3 and 2 more"
        );
        assert_eq!(progress(&all[7..]), "1 resources left");
    }
}

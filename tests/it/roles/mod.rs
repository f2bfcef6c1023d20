//! What each function's role must not do, as the emulator enforces it, beside what it does all
//! day: a function that is taken over is no more than its role.

mod action;
mod forms;
mod pages;
mod role;
mod watch;

use std::fs;
use std::path::Path;

use self::action::Action;
use self::role::Role;

/// Makes sure that the function's role allows each action of `may` and none of `may_not`. One of
/// each has to be of the same service, so that not all of the service is refused for another reason.
async fn judge(function: &str, may: &[Action], may_not: &[Action]) {
    let served = |action: &Action| may.iter().any(|other| other.service() == action.service());
    assert!(may_not.iter().any(served), "{function}: no counter-proof");
    let role = Role::of(function).await;
    let mut wrong = Vec::new();
    for action in may {
        match role.attempt(*action).await {
            Err(refusal) if !refusal.is_for_nothing() => {
                wrong.push(format!("may not: {action:?}: {refusal:?}"));
            }
            _ => {}
        }
    }
    for action in may_not {
        match role.attempt(*action).await {
            Err(refusal) if role.is_denied(*action, &refusal) => {}
            answer => wrong.push(format!("may: {action:?}: {answer:?}")),
        }
    }
    assert!(wrong.is_empty(), "{function}: {wrong:#?}");
}

#[test]
fn every_function_is_judged() {
    let functions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions");
    let here = [
        include_str!("forms.rs"),
        include_str!("pages.rs"),
        include_str!("watch.rs"),
    ]
    .concat();
    let mut count = 0;
    for entry in fs::read_dir(functions).unwrap() {
        let entry = entry.unwrap();
        if entry.path().join("Cargo.toml").is_file() {
            let name = format!("\"{}\"", entry.file_name().to_str().unwrap());
            assert_eq!(here.matches(&name).count(), 1, "{name}");
            count += 1;
        }
    }
    assert_eq!(here.matches("    judge(").count(), count);
}

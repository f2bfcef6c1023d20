//! Servers that stop: what is known of it, who is told, and that it is told once.

use std::thread;

use health_checks::SiteChecks;
use health_state::CheckRules;
use local::Stack;
use serde_json::Value;

use super::broken::Broken;
use super::{
    MINUTE, after_a_scheduled_run, all_work, component, item, kept, probe, published, state, status,
};
use crate::harness::{fragile_stack, get_from, wait_for};
use crate::mailbox::Mail;

fn rules(check: &str) -> CheckRules {
    let checks = SiteChecks::of_site().unwrap();
    checks.check(check).unwrap().rules.clone()
}

fn subjects(mails: &[Mail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.subject.as_str()).collect()
}

/// How the site is for programs: the status of the answer, and what it says.
fn health_answer(stack: &Stack, path: &str) -> (u16, Value) {
    let answer = get_from(stack, path, &[]);
    assert_eq!(answer.header("content-type"), "application/health+json");
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    (answer.status, body)
}

/// The same in a word.
fn health(stack: &Stack, path: &str) -> (u16, String) {
    let (status, body) = health_answer(stack, path);
    (status, body["status"].as_str().unwrap().to_owned())
}

#[test]
fn a_cache_that_stops_is_told_of_once_and_so_is_its_return() {
    let stack = fragile_stack();
    let broken = Broken::not_yet(&stack, &["cache", "database", "home"]);
    let rules = rules("cache");
    stack.stop_redis().unwrap();
    // Two runs at once may be one that counts, and one that is late.
    assert!(broken.probed_until("cache", "fail") <= rules.fail_after);
    let raised = wait_for("a mail about the cache", || {
        let mails = broken.mails_about("cache");
        (!mails.is_empty()).then_some(mails)
    });
    assert_eq!(subjects(&raised), ["[ticket] Halden: cache fails"]);
    for line in [
        "Status page: ",
        "What to do: docs/functions/health-probe.md#when-a-check-fails",
        "Evidence: first try: ask the cache",
    ] {
        assert!(raised[0].text.contains(line), "{line} in {raised:?}");
    }

    // It goes on: nobody is told again.
    for _ in 0..2 {
        broken.probe_twice_at_once();
    }
    assert_eq!(broken.mails_about("cache").len(), 1);
    let known = kept(&stack, "cache");
    let incident = known.incident.unwrap();
    assert!(incident.since_ms < incident.confirmed_ms, "{incident:?}");
    // Visitors have their pages all the same.
    let status = status(&stack);
    for (check, is_down) in [("cache", true), ("database", false), ("home", false)] {
        let component = component(&status, check).unwrap();
        assert_eq!(component["state"] == "fail", is_down, "{component}");
    }

    stack.start_redis().unwrap();
    assert!(broken.probed_until("cache", "pass") <= rules.pass_after);
    let told = wait_for("a mail that it is over", || {
        let mails = broken.mails_about("cache");
        (mails.len() > 1).then_some(mails)
    });
    broken.probe_twice_at_once();
    assert_eq!(broken.mails_about("cache"), told);
    let subjects = subjects(&told);
    assert_eq!(subjects.len(), 2, "{told:?}");
    let resolved = "[ticket] Halden: cache fails no longer, after ";
    assert!(subjects[1].starts_with(resolved), "{told:?}");
}

#[test]
fn a_database_that_stops_is_told_of_alone_whatever_fails_because_of_it() {
    let stack = fragile_stack();
    let checks = ["database", "home", "search"];
    let broken = Broken::not_yet(&stack, &checks);
    let rules = rules("database");
    // From here on no run begins before all is broken that is to be.
    after_a_scheduled_run(&stack);
    stack.stop_postgres().unwrap();
    // What caches had of the pages, visitors would get for days.
    stack.stop_redis().unwrap();
    stack.start_redis().unwrap();
    broken.forget(&["/", "/search?q=cup"]);

    assert!(broken.probed_until("database", "fail") <= rules.fail_after);
    for check in ["home", "search"] {
        assert_eq!(state(&stack, check), "fail", "{check}");
    }
    assert_eq!(health(&stack, "/health/live"), (200, "pass".to_owned()));
    wait_for("programs to be told", || {
        (health(&stack, "/health") == (503, "fail".to_owned())).then_some(())
    });
    // Whoever takes out of use what is not ready must not take all of it.
    wait_for("a warning", || {
        (health(&stack, "/health/ready") == (200, "warn".to_owned())).then_some(())
    });
    assert_the_public_is_told(&stack);

    for _ in 0..2 {
        broken.probe_twice_at_once();
    }
    let raised = broken.mails_about("database");
    assert_eq!(subjects(&raised), ["[page] Halden: database fails"]);
    let causes = "Fail because of it: home, search";
    assert!(raised[0].text.contains(causes), "{raised:?}");
    for check in ["home", "search"] {
        assert_eq!(broken.mails_about(check), [], "{check}");
    }

    stack.start_postgres().unwrap();
    for check in checks {
        broken.probed_until(check, "pass");
    }
    wait_for("a mail that it is over", || {
        probe(&stack);
        (broken.mails_about("database").len() == 2).then_some(())
    });
    for check in ["home", "search"] {
        assert_eq!(broken.mails_about(check), [], "{check}");
    }
    assert_eq!(open_incidents(&status(&stack)).len(), 0);
}

/// Those of the database that are not over.
fn open_incidents(status: &Value) -> Vec<&Value> {
    let incidents = status["incidents"].as_array().unwrap().iter();
    let is_open = |incident: &&Value| incident["ended_ms"].is_null();
    let is_ours = |incident: &&Value| incident["root"] == "database";
    incidents.filter(is_open).filter(is_ours).collect()
}

/// The page, its feed and its data have one incident, with what it comes from.
fn assert_the_public_is_told(stack: &Stack) {
    let status = status(stack);
    for check in ["database", "home", "search"] {
        let component = component(&status, check).unwrap();
        assert_eq!(component["state"], "fail", "{component}");
    }
    let open = open_incidents(&status);
    assert_eq!(open.len(), 1, "{open:?}");
    let mut concerned: Vec<_> = open[0]["components"].as_array().unwrap().iter().collect();
    concerned.sort_by_key(|id| id.to_string());
    assert_eq!(concerned, ["database", "home", "search"]);
    let page = published(stack, "status").unwrap();
    assert!(page.contains("Failure of 3 components"), "{page}");
    let feed = published(stack, "status/incidents.atom").unwrap();
    assert!(feed.contains("Comes from: Database."), "{feed}");
}

/// The schedule may deliver a minute twice, and at the same time.
#[test]
fn a_minute_that_comes_twice_counts_once() {
    let stack = fragile_stack();
    all_work(&stack, &["database"]);
    let at = jiff::Timestamp::now().round(jiff::Unit::Second).unwrap();
    let mut minute: Value = serde_json::from_str(MINUTE).unwrap();
    minute["time"] = at.to_string().into();
    let minute = minute.to_string();
    thread::scope(|scope| {
        let runs = [(); 2].map(|()| scope.spawn(|| stack.invoke("health-probe", &minute)));
        for run in runs {
            let outcome = run.join().unwrap().unwrap();
            assert!(outcome["errorType"].is_null(), "{outcome}");
        }
    });
    let row = item(&stack, "check#database", "state").unwrap();
    let state: Value = serde_json::from_str(row["state"]["S"].as_str().unwrap()).unwrap();
    // The moment, the run and the result of each.
    let recent = ["results", "late"].map(|list| state["recent"][list].as_array().unwrap());
    let ours = recent.into_iter().flatten();
    let ours = ours.filter(|seen| seen[1] == at.as_millisecond());
    assert_eq!(ours.count(), 1, "{state}");
}

#[test]
fn what_all_depend_on_makes_nothing_unready() {
    let stack = fragile_stack();
    let broken = Broken::not_yet(&stack, &["database"]);
    for server in [0, 1] {
        stack.kill_web_server(server).unwrap();
    }
    stack.stop_redis().unwrap();
    stack.stop_postgres().unwrap();
    stack.fail_services(&["dynamodb", "s3", "sqs"]).unwrap();
    wait_for("a warning", || {
        (health(&stack, "/health/ready") == (200, "warn".to_owned())).then_some(())
    });
    assert_eq!(health(&stack, "/health/live"), (200, "pass".to_owned()));
    drop(broken);
    // Checks that look back, such as at the functions' errors, warn for a while yet.
    wait_for("what is known of the site to be read again", || {
        let (_, body) = health_answer(&stack, "/health/ready");
        (body["checks"]["snapshot:readable"][0]["status"] == "pass").then_some(())
    });
}

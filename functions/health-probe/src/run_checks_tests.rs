//! Runs of checks, on real connections.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, SdkConfig};
use cache::{CacheAuth, CacheSettings, Refresh};
use health_checks::SiteChecks;
use health_state::{Observation, Outcome, UnknownReason};
use health_store::Heartbeat;
use lambda_kit::Deadline;

use crate::probe::test_servers::{full, http, mute, ok};
use crate::{ProbeSettings, Prober};

const NOW_MS: i64 = 1_795_774_830_000;

fn prober(variables: &[(&str, &str)]) -> Prober {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let aws = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .build();
    let settings = ProbeSettings {
        variables: variables.iter().map(owned).collect(),
        database: None,
        cache: CacheSettings {
            url: None,
            auth: CacheAuth::Url,
            ca_file: None,
            refresh: Refresh::Inline,
        },
    };
    Prober::connect(&aws, settings)
}

async fn run(prober: &Prober, text: &str) -> BTreeMap<String, Observation> {
    let beats = BTreeMap::from([(
        "job".to_owned(),
        Heartbeat {
            at_ms: 0,
            is_ok: true,
            text: String::new(),
        },
    )]);
    let checks = SiteChecks::parse(text).unwrap();
    let deadline = Deadline::at(SystemTime::now() + Duration::from_secs(60));
    let seen = prober.run(&checks, &beats, NOW_MS, 7, deadline).await;
    assert!(
        seen.iter()
            .all(|(_, seen)| (seen.at_ms, seen.run_id) == (NOW_MS, 7))
    );
    seen.into_iter().collect()
}

fn closed() -> String {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    gone.local_addr().unwrap().to_string()
}

/// Those that wait in vain are named first, and would take 10 s of each slot. Had they not all
/// had their time, they would be unknown instead of failed.
#[tokio::test]
async fn fifty_that_wait_in_vain_keep_nobody_from_being_asked() {
    let server = http(None, |_, _| ok("</html>")).await;
    let mute = mute().await;
    let (full, _held) = full().await;
    let mut text = String::from("[budget]\ntotal = \"25s\"\nparallel = 16\n");
    for place in 0..25 {
        write!(
            text,
            "[[check]]\nid = \"a-mute{place}\"\ntimeout = \"5s\"\nhttp = {{ url = \"http://{mute}/\" }}\n\
             [[check]]\nid = \"a-full{place}\"\ntimeout = \"5s\"\ntcp = {{ address = \"{full}\" }}\n"
        )
        .unwrap();
    }
    for place in 0..75 {
        write!(
            text,
            "[[check]]\nid = \"well-http{place}\"\nhttp = {{ url = \"http://{0}/\" }}\n\
             [[check]]\nid = \"well-tcp{place}\"\ntcp = {{ address = \"{0}\" }}\n",
            server.address
        )
        .unwrap();
    }
    let prober = prober(&[]);
    let seen = run(&prober, &text).await;
    assert_eq!(seen.len(), 200);
    for (id, seen) in &seen {
        let expected = if id.starts_with("well") {
            Outcome::Pass
        } else {
            Outcome::Fail
        };
        assert_eq!(seen.outcome, expected, "{id}: {seen:?}");
    }
    assert_eq!(
        seen["a-mute0"].text,
        "no answer within 5s, while waiting for the answer"
    );
    assert_eq!(
        seen["a-full0"].text,
        "no answer within 5s, while connecting"
    );
    assert!(
        seen["a-mute0"].evidence[1].starts_with("connect "),
        "{:?}",
        seen["a-mute0"]
    );
    assert!(seen["well-http0"].latency_us.is_some());
}

#[tokio::test]
async fn what_has_no_time_is_unknown() {
    let address = mute().await;
    let text = format!(
        "[budget]\ntotal = \"1s\"\n[[check]]\nid = \"a\"\ntimeout = \"1s\"\n\
         http = {{ url = \"http://{address}/\" }}\n\
         [[check]]\nid = \"b\"\ntimeout = \"100ms\"\nhttp = {{ url = \"http://{address}/\" }}\n"
    );
    let seen = run(&prober(&[]), &text).await;
    let spent = Outcome::Unknown(UnknownReason::BudgetSpent);
    assert_eq!(
        (seen["a"].outcome, seen["b"].outcome),
        (spent, Outcome::Fail)
    );
    let checks = SiteChecks::parse(&text).unwrap();
    let over = Deadline::at(SystemTime::now());
    let seen = prober(&[])
        .run(&checks, &BTreeMap::new(), NOW_MS, 7, over)
        .await;
    assert!(seen.len() == 2 && seen.iter().all(|(_, seen)| seen.outcome == spent));
}

#[tokio::test]
async fn a_second_try_may_succeed() {
    let server = http(None, |place, _| match place {
        0 => Vec::new(),
        _ => ok(""),
    })
    .await;
    let text = format!(
        "[[check]]\nid = \"a\"\nhttp = {{ url = \"http://{}/\" }}\n",
        server.address
    );
    let seen = run(&prober(&[]), &text).await;
    assert_eq!(seen["a"].outcome, Outcome::Pass, "{:?}", seen["a"]);
    assert!(seen["a"].evidence[0].starts_with("first try: ask by HTTP"));
    assert!(
        seen["a"]
            .evidence
            .iter()
            .any(|text| text.starts_with("second try: "))
    );
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn who_is_cut_off_knows_of_no_failure() {
    let server = http(None, |_, _| ok("")).await;
    let checks = format!(
        "[[check]]\nid = \"down\"\ntcp = {{ address = \"{}\" }}\n\
         [[check]]\nid = \"up\"\ntcp = {{ address = \"{}\" }}\n\
         [[check]]\nid = \"job\"\npush = {{ grace = \"1h\" }}\n",
        closed(),
        server.address
    );
    for (guard, expected) in [
        (closed(), Outcome::Unknown(UnknownReason::ConnectivityLost)),
        (server.address.to_string(), Outcome::Fail),
    ] {
        let text = format!("[guard]\nany_of = [\"tcp:{guard}\"]\n{checks}");
        let seen = run(&prober(&[]), &text).await;
        assert_eq!(seen["down"].outcome, expected);
        assert!(
            seen["down"]
                .evidence
                .iter()
                .any(|text| text.contains("connect to 127.0.0.1"))
        );
        // What answered has answered, and of a job others have heard.
        assert_eq!(seen["up"].outcome, Outcome::Pass);
        assert_eq!(seen["job"].outcome, Outcome::Fail);
    }
}

#[tokio::test]
async fn a_variable_that_is_missing_tells_nothing_of_the_site() {
    let text = "[[check]]\nid = \"a\"\nhttp = { url = \"env:SITE_URL/\" }\n\
                [[check]]\nid = \"b\"\nredis = { url = \"env:CACHE_URL\" }\n";
    let seen = run(&prober(&[("CACHE_URL", "")]), text).await;
    for (id, name) in [("a", "SITE_URL"), ("b", "CACHE_URL")] {
        assert_eq!(
            seen[id].outcome,
            Outcome::Unknown(UnknownReason::ProbeBroke)
        );
        assert_eq!(
            seen[id].text,
            format!("environment variable `{name}` is not set")
        );
    }
}

#[tokio::test]
async fn no_secret_is_told() {
    let address = closed();
    let database = format!("postgres://site:hunter22@{address}/site?sslmode=disable");
    let cache = format!("redis://:hunter22@{address}");
    let text = "[[check]]\nid = \"a\"\npostgres = { url = \"env:DATABASE_URL\" }\n\
                [[check]]\nid = \"b\"\nredis = { url = \"env:CACHE_URL\" }\n";
    let prober = prober(&[("DATABASE_URL", &database), ("CACHE_URL", &cache)]);
    for (id, seen) in run(&prober, text).await {
        assert_eq!(seen.outcome, Outcome::Fail, "{id}: {seen:?}");
        assert!(!format!("{seen:?}").contains("hunter22"), "{seen:?}");
        assert!(seen.text.contains("refused"), "{}", seen.text);
    }
}

#[tokio::test]
async fn aws_services_that_do_not_answer() {
    let address = closed();
    let aws = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(aws_config::Region::new("eu-central-1"))
        .credentials_provider(
            aws_credential_types::provider::SharedCredentialsProvider::new(
                aws_credential_types::Credentials::new("a", "b", None, None, "test"),
            ),
        )
        .retry_config(aws_config::retry::RetryConfig::disabled())
        .endpoint_url(format!("http://{address}"))
        .build();
    let cache = CacheSettings {
        url: None,
        auth: CacheAuth::Url,
        ca_file: None,
        refresh: Refresh::Inline,
    };
    let settings = ProbeSettings {
        variables: BTreeMap::new(),
        database: None,
        cache,
    };
    let text = "[[check]]\nid = \"s3\"\ns3 = { bucket = \"b\", put_get = true }\n\
        [[check]]\nid = \"table\"\ndynamodb = { table = \"t\" }\n\
        [[check]]\nid = \"queue\"\nsqs = { queue = \"q\", waiting = { fail = 1 } }\n\
        [[check]]\nid = \"rds\"\nrds = { instance = \"i\" }\n\
        [[check]]\nid = \"group\"\ntarget_group = { target_group = \"arn\", healthy_min = 1 }\n\
        [[check]]\nid = \"function\"\nlambda = { function = \"f\", errors_pct = { fail = 1 } }\n";
    let seen = run(&Prober::connect(&aws, settings), text).await;
    for (id, seen) in seen {
        // What is asked itself has failed; who only tells of others says nothing of them.
        let expected = match id.as_str() {
            "s3" | "table" | "queue" => Outcome::Fail,
            _ => Outcome::Unknown(UnknownReason::ProbeBroke),
        };
        assert_eq!(seen.outcome, expected, "{id}: {}", seen.text);
        assert!(
            seen.text.starts_with("ask ") && seen.text.len() > 20,
            "{}",
            seen.text
        );
    }
}

use std::fs;
use std::path::Path;

use log_formats::Source;
use log_summary::HOUR_MS;
use serde_json::json;

use super::{deliver, drained, gzip, hours_ago, metric, reads, reported, result};
use crate::harness::{eventually, stack, wait_for};

/// Lines of the proxies' kind about one page, in the combined format.
fn visits(time_ms: i64, page: &str, count: usize) -> String {
    let (date, hour) = log_formats::date_and_hour(time_ms);
    let mut parts = date.split('-');
    let (year, month, day) = (
        parts.next().unwrap(),
        parts.next().unwrap(),
        parts.next().unwrap(),
    );
    let month: usize = month.parse().unwrap();
    let names = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = names[month - 1];
    format!(
        "203.0.113.9 - - [{day}/{month}/{year}:{hour:02}:30:00 +0000] \"GET {page} HTTP/1.1\" 200 9 \"-\" \"Mozilla/5.0\"\n"
    )
    .repeat(count)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_written_again_counts_as_it_is_now() {
    let time_ms = hours_ago(5);
    let (hour, page) = (time_ms.div_euclid(HOUR_MS), "/half-written");
    deliver("nginx/other.log", visits(time_ms, page, 4).into()).await;
    deliver("nginx/again.log", visits(time_ms, page, 3).into()).await;
    reported("both logs", || async {
        (reads(hour, Source::Nginx, page).await == 7).then_some(())
    })
    .await;
    // S3 tells times to the second: a log that is written twice within one is rare, and
    // would count as its first content.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    deliver("nginx/again.log", visits(time_ms, page, 30).into()).await;
    reported("the log as it is now", || async {
        (reads(hour, Source::Nginx, page).await == 34).then_some(())
    })
    .await;
    let (date, of_day) = log_formats::date_and_hour(time_ms);
    let html = result(&format!("reports/halden/{date}-{of_day:02}.html")).await;
    assert!(String::from_utf8(html.unwrap()).unwrap().contains(page));
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_logs_harm_nobody() {
    let time_ms = hours_ago(7);
    let (hour, page) = (time_ms.div_euclid(HOUR_MS), "/broken");
    let broken_before = metric("BrokenObjects", &[("service", "log-processor")]);
    let whole = gzip(&visits(time_ms, page, 5000));
    deliver("nginx/truncated.log.gz", whole[..whole.len() - 9].to_vec()).await;
    deliver(
        "nginx/junk.log.gz",
        (0..50_000u32)
            .map(|byte| ((byte * 7919) >> 3) as u8)
            .collect(),
    )
    .await;
    deliver("nginx/long-line.log", vec![b'a'; 12 << 20]).await;
    deliver("nginx/empty.log", Vec::new()).await;
    deliver("unknown/notes.txt", b"hello".to_vec()).await;
    deliver("alb/AWSLogs/1/ELBAccessLogTestFile", b"test".to_vec()).await;
    let bomb = gzip(&"0".repeat(64 << 20));
    deliver("nginx/bomb.log.gz", bomb).await;
    deliver("nginx/a b+c%20d.log", visits(time_ms, page, 2).into()).await;
    reported("what can be read of the broken logs", || async {
        let seen = reads(hour, Source::Nginx, page).await;
        // The last lines of the truncated log may be missing, and those alone.
        (seen > 4_000 && seen <= 5_002).then_some(())
    })
    .await;
    drained();
    eventually("the broken logs in the metrics", || async {
        let broken = metric("BrokenObjects", &[("service", "log-processor")]);
        (broken > broken_before).then_some(())
    })
    .await;
}

#[test]
fn the_deployed_functions_take_every_sample_event() {
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let bucket = stack().output("LogBucketName").unwrap();
    for function in ["log-processor", "log-report"] {
        for file in fs::read_dir(events.join(function)).unwrap() {
            let path = file.unwrap().path();
            let event = fs::read_to_string(&path).unwrap();
            let answer = wait_for("an answer that is not the other run's", || {
                let event = event.replace("sidetier-logs", bucket);
                let answer = stack().invoke(function, &event).unwrap();
                // The schedule may have another run of log-report write first.
                (answer["errorType"] != "store.conflict").then_some(answer)
            });
            assert_eq!(
                answer.get("errorType"),
                None,
                "{}: {answer}",
                path.display()
            );
            if function == "log-processor" {
                assert_eq!(answer["batchItemFailures"], json!([]), "{}", path.display());
            }
        }
    }
}

/// The functions' roles are enforced: what they do not have, they would be refused.
#[test]
fn the_roles_have_what_the_functions_need() {
    the_deployed_functions_take_every_sample_event();
    for function in ["log-processor", "log-report"] {
        let lines = stack().logs(function).unwrap();
        assert!(!lines.is_empty(), "{function}");
        let refused = lines.iter().find(|line| line.contains("AccessDenied"));
        assert_eq!(refused, None, "{function}");
    }
}

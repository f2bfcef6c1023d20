use std::fs;

use log_summary::HOUR_MS;

use super::{deliver, drained, hours_ago, list, object, reported};
use crate::logs::duckdb;

/// Flow logs of one hour, in many files.
fn flows(time_ms: i64, count: usize) -> String {
    let seconds = time_ms / 1000;
    let line = format!(
        "2 123456789012 eni-1 203.0.113.9 10.0.0.5 44321 22 6 1 40 {seconds} {} REJECT OK\n",
        seconds + 10
    );
    line.repeat(count)
}

#[tokio::test(flavor = "multi_thread")]
async fn table_files_of_an_hour_that_is_over_become_one() {
    let time_ms = hours_ago(30);
    let (date, hour) = log_formats::date_and_hour(time_ms.div_euclid(HOUR_MS) * HOUR_MS);
    let prefix = format!("tables/network_flows/source=vpc-flow/dt={date}/hour={hour:02}/");
    // The schedule may put some together while others are on their way. Each is delivered, and
    // the hour is due twice: what comes after the first time is there the second time.
    for number in 0..5 {
        let key = format!("vpc-flow/AWSLogs/1/vpcflowlogs/x_vpcflowlogs_{number}.log");
        deliver(&key, flows(time_ms, 10 + number).into()).await;
    }
    drained();
    let files = || list("LogResultsBucketName", &prefix);
    reported("one file", || async {
        let files = files().await;
        let name = files.first()?.strip_prefix(&prefix)?;
        (files.len() == 1 && name.starts_with("compacted-")).then_some(())
    })
    .await;
    let journal =
        format!("compactions/network_flows.source=vpc-flow.dt={date}.hour={hour:02}.json");
    reported("the end of the compaction", || async {
        let journals = list("LogResultsBucketName", &journal).await;
        journals.is_empty().then_some(())
    })
    .await;
    let dir = tempfile::tempdir().unwrap();
    let key = files().await.remove(0);
    let bytes = object("LogResultsBucketName", &key).await.unwrap();
    fs::write(dir.path().join("flows.parquet"), bytes).unwrap();
    let rows = duckdb::run(
        "import duckdb; print(duckdb.sql(\"SELECT count(*) FROM 'flows.parquet' WHERE NOT accepted\").fetchall()[0][0])",
        dir.path(),
    );
    assert_eq!(rows, 10 + 11 + 12 + 13 + 14);
}

use std::fs;

use log_summary::HOUR_MS;

use super::{deliver, hours_ago, list, object, report, reported};
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
    // An hour that is due twice: what comes after the first time is there the second time.
    for number in 0..5 {
        let key = format!("vpc-flow/AWSLogs/1/vpcflowlogs/x_vpcflowlogs_{number}.log");
        deliver(&key, flows(time_ms, 10 + number).into()).await;
    }
    let files = || list("LogResultsBucketName", &prefix);
    reported("one file", || async {
        let files = files().await;
        let name = files.first()?.strip_prefix(&prefix)?;
        (files.len() == 1 && name.starts_with("compacted-")).then_some(())
    })
    .await;
    // Nothing is left to do.
    report();
    let journals = list("LogResultsBucketName", "compactions/").await;
    assert!(journals.is_empty(), "{journals:?}");
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

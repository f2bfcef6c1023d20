use std::fs::{self, File};
use std::io::{BufReader, Write};
use std::path::Path;

use audit_log::AuditRules;
use flate2::Compression;
use flate2::write::GzEncoder;
use log_formats::{LineLimits, Source};
use log_ingest::{Ingested, PartitionedTables, Rules, ingest};
use log_privacy::Privacy;
use log_tables::{Kind, Table};
use sample_logs::{Sample, write_alb, write_cloudfront};
use site_logs::LogRules;

use super::duckdb;

/// Two hours of a shop, over midnight.
const SAMPLE: Sample = Sample {
    lines: 30_000,
    start_ms: 1_795_820_400_000,
    span_ms: 7_000_000,
    seed: 3,
};

/// Writes a log as two gzip members, as CloudFront does for large files.
fn write_log(path: &Path, log: &[u8]) {
    let mut file = File::create(path).unwrap();
    let middle = log.len() / 2;
    for part in [&log[..middle], &log[middle..]] {
        let mut encoder = GzEncoder::new(&mut file, Compression::fast());
        encoder.write_all(part).unwrap();
        encoder.finish().unwrap();
    }
}

/// Reads a log into tables below `dir`, as the function would put them into a bucket.
fn read_log(dir: &Path, name: &str, source: Source, rules: &LogRules) -> Ingested {
    let work = dir.join("work");
    fs::create_dir_all(&work).unwrap();
    let mut tables = PartitionedTables::new(&work, Privacy::new(rules.privacy.clone(), b""));
    let audit = AuditRules::standard().unwrap();
    let rules = Rules {
        summary: &rules.requests,
        audit: &audit,
        limits: LineLimits::default(),
        columns: None,
        now_ms: SAMPLE.start_ms + SAMPLE.span_ms,
    };
    let stream = BufReader::new(File::open(dir.join(name)).unwrap());
    let ingested = ingest(stream, source, &rules, Some(&mut tables)).unwrap();
    for file in tables.finish().unwrap() {
        let to = dir.join("tables").join(file.partition.prefix());
        fs::create_dir_all(&to).unwrap();
        fs::rename(&file.path, to.join(format!("{name}-{}.parquet", file.part))).unwrap();
    }
    ingested
}

#[test]
fn counts_equal_those_of_independent_programs() {
    let dir = tempfile::tempdir().unwrap();
    let (mut cloudfront, mut alb) = (Vec::new(), Vec::new());
    write_cloudfront(SAMPLE, &mut cloudfront).unwrap();
    write_alb(SAMPLE, &mut alb).unwrap();
    write_log(&dir.path().join("cloudfront.gz"), &cloudfront);
    write_log(&dir.path().join("alb.gz"), &alb);
    let rules = LogRules::of_site().unwrap();
    let mut total = read_log(dir.path(), "cloudfront.gz", Source::Cloudfront, &rules);
    let other = read_log(dir.path(), "alb.gz", Source::Alb, &rules);
    assert_eq!((total.bad(), other.bad()), (0, 0));
    total.summary.merge(&other.summary);

    let raw = duckdb::run(include_str!("count_raw.py"), dir.path());
    let parquet = duckdb::run(include_str!("count_parquet.py"), dir.path());
    assert_eq!(raw["counts"], parquet["counts"]);
    assert_eq!(raw["paths"], parquet["paths"]);
    assert_eq!(
        parquet["astray"], 0,
        "rows stand in another hour's partition"
    );
    assert_eq!(parquet["people"], 0, "a row says too much of a visitor");

    for source in [Source::Cloudfront, Source::Alb] {
        let hours = total.summary.hours.iter();
        let of_source = hours.filter(|(key, _)| key.source == source);
        let mut statuses = std::collections::BTreeMap::<u16, u64>::new();
        for (_, hour) in of_source {
            for (status, count) in &hour.statuses {
                *statuses.entry(*status).or_default() += count;
            }
        }
        assert!(statuses.len() >= 6, "{statuses:?}");
        for (status, count) in statuses {
            let name = format!("{} {status}", source.name());
            assert_eq!(raw["counts"][&name][0], count, "{name}");
        }
    }
}

#[test]
fn files_have_the_types_that_the_tables_are_declared_with() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = Vec::new();
    write_cloudfront(
        Sample {
            lines: 50,
            ..SAMPLE
        },
        &mut log,
    )
    .unwrap();
    write_log(&dir.path().join("cloudfront.gz"), &log);
    read_log(
        dir.path(),
        "cloudfront.gz",
        Source::Cloudfront,
        &LogRules::of_site().unwrap(),
    );
    let types = &duckdb::run(include_str!("count_parquet.py"), dir.path())["types"];
    for column in Table::WebRequests.columns() {
        let expected = match column.kind {
            Kind::Time => "TIMESTAMP WITH TIME ZONE",
            Kind::Text | Kind::Id => "VARCHAR",
            Kind::Count | Kind::Whole => "BIGINT",
            Kind::Number => "DOUBLE",
            Kind::Flag => "BOOLEAN",
        };
        assert_eq!(types[column.name], expected, "{}", column.name);
    }
}

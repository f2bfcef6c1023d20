//! Whole logs through [`log_ingest::ingest`].
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking; the lint's own exception covers test functions only"
)]

use std::collections::BTreeMap;
use std::io::Write;

use audit_log::AuditRules;
use flate2::Compression;
use flate2::write::GzEncoder;
use log_formats::{LineLimits, Source};
use log_ingest::{IngestError, Ingested, PartitionedTables, Rules, ingest};
use log_privacy::{Privacy, PrivacyRules};
use log_summary::{HOUR_MS, Site, SummaryRules};
use parquet::file::reader::{FileReader, SerializedFileReader};

const NOW_MS: i64 = 1_795_774_830_000;

fn summary_rules() -> SummaryRules {
    SummaryRules {
        sites: vec![Site {
            name: "shop".to_owned(),
            hosts: Vec::new(),
        }],
        warmer: "Sidetier-Warmer".to_owned(),
        ..SummaryRules::default()
    }
}

fn combined(hour: u32, path: &str) -> String {
    format!(
        "203.0.113.9 - - [27/Nov/2026:{hour:02}:20:30 +0000] \"GET {path} HTTP/1.1\" 200 12 \"-\" \"curl\"\n"
    )
}

fn try_ingest(
    log: &[u8],
    source: Source,
    tables: Option<&mut PartitionedTables>,
) -> Result<Ingested, IngestError> {
    let summary = summary_rules();
    let audit = AuditRules::standard().unwrap();
    let rules = Rules {
        summary: &summary,
        audit: &audit,
        limits: LineLimits::default(),
        columns: None,
        now_ms: NOW_MS,
    };
    ingest(log, source, &rules, tables)
}

fn ingested(log: &[u8], source: Source, tables: Option<&mut PartitionedTables>) -> Ingested {
    try_ingest(log, source, tables).unwrap()
}

#[test]
fn hours_in_turns_are_all_in_the_tables() {
    let dir = tempfile::tempdir().unwrap();
    let log: String = (0..40)
        .map(|line| combined(line % 5, "/shop?token=secret"))
        .collect();
    let mut tables = PartitionedTables::new(dir.path(), Privacy::new(PrivacyRules::default(), b""));
    let ingested = ingested(log.as_bytes(), Source::Nginx, Some(&mut tables));
    assert_eq!((ingested.records, ingested.bad()), (40, 0));
    assert_eq!(ingested.summary.hours.len(), 5);
    let files = tables.finish().unwrap();
    assert_eq!(files.len(), 5, "one for each hour");
    assert_eq!(files.iter().map(|file| file.rows).sum::<u64>(), 40);
    let mut seen = std::collections::HashSet::new();
    for file in &files {
        assert!(seen.insert((file.partition.clone(), file.part)), "{file:?}");
        let reader = SerializedFileReader::new(std::fs::File::open(&file.path).unwrap()).unwrap();
        let rows: Vec<_> = reader
            .get_row_iter(None)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(rows.len() as u64, file.rows);
        assert!(!rows[0].to_string().contains("secret"), "{}", rows[0]);
    }
    assert_eq!(
        files[0].partition.prefix(),
        "web_requests/source=nginx/dt=2026-11-27/hour=00/"
    );
}

#[test]
fn bad_lines_are_counted_and_a_few_are_shown_without_what_they_say() {
    let mut log = combined(1, "/");
    (0..50).for_each(|_| log.push_str("Anna was here\n"));
    let ingested = ingested(log.as_bytes(), Source::Nginx, None);
    assert_eq!((ingested.records, ingested.bad()), (1, 50));
    assert_eq!(ingested.bad_lines.get("field-count"), Some(&50));
    assert_eq!(ingested.samples.len(), 3);
    assert!(ingested.samples[0].starts_with("line 2:") && !ingested.samples[0].contains("Anna"));
}

#[test]
fn a_truncated_file_is_read_as_far_as_it_goes() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    (0..5000).for_each(|line| {
        encoder
            .write_all(combined(line % 3, "/").as_bytes())
            .unwrap()
    });
    let whole = encoder.finish().unwrap();
    let ingested = ingested(&whole[..whole.len() - 20], Source::Nginx, None);
    assert!(ingested.broken.is_some());
    assert!(ingested.records > 0 && ingested.records <= 5000);
}

/// A Parquet file with a column for each name, all of texts.
fn parquet(names: &[&str], rows: &[&[&str]]) -> Vec<u8> {
    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    let columns = names
        .iter()
        .map(|name| format!("optional binary {name} (UTF8);"));
    let schema = format!("message log {{ {} }}", columns.collect::<String>());
    let schema = std::sync::Arc::new(parse_message_type(&schema).unwrap());
    let properties = std::sync::Arc::new(WriterProperties::default());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for index in 0..names.len() {
        let mut column = group.next_column().unwrap().unwrap();
        let values: Vec<ByteArray> = rows.iter().map(|row| row[index].into()).collect();
        let levels = vec![1; rows.len()];
        column
            .typed::<ByteArrayType>()
            .write_batch(&values, Some(&levels), None)
            .unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn cloudfronts_parquet_files_say_what_its_lines_do() {
    let names = [
        "date",
        "time",
        "c_ip",
        "cs_method",
        "cs_host",
        "cs_uri_stem",
        "sc_status",
        "other",
    ];
    let row = |path, status| {
        [
            "2026-11-27",
            "10:20:30",
            "203.0.113.9",
            "GET",
            "shop.example.com",
            path,
            status,
            "x",
        ]
    };
    let rows = [row("/", "200"), row("/a\tb\"c", "503")];
    let file = parquet(&names, &[&rows[0], &rows[1]]);
    let read = ingested(&file, Source::Cloudfront, None);
    assert_eq!((read.records, read.bad()), (2, 0));
    let (_, hour) = read.summary.hours.first_key_value().unwrap();
    assert_eq!(hour.statuses, BTreeMap::from([(200, 1), (503, 1)]));
    let cut = try_ingest(&file[..file.len() - 3], Source::Cloudfront, None);
    assert!(matches!(cut, Err(IngestError::Open(_))));
    // Of other sources, none is delivered so.
    assert!(try_ingest(&file, Source::Alb, None).is_err());
}

#[test]
fn a_file_of_cloudtrail_becomes_rows_and_findings() {
    let dir = tempfile::tempdir().unwrap();
    let file = r#"{"Records":[{"eventTime":"2026-11-27T10:20:30Z","eventID":"e1","eventName":"StopLogging",
        "eventSource":"cloudtrail.amazonaws.com","userIdentity":{"arn":"arn:aws:iam::1:user/anna"},"readOnly":false},
        {"eventName":"no time"}]}"#;
    let mut tables = PartitionedTables::new(dir.path(), Privacy::new(PrivacyRules::default(), b""));
    let ingested = ingested(file.as_bytes(), Source::Cloudtrail, Some(&mut tables));
    assert_eq!((ingested.records, ingested.bad()), (1, 1));
    let alerts = ingested.audit.alerts(&AuditRules::standard().unwrap(), 0);
    assert_eq!(alerts[0].rule, "trail-changed");
    let files = tables.finish().unwrap();
    let reader = SerializedFileReader::new(std::fs::File::open(&files[0].path).unwrap()).unwrap();
    let row = reader
        .get_row_iter(None)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .to_string();
    assert!(
        row.contains("StopLogging") && row.contains("user/anna"),
        "{row}"
    );
}

#[test]
fn records_of_a_time_that_cannot_be_are_in_no_table() {
    let dir = tempfile::tempdir().unwrap();
    let log = [i64::MIN, -1, NOW_MS + 2 * HOUR_MS, NOW_MS].map(|time_ms| {
        format!("{{\"timestamp\":{time_ms},\"action\":\"BLOCK\",\"httpRequest\":{{\"clientIp\":\"::1\"}}}}\n")
    });
    let mut tables = PartitionedTables::new(dir.path(), Privacy::new(PrivacyRules::default(), b""));
    let ingested = ingested(log.concat().as_bytes(), Source::Waf, Some(&mut tables));
    assert_eq!((ingested.records, ingested.summary.skewed), (4, 3));
    assert_eq!(ingested.activity.hours.len(), 1);
    let files = tables.finish().unwrap();
    assert_eq!(files.iter().map(|file| file.rows).sum::<u64>(), 1);
}

#[test]
fn what_is_skewed_does_not_depend_on_the_order() {
    // An hour after now is 11:20:30; the later of these is in the same hour as the earlier.
    let (early, late) = (
        combined(11, "/").replace("11:20:30", "11:10:30"),
        combined(11, "/").replace("11:20:30", "11:50:30"),
    );
    for log in [format!("{early}{late}"), format!("{late}{early}")] {
        let ingested = ingested(log.as_bytes(), Source::Nginx, None);
        assert_eq!(ingested.summary.skewed, 1);
        let requests = ingested
            .summary
            .hours
            .values()
            .map(|hour| hour.counters.requests);
        assert_eq!(requests.sum::<u64>(), 1);
    }
}

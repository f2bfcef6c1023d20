use std::collections::BTreeMap;
use std::io::{BufRead, Read};
use std::ops::RangeInclusive;

use audit_log::{AuditEvent, AuditFindings, AuditRules, ReadLimits, read_events};
use log_formats::{
    BadLine, Columns, Decompressed, LineError, LineLimits, LineParser, LineTotals, Record, Source,
    read_lines, shape,
};
use log_summary::{Activity, HOUR_MS, Observer, Summary, SummaryRules};
use log_tables::{Cell, Table};

use crate::parquet_log::{ParquetLog, is_parquet};
use crate::{IngestError, PartitionedTables};

/// Bad lines of which the shape is kept.
const SAMPLES: usize = 3;

/// The beginning of the year 2000: no log is older, and a clock that says so is wrong.
const EARLIEST_MS: i64 = 946_684_800_000;

/// How a file is read.
#[derive(Debug, Clone)]
pub struct Rules<'a> {
    /// How requests are grouped.
    pub summary: &'a SummaryRules,
    /// Which calls of AWS APIs are counted.
    pub audit: &'a AuditRules,
    /// Bounds of what is read.
    pub limits: LineLimits,
    /// The fields of CloudFront's logs that have no header.
    pub columns: Option<Columns>,
    /// Now, in milliseconds since 1970: requests that are later are not believed.
    pub now_ms: i64,
}

/// What one file held.
#[derive(Debug, Default)]
pub struct Ingested {
    /// Lines and bytes.
    pub totals: LineTotals,
    /// Records among the lines.
    pub records: u64,
    /// Lines that could not be read, by what is wrong.
    pub bad_lines: BTreeMap<&'static str, u64>,
    /// Of the first of them: number, fault and shape, without what they say.
    pub samples: Vec<String>,
    /// Why reading ended before the file did.
    pub broken: Option<String>,
    /// What the requests add up to.
    pub summary: Summary,
    /// What happened besides.
    pub activity: Activity,
    /// Which calls of AWS APIs fell under a rule.
    pub audit: AuditFindings,
}

impl Ingested {
    /// Lines that could not be read, those too long included.
    #[must_use]
    pub fn bad(&self) -> u64 {
        self.bad_lines.values().sum::<u64>() + self.totals.too_long
    }

    fn count_bad(&mut self, fault: BadLine, line: &[u8], number: u64) {
        *self.bad_lines.entry(fault.code()).or_default() += 1;
        if self.samples.len() < SAMPLES {
            self.samples
                .push(format!("line {number}: {fault}: {}", shape(line)));
        }
    }
}

/// Reads a log, whatever it is compressed with.
///
/// # Errors
/// When it cannot be opened, and when tables cannot be written. A log that breaks off is
/// read up to there, which [`Ingested::broken`] says.
pub fn ingest(
    mut stream: impl BufRead,
    source: Source,
    rules: &Rules<'_>,
    tables: Option<&mut PartitionedTables>,
) -> Result<Ingested, IngestError> {
    if source == Source::Cloudfront && is_parquet(&mut stream).map_err(IngestError::Open)? {
        let log = ParquetLog::open(stream)?;
        let parser = LineParser::new(source, None);
        return match parser {
            Some(parser) => ingest_lines(log, parser, source, rules, tables),
            None => ingest_audit(log, source, rules, tables),
        };
    }
    let stream = Decompressed::new(stream).map_err(IngestError::Open)?;
    match LineParser::new(source, rules.columns.clone()) {
        Some(parser) => ingest_lines(stream, parser, source, rules, tables),
        None => ingest_audit(stream, source, rules, tables),
    }
}

fn ingest_lines(
    stream: impl Read,
    mut parser: LineParser,
    source: Source,
    rules: &Rules<'_>,
    mut tables: Option<&mut PartitionedTables>,
) -> Result<Ingested, IngestError> {
    let mut observer = Observer::new(rules.summary, source);
    let mut ingested = Ingested::default();
    let mut failed = None;
    let (mut number, mut skewed) = (0, 0);
    let believed = believed(rules);
    let read = read_lines(stream, &rules.limits, |line| {
        number += 1;
        let parsed = parser.parse(line, |record| {
            ingested.records += 1;
            if !believed.contains(&record.time_ms()) {
                skewed += 1;
                return;
            }
            match record {
                Record::Request(request) => observer.observe(request),
                other => ingested.activity.observe(source, other),
            }
            if let (Some(tables), None) = (&mut tables, &failed) {
                failed = tables.write(source, record).err();
            }
        });
        if let Err(fault) = parsed {
            ingested.count_bad(fault, line, number);
        }
    });
    if let Some(failed) = failed {
        return Err(failed);
    }
    ingested.totals = read.as_ref().map_or_else(LineError::read, |totals| *totals);
    ingested.broken = read.err().map(|error| describe(&error));
    ingested.summary = observer.finish();
    ingested.summary.skewed += skewed;
    Ok(ingested)
}

/// Times that a clock which is right may say.
const fn believed(rules: &Rules<'_>) -> RangeInclusive<i64> {
    EARLIEST_MS..=rules.now_ms.saturating_add(HOUR_MS)
}

/// CloudTrail's files are one line each.
fn ingest_audit(
    stream: impl Read,
    source: Source,
    rules: &Rules<'_>,
    mut tables: Option<&mut PartitionedTables>,
) -> Result<Ingested, IngestError> {
    let mut ingested = Ingested::default();
    let mut failed = None;
    let limits = ReadLimits {
        max_bytes: rules.limits.max_bytes,
        max_record_bytes: rules.limits.max_line_bytes,
    };
    let (mut skewed, believed) = (0, believed(rules));
    let read = read_events(stream, &limits, |event| {
        if !believed.contains(&event.time_ms) {
            skewed += 1;
            return;
        }
        ingested.audit.observe(rules.audit, event);
        if let (Some(tables), None) = (&mut tables, &failed) {
            failed = write_event(tables, source, event).err();
        }
    });
    if let Some(failed) = failed {
        return Err(failed);
    }
    let totals = read
        .as_ref()
        .map_or_else(|error| error.read, |totals| *totals);
    ingested.records = totals.events;
    ingested.summary.skewed = skewed;
    ingested.totals.lines = totals.events + totals.bad;
    if totals.bad > 0 {
        ingested.bad_lines.insert(BadLine::Form.code(), totals.bad);
    }
    ingested.broken = read.err().map(|error| error.to_string());
    Ok(ingested)
}

fn write_event(
    tables: &mut PartitionedTables,
    source: Source,
    event: &AuditEvent,
) -> Result<(), IngestError> {
    let texts = [
        "eventID",
        "eventSource",
        "eventName",
        "awsRegion",
        "recipientAccountId",
        "userIdentity.type",
        "userIdentity.arn",
        "sourceIPAddress",
        "userAgent",
        "errorCode",
        "errorMessage",
    ]
    .map(|path| event.text(path));
    let (parameters, resources) = (event.json("requestParameters"), event.json("resources"));
    let mut cells = vec![Cell::Time(event.time_ms)];
    cells.extend(texts.iter().map(|text| Cell::Text(text.as_bytes())));
    cells.push(Cell::Flag(event.text("readOnly") == "true"));
    cells.push(Cell::Text(parameters.as_bytes()));
    cells.push(Cell::Text(resources.as_bytes()));
    tables.write_row(Table::AuditEvents, source, event.time_ms, &cells)
}

fn describe(error: &LineError) -> String {
    match error {
        LineError::Read { source, .. } => format!("{error}: {source}"),
        LineError::TooLarge { .. } => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use log_privacy::{Privacy, PrivacyRules};
    use log_summary::Site;
    use parquet::file::reader::{FileReader, SerializedFileReader};

    use super::*;

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

    fn ingested(log: &[u8], source: Source, tables: Option<&mut PartitionedTables>) -> Ingested {
        let summary = summary_rules();
        let audit = AuditRules::standard().unwrap();
        let rules = Rules {
            summary: &summary,
            audit: &audit,
            limits: LineLimits::default(),
            columns: None,
            now_ms: NOW_MS,
        };
        ingest(log, source, &rules, tables).unwrap()
    }

    #[test]
    fn hours_in_turns_are_all_in_the_tables() {
        let dir = tempfile::tempdir().unwrap();
        let log: String = (0..40)
            .map(|line| combined(line % 5, "/shop?token=secret"))
            .collect();
        let mut tables =
            PartitionedTables::new(dir.path(), Privacy::new(PrivacyRules::default(), b""));
        let ingested = ingested(log.as_bytes(), Source::Nginx, Some(&mut tables));
        assert_eq!((ingested.records, ingested.bad()), (40, 0));
        assert_eq!(ingested.summary.hours.len(), 5);
        let files = tables.finish().unwrap();
        assert_eq!(files.len(), 5, "one for each hour");
        assert_eq!(files.iter().map(|file| file.rows).sum::<u64>(), 40);
        let mut seen = std::collections::HashSet::new();
        for file in &files {
            assert!(seen.insert((file.partition.clone(), file.part)), "{file:?}");
            let reader =
                SerializedFileReader::new(std::fs::File::open(&file.path).unwrap()).unwrap();
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
        assert!(
            ingested.samples[0].starts_with("line 2:") && !ingested.samples[0].contains("Anna")
        );
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
        let summary = summary_rules();
        let audit = AuditRules::standard().unwrap();
        let rules = Rules {
            summary: &summary,
            audit: &audit,
            limits: LineLimits::default(),
            columns: None,
            now_ms: NOW_MS,
        };
        let cut = ingest(&file[..file.len() - 3], Source::Cloudfront, &rules, None);
        assert!(matches!(cut, Err(IngestError::Open(_))));
        // Of other sources, none is delivered so.
        assert!(ingest(&file[..], Source::Alb, &rules, None).is_err());
    }

    #[test]
    fn a_file_of_cloudtrail_becomes_rows_and_findings() {
        let dir = tempfile::tempdir().unwrap();
        let file = r#"{"Records":[{"eventTime":"2026-11-27T10:20:30Z","eventID":"e1","eventName":"StopLogging",
            "eventSource":"cloudtrail.amazonaws.com","userIdentity":{"arn":"arn:aws:iam::1:user/anna"},"readOnly":false},
            {"eventName":"no time"}]}"#;
        let mut tables =
            PartitionedTables::new(dir.path(), Privacy::new(PrivacyRules::default(), b""));
        let ingested = ingested(file.as_bytes(), Source::Cloudtrail, Some(&mut tables));
        assert_eq!((ingested.records, ingested.bad()), (1, 1));
        let alerts = ingested.audit.alerts(&AuditRules::standard().unwrap(), 0);
        assert_eq!(alerts[0].rule, "trail-changed");
        let files = tables.finish().unwrap();
        let reader =
            SerializedFileReader::new(std::fs::File::open(&files[0].path).unwrap()).unwrap();
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
        let mut tables =
            PartitionedTables::new(dir.path(), Privacy::new(PrivacyRules::default(), b""));
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
}

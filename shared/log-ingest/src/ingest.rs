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

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use log_formats::Source;

use crate::backfill::S3Url;

/// Reads log files as the Lambda functions read them, and has these read a bucket again.
#[derive(Debug, Parser)]
#[command(name = "logs")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Makes pages, lists and tables of log files on this machine.
    Report(ReportArguments),
    /// Has log-processor read the objects of the log bucket that it has not read yet.
    ///
    /// Region and credentials come from the environment and from profiles, as for the AWS CLI.
    /// Of a profile with SSO: eval "$(aws configure export-credentials --format env)".
    Backfill(BackfillArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// Files and folders of logs. What wrote a file is told by the name that AWS gives it, or
    /// by the name of a folder it is in: cloudfront, alb, alb-connection, nginx, nginx-error,
    /// waf, cloudtrail, vpc-flow, lambda, postgres.
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,

    /// What wrote the files, where their names do not tell.
    #[arg(long, value_parser = source)]
    pub(crate) source: Option<Source>,

    /// Where pages and lists are written to.
    #[arg(long, default_value = "log-report")]
    pub(crate) out: PathBuf,

    /// Also write Parquet files, below `tables/`.
    #[arg(long)]
    pub(crate) tables: bool,

    /// Other rules than the site's own, in the form of `shared/site-logs/logs.toml`.
    #[arg(long)]
    pub(crate) rules: Option<PathBuf>,

    /// Names of the fields of CloudFront logs that have no header, separated by commas.
    #[arg(long, value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct BackfillArguments {
    /// Where the logs are: `s3://bucket/prefix`, of the stack's output `LogBucketName`.
    #[arg(value_name = "S3_URL")]
    pub(crate) place: S3Url,

    /// The address of the queue: the stack's output `LogQueueUrl`.
    #[arg(long, value_name = "URL", value_parser = queue_url, required_unless_present = "dry_run")]
    pub(crate) queue: Option<String>,

    /// Pass over objects last modified before this day (UTC), like 2026-11-01.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) from: Option<Timestamp>,

    /// Go on after this key, which a run that broke off has named.
    #[arg(long, value_name = "KEY")]
    pub(crate) after: Option<String>,

    /// Only count.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

fn source(name: &str) -> Result<Source, String> {
    let names = Source::ALL.map(Source::name).join(", ");
    Source::named(name).ok_or_else(|| format!("one of {names} is allowed"))
}

fn queue_url(text: &str) -> Result<String, String> {
    let is_url = text.starts_with("https://") || text.starts_with("http://");
    let needed = "an address like https://sqs.eu-central-1.amazonaws.com/1/queue is needed";
    is_url.then(|| text.to_owned()).ok_or(needed.to_owned())
}

fn day(text: &str) -> Result<Timestamp, String> {
    let midnight = text
        .parse::<Date>()
        .and_then(|date| date.to_zoned(TimeZone::UTC));
    let midnight = midnight.map_err(|_| "a day like 2026-11-01 is needed")?;
    Ok(midnight.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_day_begins_at_midnight() {
        assert_eq!(
            day("2026-11-01").unwrap().to_string(),
            "2026-11-01T00:00:00Z"
        );
        for text in ["", "2026-13-01", "November", "01.11.2026"] {
            assert!(day(text).is_err(), "{text}");
        }
    }
}

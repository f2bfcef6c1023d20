use std::path::PathBuf;

use clap::Parser;
use log_formats::Source;

/// Reads log files as the Lambda functions read them.
#[derive(Debug, Parser)]
#[command(name = "logs")]
pub(crate) struct Arguments {
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

fn source(name: &str) -> Result<Source, String> {
    let names = Source::ALL.map(Source::name).join(", ");
    Source::named(name).ok_or_else(|| format!("one of {names} is allowed"))
}

//! One environment of `warm-plan` or `warm-pages`, in a process of its own: the functions' own
//! code, with the site's `warming.toml` but for its budgets, its health checks and its sitemap.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::json;
use tokio::time::sleep;
use warming::{SiteWarming, SourceKind};

use super::random::Random;

/// More than any run here needs.
const PLENTY: u64 = 1 << 40;
/// Lambda's time limit of `warm-pages`.
const INVOCATION: Duration = Duration::from_secs(120);
/// What both functions keep back from it, so that they stop in time.
const RESERVE: Duration = Duration::from_secs(30);
/// So often the plan is gone on with; the template says each minute.
const MINUTE: Duration = Duration::from_millis(500);
/// So often an idle worker looks for messages.
const IDLE: Duration = Duration::from_millis(50);
const QUEUE: &str = "http://127.0.0.1/p2";
const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";

/// What the process is told. AWS is where the environment says.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct WorkArgs {
    /// Which function.
    #[arg(value_enum)]
    pub(super) function: Function,
    /// The site's address.
    #[arg(long)]
    pub(super) site: String,
    /// The path of the sitemap whose pages are warmed.
    #[arg(long)]
    pub(super) sitemap: String,
    /// It ends after so long.
    #[arg(long)]
    pub(super) seconds: u64,
    /// How long a worker that was killed counts as alive, other than the site says.
    #[arg(long)]
    pub(super) lease_ms: Option<i64>,
}

/// A function of the warmer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Function {
    Plan,
    Pages,
}

impl Function {
    /// Its name on the command line.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Pages => "pages",
        }
    }
}

/// Works as the function until the time is over.
pub(crate) fn work(args: &WorkArgs) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let until = now() + Duration::from_secs(args.seconds);
    runtime.block_on(async {
        match args.function {
            Function::Plan => plan(args, until).await,
            Function::Pages => pages(args, until).await,
        }
    })
}

async fn plan(args: &WorkArgs, until: Duration) -> Result<()> {
    let aws = lambda_kit::aws_config().await;
    let clients = warm_plan::Clients {
        tables: aws_sdk_dynamodb::Client::new(&aws),
        queues: aws_sdk_sqs::Client::new(&aws),
        objects: aws_sdk_s3::Client::new(&aws),
        distributions: aws_sdk_cloudfront::Client::new(&aws),
    };
    let config = warm_plan::Config::from_vars(&variables(&args.site))?;
    let deps = Arc::new(warm_plan::Deps::new(config, site(args)?, clients, KEY)?);
    while now() < until {
        let schedule = json!({"source": "aws.scheduler", "detail-type": "Scheduled Event"});
        let event = LambdaEvent::new(schedule, context("plan", until));
        let planned = warm_plan::handle(event, Arc::clone(&deps)).await;
        planned.map_err(|failure| anyhow::anyhow!("plan: {failure:?}"))?;
        sleep(MINUTE).await;
    }
    Ok(())
}

async fn pages(args: &WorkArgs, until: Duration) -> Result<()> {
    let aws = lambda_kit::aws_config().await;
    let queue = aws_sdk_sqs::Client::new(&aws);
    let clients = warm_pages::Clients {
        tables: aws_sdk_dynamodb::Client::new(&aws),
        queues: queue.clone(),
    };
    let config = warm_pages::Config::from_vars(&variables(&args.site))?;
    let deps = Arc::new(warm_pages::Deps::new(config, site(args)?, clients, KEY)?);
    // No order among them, as in the names that Lambda gives.
    let mut names = Random::new(now().as_secs() ^ u64::from(std::process::id()).rotate_left(32));
    while now() < until {
        let received = queue.receive_message().queue_url(QUEUE).send().await?;
        let Some(message) = received.messages().first() else {
            sleep(IDLE).await;
            continue;
        };
        let context = context(&format!("{:016x}", names.next()), until);
        let event = LambdaEvent::new(event(message), context);
        let response = warm_pages::handle(event, Arc::clone(&deps)).await;
        let response = response.map_err(|failure| anyhow::anyhow!("ask for pages: {failure:?}"))?;
        // As Lambda does: what failed comes again, everything else is done with.
        if response.batch_item_failures.is_empty() {
            let receipt = message.receipt_handle().unwrap_or_default();
            let delete = queue.delete_message().queue_url(QUEUE);
            delete.receipt_handle(receipt).send().await?;
        }
    }
    Ok(())
}

/// The site's configuration, whose limiter is the one that is measured.
fn site(args: &WorkArgs) -> Result<SiteWarming> {
    let mut site = SiteWarming::of_site()?;
    site.budget.day.requests = PLENTY;
    site.budget.day.bytes = PLENTY;
    site.budget.day.origin_seconds = PLENTY;
    site.budget.run.requests = PLENTY;
    site.budget.run.bytes = PLENTY;
    site.budget.run.origin_seconds = PLENTY;
    if let Some(lease_ms) = args.lease_ms {
        site.limiter.lease_ms = lease_ms;
    }
    // Nobody checks this site's health: its own answers decide.
    site.brakes.checks.clear();
    for target in &mut site.targets {
        let is_sitemap = |kind: &SourceKind| matches!(kind, SourceKind::Sitemap { .. });
        target.sources.retain(|source| is_sitemap(&source.kind));
        for source in &mut target.sources {
            let path = args.sitemap.clone();
            source.kind = SourceKind::Sitemap { path };
        }
    }
    Ok(site)
}

fn variables(site: &str) -> BTreeMap<&str, &str> {
    BTreeMap::from([
        ("WARM_TABLE", "warm"),
        ("WARM_P0_QUEUE_URL", "http://127.0.0.1/p0"),
        ("WARM_P1_QUEUE_URL", "http://127.0.0.1/p1"),
        ("WARM_P2_QUEUE_URL", QUEUE),
        ("WARM_KEY_SECRET_ARN", "key"),
        ("HEALTH_TABLE", "health"),
        ("LOG_RESULTS_BUCKET", "log-results"),
        ("SITE_URL", site),
        ("POWERTOOLS_SERVICE_NAME", "bench"),
        ("POWERTOOLS_METRICS_NAMESPACE", "Bench"),
    ])
}

fn event(message: &aws_sdk_sqs::types::Message) -> SqsEvent {
    let mut record = SqsMessage::default();
    record.message_id = message.message_id().map(str::to_owned);
    record.body = message.body().map(str::to_owned);
    let mut event = SqsEvent::default();
    event.records.push(record);
    event
}

/// An invocation's time ends with the function's limit, or so that it has stopped at `until`.
fn context(request: &str, until: Duration) -> Context {
    let deadline = (now() + INVOCATION).min(until + RESERVE);
    let mut context = Context::default();
    context.request_id = request.to_owned();
    context.deadline = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX);
    context
}

/// The time since 1970.
fn now() -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::cloud::LIMITER;
    use super::*;

    #[test]
    fn the_site_is_warmed_from_one_sitemap_by_its_own_limiter() {
        let args = WorkArgs {
            function: Function::Pages,
            site: "http://127.0.0.1:1".to_owned(),
            sitemap: "/sitemaps/a.xml".to_owned(),
            seconds: 1,
            lease_ms: None,
        };
        let (ours, sites) = (site(&args).unwrap(), SiteWarming::of_site().unwrap());
        assert_eq!((&ours.limiter, ours.verify), (&sites.limiter, sites.verify));
        let sources = &ours.targets[0].sources;
        assert_eq!((ours.targets.len(), sources.len()), (1, 1));
        assert_eq!(format!("origin#{}", ours.targets[0].id), LIMITER.0);
        assert_eq!(sources[0].kind, SourceKind::Sitemap { path: args.sitemap });
        assert_eq!(sources[0].lane, warming::Lane::P2);
    }
}

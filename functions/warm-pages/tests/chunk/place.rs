//! A worker and everything around it.

use std::sync::Arc;

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use lambda_kit::now_ms;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::Value;
use warm_pages::{Clients, Config, Deps, handle};
use warm_store::{RunPages, WarmStore};
use warming::{Chunk, Item, Lane, Reason, Run, SiteWarming, Variant};

use crate::origin::Origin;
use crate::support::{Aws, warm_vars};

/// Each page is asked for once.
pub(crate) const ONCE: &str = "[verify]\nsample = 0\nsecond_get = false\n";
pub(crate) const RUN: &str = "shop-hot-20261128T041000Z";

/// Everything that a worker needs, and what watches it.
pub(crate) struct Place {
    pub(crate) aws: Aws,
    pub(crate) origin: Origin,
    pub(crate) deps: Arc<Deps>,
}

impl Place {
    pub(crate) async fn new(origin: Origin, toml: &str) -> Self {
        let aws = Aws::start().await;
        let deps = Arc::new(deps(&aws, &origin, toml));
        let place = Self { aws, origin, deps };
        place.begin_run(now_ms()).await;
        place
    }

    pub(crate) async fn begin_run(&self, started_ms: i64) {
        let store = WarmStore::new(self.aws.tables(), "warm".to_owned());
        let run = Run::new(RUN.to_owned(), "shop", Reason::Hot, "hot", started_ms);
        let pages = RunPages::Hot { top: 100 };
        assert!(store.begin_run(&run, &pages, started_ms).await.unwrap());
    }

    /// Delivers a message to a new worker; whether it is to be delivered again.
    pub(crate) async fn deliver(&self, body: &str, worker: &str) -> bool {
        let response = handle(event(body, worker, 120_000), Arc::clone(&self.deps)).await;
        !response.unwrap().batch_item_failures.is_empty()
    }

    pub(crate) fn progress(&self) -> Value {
        let pk = format!("run#{RUN}");
        self.aws.document(&pk, "chunk#000000").unwrap()
    }

    pub(crate) fn done_chunks(&self) -> String {
        let stored = self.aws.stored.lock().unwrap();
        let key = (format!("run#{RUN}"), "done".to_owned());
        let row = stored.rows.get(&key);
        row.map_or_else(
            || "0".to_owned(),
            |row| row["chunks"]["N"].as_str().unwrap().to_owned(),
        )
    }
}

pub(crate) fn deps(aws: &Aws, origin: &Origin, toml: &str) -> Deps {
    let url = origin.url();
    let mut vars = warm_vars(&url);
    vars.insert("HEALTH_TABLE", "health");
    let clients = Clients {
        tables: aws.tables(),
        queues: aws.queues(),
    };
    let site = SiteWarming::parse(toml).unwrap();
    Deps::new(Config::from_vars(&vars).unwrap(), site, clients, "a key").unwrap()
}

pub(crate) fn event(body: &str, worker: &str, time_ms: u64) -> LambdaEvent<SqsEvent> {
    let mut message = SqsMessage::default();
    message.message_id = Some("1".to_owned());
    message.body = Some(body.to_owned());
    let mut event = SqsEvent::default();
    event.records.push(message);
    let mut context = Context::default();
    context.request_id = worker.to_owned();
    context.deadline = time_ms;
    LambdaEvent::new(event, context)
}

/// Settings of a site without health checks; `more` adds to them.
pub(crate) fn toml(more: &str) -> String {
    format!(
        "{more}\n[[target]]\nid = \"shop\"\nsite = \"halden\"\nbase = \"env:SITE_URL\"\n\
         [[target.source]]\nhot = 100\nevery = \"15m\"\nlane = \"p1\"\n"
    )
}

pub(crate) fn chunk(lane: Lane, items: usize) -> String {
    let item = |index| Item {
        path: format!("/products/{index}"),
        variant: Variant::default(),
        value: 1.0,
    };
    let chunk = Chunk {
        run: RUN.to_owned(),
        target: "shop".to_owned(),
        lane,
        chunk: 0,
        items: (0..items).map(item).collect(),
    };
    serde_json::to_string(&chunk).unwrap()
}

/// Pages that are in a chunk's results, of whatever class.
pub(crate) fn counts(progress: &Value) -> u64 {
    let classes = progress["result"]["classes"].as_object().unwrap();
    classes.values().map(|count| count.as_u64().unwrap()).sum()
}

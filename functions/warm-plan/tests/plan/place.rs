//! The function and everything around it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use warm_plan::{Clients, Config, Deps, Outcome, handle};
use warm_store::WarmStore;
use warming::Chunk;

use crate::origin::{Answer, Origin};
use crate::support::{Aws, warm_vars};

pub(crate) struct Place {
    pub(crate) aws: Aws,
    pub(crate) deps: Arc<Deps>,
}

impl Place {
    pub(crate) async fn new(origin: &Origin, sources: &str) -> Self {
        let aws = Aws::start().await;
        let deps = Arc::new(deps(&aws, origin, sources));
        Self { aws, deps }
    }

    pub(crate) async fn minute(&self) -> Outcome {
        self.invoke(minute_event(), 120_000).await
    }

    pub(crate) async fn invoke(&self, event: Value, time_ms: u64) -> Outcome {
        let mut context = Context::default();
        context.deadline = time_ms;
        let event = LambdaEvent::new(event, context);
        handle(event, Arc::clone(&self.deps)).await.unwrap()
    }

    /// Chunks that were sent, by their numbers. Those that were sent again must be the same.
    pub(crate) fn take_chunks(&self, known: &mut BTreeMap<u32, Chunk>) -> usize {
        let messages = self.aws.take_messages();
        for message in &messages {
            let chunk: Chunk = serde_json::from_str(&message.body).unwrap();
            let before = known.insert(chunk.chunk, chunk.clone());
            assert!(before.is_none_or(|before| before == chunk));
        }
        messages.len()
    }

    pub(crate) fn object(&self, key: &str) -> Option<String> {
        let stored = self.aws.stored.lock().unwrap();
        let object = stored.objects.get(&format!("/results/{key}"))?;
        Some(String::from_utf8(object.clone()).unwrap())
    }

    pub(crate) fn put_object(&self, key: &str, text: String) {
        let mut stored = self.aws.stored.lock().unwrap();
        stored
            .objects
            .insert(format!("/results/{key}"), text.into_bytes());
    }

    pub(crate) fn store(&self) -> WarmStore {
        WarmStore::new(self.aws.tables(), "warm".to_owned())
    }
}

pub(crate) fn deps(aws: &Aws, origin: &Origin, sources: &str) -> Deps {
    let url = origin.url();
    let mut vars = warm_vars(&url);
    vars.insert("LOG_RESULTS_BUCKET", "results");
    let sdk = aws.sdk_config();
    let objects = aws_sdk_s3::config::Builder::from(&sdk)
        .force_path_style(true)
        .build();
    let clients = Clients {
        tables: aws.tables(),
        queues: aws.queues(),
        objects: aws_sdk_s3::Client::from_conf(objects),
        distributions: aws_sdk_cloudfront::Client::new(&sdk),
    };
    let toml = format!(
        "[budget.run]\nrequests = 1_000_000\nbytes = 1_000_000_000\norigin_seconds = 600\ndeadline = \"50m\"\n\
         [budget.day]\nrequests = 1_000_000\nbytes = 1_000_000_000\norigin_seconds = 600\n\
         [[target]]\nid = \"shop\"\nsite = \"halden\"\nbase = \"env:SITE_URL\"\nexclude = [\"/cart*\"]\n{sources}"
    );
    let site = warming::SiteWarming::parse(&toml).unwrap();
    Deps::new(Config::from_vars(&vars).unwrap(), site, clients, "a key").unwrap()
}

pub(crate) const HOT: &str = "[[target.source]]\nhot = 100\nevery = \"15m\"\nlane = \"p1\"\n";
pub(crate) const SITEMAP: &str =
    "[[target.source]]\nsitemap = \"/sitemap.xml\"\nevery = \"6h\"\nlane = \"p2\"\n";

/// A site of documents; all others are not there.
pub(crate) async fn site(documents: Vec<(&'static str, Vec<u8>)>) -> Origin {
    Origin::start(move |path, _| {
        let found = documents.iter().find(|(name, _)| *name == path);
        Answer {
            status: if found.is_some() { 200 } else { 404 },
            headers: String::new(),
            body: found.map(|(_, body)| body.clone()).unwrap_or_default(),
            after: Duration::ZERO,
            breaks_at: None,
        }
    })
    .await
}

pub(crate) fn sitemap(port: u16, pages: std::ops::Range<u32>) -> String {
    let pages: String = pages
        .map(|page| format!("<url><loc>http://127.0.0.1:{port}/products/{page}</loc></url>"))
        .collect();
    format!("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{pages}</urlset>")
}

pub(crate) fn minute_event() -> Value {
    json!({"source": "aws.scheduler", "detail-type": "Scheduled Event"})
}

pub(crate) fn invalidation(paths: &[&str]) -> Value {
    json!({
        "id": "6a7e8feb-b491", "source": "sidetier.cache", "detail-type": "warm.requested",
        "detail": {"reason": "invalidation", "paths": paths, "event_ms": 1_795_839_000_000_i64},
    })
}

pub(crate) fn paths(chunks: &BTreeMap<u32, Chunk>) -> BTreeSet<&str> {
    let items = chunks.values().flat_map(|chunk| &chunk.items);
    items.map(|item| item.path.as_str()).collect()
}

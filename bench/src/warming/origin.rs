//! The web servers: a fixed number of workers, each of which is held for as long as a page
//! takes. It sleeps meanwhile, as one does that waits for a database: the capacity is then the
//! workers' and not that of the processors, which clients and proxy need too.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;
use tokio::sync::Semaphore;

use super::random::Random;
use super::sitemaps::PageSet;
use crate::loopback::Loopback;

/// The spread of how long pages take, as in the simulation of the limiter.
const SIGMA: f64 = 0.6;
/// What shared caches keep for a day: the proxy tier keeps other pages for two seconds only.
const KEPT: &str = "public, max-age=86400, immutable";
const NOT_KEPT: &str = "private, no-store";
/// Bytes of a page.
const PAGE_BYTES: usize = 8 << 10;

/// Running web servers. They end on drop.
pub(super) struct Origin {
    server: Loopback,
    state: Arc<Site>,
}

struct Site {
    workers: Semaphore,
    service_ms: f64,
    url: OnceLock<String>,
    sets: Mutex<BTreeMap<String, Served>>,
    storm: Mutex<Storm>,
    page: String,
}

/// A set of pages, and how often each was asked for.
struct Served {
    set: PageSet,
    asked: Vec<u32>,
}

/// Whether everything is refused, and when pages were.
#[derive(Default)]
struct Storm {
    retry_after_seconds: Option<u32>,
    refused: Vec<Instant>,
}

/// What was asked of a set of pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Asked {
    pub(super) requests: u64,
    /// Different pages.
    pub(super) pages: u64,
}

impl Origin {
    /// Starts `workers` workers, which take `service_ms` for a page in the mean.
    pub(super) fn start(workers: u32, service_ms: f64) -> Result<Self> {
        let state = Arc::new(Site {
            workers: Semaphore::new(workers as usize),
            service_ms,
            url: OnceLock::new(),
            sets: Mutex::default(),
            storm: Mutex::default(),
            page: page(),
        });
        let app = Router::new()
            .route("/visits/{seed}/{number}", get(visit))
            .route("/pages/{set}/{number}", get(cached_page))
            .route("/sitemaps/{name}", get(sitemap))
            .route("/sitemaps/{set}/{part}", get(sitemap_part))
            .route("/healthz", get(|| async { "ok\n" }))
            .with_state(Arc::clone(&state));
        let server = Loopback::serve(app)?;
        Ok(Self { server, state })
    }

    /// `host:port`.
    pub(super) fn address(&self) -> String {
        self.server.address.to_string()
    }

    /// Says under which address visitors know the site.
    pub(super) fn set_site(&self, url: &str) {
        self.state.url.get_or_init(|| url.to_owned());
    }

    /// Serves a set of pages and its sitemap.
    pub(super) fn publish(&self, set: &PageSet) {
        let served = Served {
            set: set.clone(),
            asked: vec![0; set.pages as usize],
        };
        lock(&self.state.sets).insert(set.name.clone(), served);
    }

    /// How often pages of a set were asked for here.
    pub(super) fn asked(&self, set: &PageSet) -> Asked {
        let sets = lock(&self.state.sets);
        let Some(served) = sets.get(&set.name) else {
            return Asked::default();
        };
        Asked {
            requests: served.asked.iter().map(|times| u64::from(*times)).sum(),
            pages: served.asked.iter().filter(|times| **times > 0).count() as u64,
        }
    }

    /// Answers everything with 503 and this `Retry-After` from now on, or nothing any more.
    pub(super) fn refuse(&self, retry_after_seconds: Option<u32>) {
        lock(&self.state.storm).retry_after_seconds = retry_after_seconds;
    }

    /// When pages were refused since this was asked last.
    pub(super) fn take_refused(&self) -> Vec<Instant> {
        std::mem::take(&mut lock(&self.state.storm).refused)
    }
}

impl Site {
    /// Holds a worker for as long as this page takes.
    async fn work(&self, page: u64) {
        let ms = Random::new(page).lognormal(self.service_ms, SIGMA);
        // It is never closed.
        let _worker = self.workers.acquire().await;
        tokio::time::sleep(Duration::from_secs_f64(ms / 1_000.0)).await;
    }

    fn refusal(&self, is_page: bool) -> Option<Response> {
        let mut storm = lock(&self.storm);
        let seconds = storm.retry_after_seconds?;
        if is_page {
            storm.refused.push(Instant::now());
        }
        let headers = [(header::RETRY_AFTER, seconds.to_string())];
        Some((StatusCode::SERVICE_UNAVAILABLE, headers).into_response())
    }

    fn html(&self, cache_control: &'static str) -> Response {
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, cache_control),
        ];
        (headers, self.page.clone()).into_response()
    }

    fn url(&self) -> &str {
        self.url.get().map_or("", String::as_str)
    }
}

/// A page of one visitor's own: no cache has it.
async fn visit(State(site): State<Arc<Site>>, Path((seed, number)): Path<(u64, u64)>) -> Response {
    if let Some(refusal) = site.refusal(false) {
        return refusal;
    }
    site.work((seed << 32) ^ number).await;
    site.html(NOT_KEPT)
}

/// A page that caches keep.
async fn cached_page(
    State(site): State<Arc<Site>>,
    Path((set, number)): Path<(String, u32)>,
) -> Response {
    if let Some(refusal) = site.refusal(true) {
        return refusal;
    }
    {
        let mut sets = lock(&site.sets);
        let served = sets.get_mut(&set);
        let times = served.and_then(|served| served.asked.get_mut(number as usize));
        let Some(times) = times else {
            return StatusCode::NOT_FOUND.into_response();
        };
        *times += 1;
    }
    site.work(page_seed(&set, number)).await;
    site.html(KEPT)
}

/// Pages of another set take other times, so that rounds are not all of the same luck.
fn page_seed(set: &str, number: u32) -> u64 {
    let mut hasher = DefaultHasher::new();
    set.hash(&mut hasher);
    hasher.finish().wrapping_add(number.into())
}

async fn sitemap(State(site): State<Arc<Site>>, Path(name): Path<String>) -> Response {
    let sets = lock(&site.sets);
    let served = name.strip_suffix(".xml").and_then(|name| sets.get(name));
    match served {
        Some(served) => {
            let headers = [
                (header::CONTENT_TYPE, "application/xml"),
                (header::CACHE_CONTROL, NOT_KEPT),
            ];
            (headers, served.set.sitemap(site.url())).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn sitemap_part(
    State(site): State<Arc<Site>>,
    Path((set, part)): Path<(String, String)>,
) -> Response {
    let set = lock(&site.sets).get(&set).map(|served| served.set.clone());
    let number = part
        .strip_suffix(".xml.gz")
        .and_then(|part| part.parse().ok());
    let (Some(set), Some(number)) = (set, number) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "application/gzip"),
        (header::CACHE_CONTROL, NOT_KEPT),
    ];
    match set.part(site.url(), number) {
        Ok(bytes) => (headers, bytes).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Text that compresses as pages do.
fn page() -> String {
    let mut page = String::from("<!doctype html>\n<title>A page</title>\n");
    let mut number = 0_u64;
    while page.len() < PAGE_BYTES {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        page.push_str(&format!("<p>Paragraph {number:x} of the page.</p>\n"));
    }
    page
}

/// Whoever panicked left nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks for a page as a visitor does, for the first time: nginx and web servers work.
pub(super) fn try_visit(site: &str) -> Result<()> {
    ureq::get(format!("{site}/visits/0/0"))
        .call()
        .context("ask the site for a page")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_counted_and_wait_for_a_worker() {
        let origin = Origin::start(1, 1.0).unwrap();
        let site = format!("http://{}", origin.address());
        origin.set_site(&site);
        let set = PageSet::new("a", 3);
        origin.publish(&set);
        for number in [0, 2, 2] {
            ureq::get(format!("{site}/pages/a/{number}"))
                .call()
                .unwrap();
        }
        assert_eq!(
            origin.asked(&set),
            Asked {
                requests: 3,
                pages: 2
            }
        );
        assert!(ureq::get(format!("{site}/pages/a/3")).call().is_err());
        try_visit(&site).unwrap();
    }

    #[test]
    fn in_a_storm_everything_is_refused_and_refused_pages_are_counted() {
        let origin = Origin::start(1, 1.0).unwrap();
        let site = format!("http://{}", origin.address());
        let set = PageSet::new("a", 3);
        origin.publish(&set);
        origin.refuse(Some(5));
        assert!(try_visit(&site).is_err());
        assert!(ureq::get(format!("{site}/pages/a/1")).call().is_err());
        assert_eq!(origin.take_refused().len(), 1);
        origin.refuse(None);
        assert!(ureq::get(format!("{site}/pages/a/1")).call().is_ok());
        assert_eq!(origin.take_refused().len(), 0);
        assert_eq!(origin.asked(&set).pages, 1);
    }
}

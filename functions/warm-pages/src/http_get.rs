//! A GET whose answer is read to its end, of one host.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};
use lambda_kit::now_ms;
use reqwest::{Client, Response};
use tokio::time::{Instant, timeout_at};
use url::Url;
use warming::{Failure, SIGNATURE_HEADER, Variant, signature_header};

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Longest wait for the end of an answer. It must fit into what is kept back from Lambda's
/// deadline.
const WHOLE: Duration = Duration::from_secs(20);
/// Largest answer, in bytes.
const MAX_BYTES: u64 = 32 << 20;
/// Idle connections that are kept: as many as are ever in flight.
const IDLE: usize = 16;
/// For so long: what was kept while the function slept is closed by the other side.
const IDLE_TIME: Duration = Duration::from_secs(10);

/// Bounds of one GET.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GetLimits {
    /// Until the end of the answer.
    pub(crate) time: Duration,
    /// Bytes of the answer.
    pub(crate) bytes: u64,
}

impl Default for GetLimits {
    fn default() -> Self {
        Self {
            time: WHOLE,
            bytes: MAX_BYTES,
        }
    }
}

/// Asks one target for pages.
#[derive(Debug, Clone)]
pub(crate) struct Getter {
    pub(crate) client: Client,
    pub(crate) base: Url,
    pub(crate) product: String,
    pub(crate) key: Vec<u8>,
    pub(crate) limits: GetLimits,
}

/// What came of a GET.
#[derive(Debug)]
pub(crate) struct Got {
    /// Status and headers; what failed where there are none, or the body did not end.
    pub(crate) answer: Result<(u16, HeaderMap), Failure>,
    /// When it was sent.
    pub(crate) started_ms: i64,
    /// How long its first byte took; what was waited for where none came.
    pub(crate) first_byte_ms: u32,
    /// Bytes of its body that were read.
    pub(crate) bytes: u64,
}

/// A client that follows no redirect, asks no proxy, and hands bodies over as they come.
pub(crate) fn client() -> Result<Client, reqwest::Error> {
    Client::builder()
        .connect_timeout(CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
        .referer(false)
        .pool_max_idle_per_host(IDLE)
        .pool_idle_timeout(IDLE_TIME)
        .build()
}

impl Getter {
    /// Asks for a page and reads the answer to its end.
    pub(crate) async fn get(&self, page: Url, variant: &Variant) -> Got {
        let started_ms = now_ms();
        let started = Instant::now();
        let mut got = Got {
            answer: Err(Failure::Connect),
            started_ms,
            first_byte_ms: 0,
            bytes: 0,
        };
        let until = started + self.limits.time;
        let request = self.request(page, variant, started_ms);
        let sent = timeout_at(until, self.client.execute(request)).await;
        got.first_byte_ms = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
        let response = match sent {
            Err(_late) => Err(Failure::Timeout),
            Ok(Err(error)) => Err(failure(&error)),
            Ok(Ok(response)) => Ok(response),
        };
        got.answer = match response {
            Err(failure) => Err(failure),
            Ok(response) => {
                let read = timeout_at(until, self.read(response, &mut got.bytes)).await;
                read.unwrap_or(Err(Failure::Timeout))
            }
        };
        got
    }

    async fn read(
        &self,
        mut response: Response,
        bytes: &mut u64,
    ) -> Result<(u16, HeaderMap), Failure> {
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        while let Some(piece) = response.chunk().await.map_err(|error| failure(&error))? {
            *bytes += piece.len() as u64;
            if *bytes > self.limits.bytes {
                return Err(Failure::TooLarge);
            }
        }
        Ok((status, headers))
    }

    fn request(&self, page: Url, variant: &Variant, now_ms: i64) -> reqwest::Request {
        let mut headers = HeaderMap::new();
        let mut set = |name: header::HeaderName, value: &str| {
            // A value that HTTP does not allow is not sent.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        for (name, value) in variant.headers() {
            set(header::HeaderName::from_static(name), &value);
        }
        set(header::USER_AGENT, &variant.user_agent(&self.product));
        // CloudFront then says which of its layers answered, whatever share of other answers
        // its policy says so of.
        // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#server-timing-header
        set(header::PRAGMA, "server-timing");
        let target = &page[url::Position::BeforePath..url::Position::AfterQuery];
        let signature = signature_header(&self.key, target, now_ms);
        set(
            header::HeaderName::from_static(SIGNATURE_HEADER),
            &signature,
        );
        let mut request = reqwest::Request::new(reqwest::Method::GET, page);
        *request.headers_mut() = headers;
        request
    }

    /// The address of a page, on the target's host whatever its path holds; `None` for what is
    /// no path.
    pub(crate) fn page(&self, path: &str) -> Option<Url> {
        let origin = &self.base[..url::Position::BeforePath];
        let is_path = path.starts_with('/');
        let url = Url::parse(&format!("{origin}{path}"));
        let mut page = url.ok().filter(|_| is_path)?;
        page.set_fragment(None);
        (page.origin() == self.base.origin()).then_some(page)
    }
}

fn failure(error: &reqwest::Error) -> Failure {
    if error.is_timeout() {
        Failure::Timeout
    } else if error.is_connect() {
        Failure::Connect
    } else {
        Failure::CutShort
    }
}

//! One request and its answer, on a connection of its own.

use bytes::Bytes;
use health_checks::{HttpAnswer, HttpMethod, MAX_BODY_BYTES, Timings};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use url::{Position, Url};

use crate::probe::certificate::Facts;
use crate::probe::connect::{HostPort, bare, connect};
use crate::probe::phases::{Phase, Phases};
use crate::probe::tls::encrypt;
use crate::probe::{ProbeError, Trust};

/// Longest head of an answer, in bytes.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// What came back.
pub(crate) struct Exchange {
    /// Its status.
    pub(crate) status: StatusCode,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    body: Vec<u8>,
    is_cut: bool,
    facts: Option<Facts>,
}

impl Exchange {
    /// The answer of a check.
    pub(crate) fn answer(self, timings: Timings, secrets: Vec<String>) -> HttpAnswer {
        let headers = self.headers.iter();
        let text = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            (name.as_str().to_owned(), value.as_bytes().to_vec())
        };
        HttpAnswer {
            status: self.status.as_u16(),
            headers: headers.map(text).collect(),
            body: self.body,
            is_cut: self.is_cut,
            timings,
            certificate_left_s: self.facts.as_ref().map(|facts| facts.left_s),
            is_tls: self.facts.is_some(),
            secrets,
        }
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Sends a request, and reads the answer as far as it is looked at. Nothing is sent to a server
/// whose certificate is not valid.
pub(crate) async fn exchange(
    url: &Url,
    method: HttpMethod,
    headers: HeaderMap,
    trust: &Trust,
    phases: &Phases,
) -> Result<Exchange, ProbeError> {
    let (stream, facts) = open(url, trust, phases).await?;
    phases.begin(Phase::FirstByte);
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MAX_HEAD_BYTES)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(ProbeError::Http)?;
    // It moves the bytes, and ends with this function.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let mut request = Request::new(Empty::<Bytes>::new());
    *request.method_mut() = match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Head => Method::HEAD,
    };
    let target = &url[Position::BeforePath..Position::AfterQuery];
    *request.uri_mut() = target
        .parse()
        .map_err(|_| ProbeError::Address("a path that can be asked for is needed"))?;
    *request.headers_mut() = headers;
    let answer = sender
        .send_request(request)
        .await
        .map_err(ProbeError::Http)?;
    phases.begin(Phase::Body);
    let (head, body) = answer.into_parts();
    let (body, is_cut) = read(body).await?;
    phases.finish();
    Ok(Exchange {
        status: head.status,
        headers: head.headers,
        body,
        is_cut,
        facts,
    })
}

async fn open(
    url: &Url,
    trust: &Trust,
    phases: &Phases,
) -> Result<(Box<dyn Stream>, Option<Facts>), ProbeError> {
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return Err(ProbeError::Address("a host is needed"));
    };
    let place = HostPort {
        host: bare(host).to_owned(),
        port,
    };
    let stream = connect(&place, phases).await?;
    if url.scheme() != "https" {
        return Ok((Box::new(stream), None));
    }
    phases.begin(Phase::Tls);
    let encrypted = encrypt(stream, &place.host, trust, &[&TLS13, &TLS12]).await?;
    match encrypted.fault {
        Some(fault) => Err(ProbeError::Certificate(fault)),
        None => Ok((Box::new(encrypted.stream), Some(encrypted.facts))),
    }
}

/// The beginning of a body, and whether there was more.
async fn read(mut body: Incoming) -> Result<(Vec<u8>, bool), ProbeError> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(ProbeError::Http)?.into_data() else {
            continue;
        };
        let room = MAX_BODY_BYTES - bytes.len();
        bytes.extend_from_slice(data.get(..room).unwrap_or(&data));
        if data.len() > room {
            return Ok((bytes, true));
        }
    }
    Ok((bytes, false))
}

use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH, LOCATION, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Response, StatusCode};
use image_request::Options;
use lambda_http::Body;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::ServeError;
use crate::serve_image::Served;

/// What a Lambda answer may carry: 6 MB of JSON, in which the picture is base64
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>); headers take the rest.
const MAX_BODY_BYTES: usize = 4_500_000;
/// Behind an ALB it is 1 MB
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html>).
const MAX_ALB_BODY_BYTES: usize = 720_000;

/// A day, and a week more while a new one is fetched: an on-demand URL names the
/// photo, whose content may change.
const CACHE_DAY: &str = "public, max-age=86400, stale-while-revalidate=604800";
/// A URL with a version names one state of the photo.
const CACHE_FOREVER: &str = "public, max-age=31536000, immutable";
/// A fallback gives way to the photo soon.
const CACHE_FALLBACK: &str = "public, max-age=60";

/// Says which fault a fallback picture stands for.
const IMAGE_ERROR: HeaderName = HeaderName::from_static("x-image-error");

/// Characters that stay as they are in a path segment, options included
/// (<https://www.rfc-editor.org/rfc/rfc3986#section-3.3>).
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b'=')
    .remove(b',')
    .remove(b':');

/// How long an answer to these options may be kept, at `now` (Unix seconds).
pub(crate) fn cache_control(options: &Options, now: u64) -> String {
    match options.expires_at() {
        Some(expires_at) => format!(
            "public, max-age={}",
            expires_at.saturating_sub(now).min(86_400)
        ),
        None if options.is_versioned() => CACHE_FOREVER.to_owned(),
        None => CACHE_DAY.to_owned(),
    }
}

/// The largest body that reaches the client.
pub(crate) const fn max_body_bytes(behind_alb: bool) -> usize {
    if behind_alb {
        MAX_ALB_BODY_BYTES
    } else {
        MAX_BODY_BYTES
    }
}

/// The answer with a picture: whole, `304` where the client has it, or a redirect
/// to the stored object where it is too large for a Lambda answer.
pub(crate) fn picture(
    served: Served,
    request_headers: &HeaderMap,
    options: &Options,
    cache_control: &str,
    max_body_bytes: usize,
) -> Result<Response<Body>, http::Error> {
    let mut builder = Response::builder()
        .header(CACHE_CONTROL, cache_control)
        .header(X_CONTENT_TYPE_OPTIONS, "nosniff");
    if options.is_negotiated() {
        builder = builder.header(VARY, "Accept");
    }
    if let Some(etag) = &served.etag {
        let etag = format!("\"{etag}\"");
        builder = builder.header(ETAG, &etag);
        if has_it(request_headers, &etag) {
            return builder.status(StatusCode::NOT_MODIFIED).body(Body::Empty);
        }
    }
    if served.bytes.len() > max_body_bytes
        && let Some(stored_key) = &served.stored_key
    {
        let location = format!("/{}", utf8_percent_encode(stored_key, PATH));
        return builder
            .status(StatusCode::FOUND)
            .header(LOCATION, location)
            .body(Body::Empty);
    }
    builder
        .header(CONTENT_TYPE, served.media_type)
        .body(Body::Binary(served.bytes.to_vec()))
}

/// The answer with the fallback picture: shown like any other, kept for a minute.
pub(crate) fn fallback(served: Served, error: &ServeError) -> Result<Response<Body>, http::Error> {
    let code = HeaderValue::from_static(lambda_kit::Classified::code(error));
    Response::builder()
        .header(CACHE_CONTROL, CACHE_FALLBACK)
        .header(X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(VARY, "Accept")
        .header(IMAGE_ERROR, code)
        .header(CONTENT_TYPE, served.media_type)
        .body(Body::Binary(served.bytes.to_vec()))
}

fn has_it(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| {
            value
                .split(',')
                .map(str::trim)
                .any(|held| held == "*" || held.trim_start_matches("W/") == etag)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn served(bytes: usize) -> Served {
        Served {
            bytes: Bytes::from(vec![7; bytes]),
            media_type: "image/webp".to_owned(),
            etag: Some("abc".to_owned()),
            stored_key: Some("derived/img/w=10,f=auto-webp/a b+é.jpg".to_owned()),
            was_stored: false,
        }
    }

    fn answer(served: Served, if_none_match: &str) -> Response<Body> {
        let mut headers = HeaderMap::new();
        headers.insert(IF_NONE_MATCH, if_none_match.parse().unwrap());
        picture(
            served,
            &headers,
            &Options::default(),
            CACHE_DAY,
            MAX_BODY_BYTES,
        )
        .unwrap()
    }

    #[test]
    fn sends_the_picture() {
        let response = answer(served(10), "\"other\"");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()[ETAG], "\"abc\"");
        assert_eq!(response.headers()[VARY], "Accept");
        assert_eq!(response.body().len(), 10);
    }

    #[test]
    fn sends_nothing_the_client_has() {
        for held in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"] {
            assert_eq!(answer(served(10), held).status(), 304, "{held}");
        }
    }

    #[test]
    fn redirects_to_what_is_too_large() {
        let response = answer(served(MAX_BODY_BYTES + 1), "\"other\"");
        assert_eq!(response.status(), 302);
        assert_eq!(
            response.headers()[LOCATION],
            "/derived/img/w=10,f=auto-webp/a%20b%2B%C3%A9.jpg"
        );
        assert!(response.body().is_empty());
    }

    #[test]
    fn keeps_as_long_as_the_url_allows() {
        let control = |segment: &str| cache_control(&Options::parse(segment).unwrap(), 1_000);
        assert_eq!(control("w=1"), CACHE_DAY);
        assert_eq!(control("w=1,v=2"), CACHE_FOREVER);
        assert_eq!(control("w=1,exp=1060"), "public, max-age=60");
    }
}

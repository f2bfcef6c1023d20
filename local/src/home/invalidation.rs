//! Carries out what CloudFront was told to forget. The emulator asks: it has the API, and the
//! edge in front of it has what is kept.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::Site;
use super::server::is_from_here;

/// Where the emulator sends them.
pub(crate) const INVALIDATIONS: &str = "/_local/cdn/invalidations";

/// What is to be forgotten.
#[derive(Deserialize)]
struct Invalidation {
    paths: Vec<String>,
}

/// Answers with how many kept answers were forgotten.
pub(super) async fn carry_out(
    State(site): State<Site>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<String, (StatusCode, String)> {
    if !is_from_here(&headers) {
        return Err((
            StatusCode::FORBIDDEN,
            "It came from another site.".to_owned(),
        ));
    }
    let invalidation: Invalidation = serde_json::from_slice(&body)
        .map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    let forget = move || site.edge.invalidate(&invalidation.paths);
    let failed = |text| (StatusCode::INTERNAL_SERVER_ERROR, text);
    match tokio::task::spawn_blocking(forget).await {
        Ok(Ok(count)) => Ok(count.to_string()),
        Ok(Err(error)) => Err(failed(format!("{error:#}"))),
        Err(error) => Err(failed(error.to_string())),
    }
}

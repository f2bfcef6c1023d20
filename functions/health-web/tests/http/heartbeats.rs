//! What jobs say.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use health_state::State;
use health_web::{Deps, PushKeys};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Response;
use lambda_http::Body;
use serde_json::json;
use sha2::Sha256;

use crate::service::Service;
use crate::{KEY, ask, deps, header, keys, snapshot, text};

fn token(check: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    URL_SAFE_NO_PAD.encode(mac.chain_update(check).finalize().into_bytes())
}

async fn beat(deps: &Arc<Deps>, check: &str, token: &str, success: &str) -> Response<Body> {
    let headers = json!({"authorization": [format!("Bearer {token}")]});
    let query = json!({"success": [success], "msg": ["done"]});
    ask(
        deps,
        "POST",
        &format!("/health/push/{check}"),
        &headers,
        &query,
    )
    .await
}

#[tokio::test]
async fn a_heartbeat_needs_the_token_of_its_check_and_reads_no_snapshot() {
    let service = Service::start(snapshot(State::Pass)).await;
    let deps = deps(&service, keys());
    let taken = beat(&deps, "backup", &token("backup"), "true").await;
    assert_eq!(
        (taken.status().as_u16(), text(&taken)),
        (200, r#"{"ok":true}"#.to_owned())
    );
    assert_eq!(header(&taken, "cache-control"), "no-store");
    for (check, token, success, status) in [
        ("backup", token("home"), "true", 401),
        ("backup", String::new(), "true", 401),
        // It learns nothing of which checks there are.
        ("nothing", token("backup"), "true", 401),
        ("backup", token("backup"), "maybe", 400),
        ("home", token("home"), "true", 404),
    ] {
        let response = beat(&deps, check, &token, success).await;
        assert_eq!(response.status(), status, "{check} {success}");
        assert_eq!(header(&response, "cache-control"), "no-store");
        if status == 401 {
            assert_eq!(
                header(&response, "www-authenticate"),
                "Bearer realm=\"heartbeats\""
            );
        }
    }
    assert_eq!(service.posts.load(Ordering::SeqCst), 1);
    assert_eq!(service.gets.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn heartbeats_that_cannot_be_kept_are_to_come_again() {
    let gone = Service::gone().await;
    let response = beat(&deps(&gone, keys()), "backup", &token("backup"), "true").await;
    assert_eq!(response.status(), 503);
    assert!(!header(&response, "retry-after").is_empty());
    let none = PushKeys::of_secret(aws_config::SdkConfig::builder().build(), None);
    let response = beat(&deps(&gone, none), "backup", &token("backup"), "true").await;
    assert_eq!(response.status(), 404);
}

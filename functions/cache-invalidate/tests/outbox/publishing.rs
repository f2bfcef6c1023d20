//! From an editor's form to every cache.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use site::{App, router};
use tower::ServiceExt;

use crate::harness::World;
use crate::site_support;

const PATH: &str = "/products/tide-vase";

async fn ask(app: &App, request: Request<Body>) -> (StatusCode, String, String) {
    let response = router(app.clone()).oneshot(request).await.unwrap();
    let cookie = response
        .headers()
        .get("set-cookie")
        .map_or("", |cookie| cookie.to_str().unwrap());
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let status = response.status();
    let body = to_bytes(response.into_body(), 1024 * 1024).await.unwrap();
    (status, cookie, String::from_utf8_lossy(&body).into_owned())
}

async fn page(app: &App) -> String {
    ask(app, Request::get(PATH).body(Body::empty()).unwrap())
        .await
        .2
}

fn post(path: &str, cookie: &str, body: String) -> Request<Body> {
    Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", cookie)
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test]
async fn a_change_while_redis_is_away_reaches_it_later() {
    let world = World::start("invalidate-publishing").await;
    assert!(page(&world.app).await.contains("A slim neck"));
    // Redis keeps its memory, as a node does that cannot be reached for a while.
    let cut_off = site_support::app(&world.services, "redis://127.0.0.1:9").await;
    let signed_in = post("/editor/sign-in", "", "password=correct+horse".to_owned());
    let (_, cookie, _) = ask(&cut_off, signed_in).await;
    let editor = format!("/editor{PATH}");
    let form = Request::get(&editor).header("cookie", &cookie);
    let (_, _, form) = ask(&cut_off, form.body(Body::empty()).unwrap()).await;
    let change = post(&editor, &cookie, site_support::glazed_anew(&form));
    let (status, _, _) = ask(&cut_off, change).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(
        page(&world.app).await.contains("thrown in two parts"),
        "still the old answer"
    );

    assert_eq!(world.run().await.unwrap().events, 3);
    assert!(page(&world.app).await.contains("Glazed anew"));
    let seen = world.aws.seen();
    assert_eq!(
        seen.invalidations[0].1,
        ["/", "/categories/vases", "/products", PATH]
    );
}

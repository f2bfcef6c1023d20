//! The site against a real PostgreSQL and a real Redis, and without them.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking; the lint's own exception covers test functions only"
)]

mod support;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use local::DataServices;
use site::{App, router};
use tower::ServiceExt;

/// An answer.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

async fn app(services: &DataServices) -> App {
    support::app(services, &services.redis_url()).await
}

async fn ask(app: &App, request: Request<Body>) -> Answer {
    let response = router(app.clone()).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1024 * 1024).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

async fn get(app: &App, path: &str) -> Answer {
    ask(app, Request::get(path).body(Body::empty()).unwrap()).await
}

async fn post(app: &App, path: &str, cookie: &str, body: &str) -> Answer {
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", cookie);
    ask(app, request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn a_change_is_noted_with_where_it_shows() {
    let services = DataServices::start("site-outbox").unwrap();
    let app = app(&services).await;
    let signed_in = post(&app, "/editor/sign-in", "", "password=correct+horse").await;
    assert_eq!(signed_in.status, StatusCode::SEE_OTHER);
    let cookie = signed_in.headers["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let form = Request::get("/editor/products/tide-vase").header("cookie", &cookie);
    let form = ask(&app, form.body(Body::empty()).unwrap()).await.body;
    let change = support::glazed_anew(&form);
    assert!(
        get(&app, "/products/tide-vase")
            .await
            .body
            .contains("A slim neck")
    );
    let saved = post(&app, "/editor/products/tide-vase", &cookie, &change).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    // The editor's next page is the new one.
    assert!(
        get(&app, "/products/tide-vase")
            .await
            .body
            .contains("Glazed anew")
    );
    let noted = "SELECT tag, paths, invalidated_at IS NULL FROM cache_events ORDER BY id";
    assert_eq!(
        services.sql(noted).unwrap(),
        [
            "product-tide-vase|{/products/tide-vase,/categories/vases,/products,/}|t",
            "catalogue|{}|t",
            "home|{}|t",
        ]
    );
    // Who lost the race notes nothing.
    let slower = post(&app, "/editor/products/tide-vase", &cookie, &change).await;
    assert_eq!(slower.status, StatusCode::CONFLICT);
    assert_eq!(services.sql(noted).unwrap().len(), 3);
}

#[tokio::test]
async fn without_postgresql_known_pages_are_served_and_others_say_when_to_come_back() {
    let services = DataServices::start("site-without-postgresql").unwrap();
    let app = app(&services).await;
    assert_eq!(get(&app, "/blog").await.status, StatusCode::OK);
    services.stop_postgres();
    let known = get(&app, "/blog").await;
    assert_eq!(known.status, StatusCode::OK);
    let timing = known.headers["server-timing"].to_str().unwrap();
    assert!(timing.contains("cache;desc=hit"), "{timing}");
    let unknown = get(&app, "/pages/about").await;
    assert_eq!(unknown.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(unknown.headers["retry-after"], "60");
    assert!(!unknown.body.contains("postgres"), "{}", unknown.body);
    services.start_postgres().unwrap();
    assert_eq!(get(&app, "/pages/about").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_search_is_words_and_nothing_else() {
    let services = DataServices::start("site-search").unwrap();
    let app = app(&services).await;
    let found = get(&app, "/search?q=VASE").await;
    assert!(found.body.contains("Tide vase") && found.body.contains("Bud vase"));
    let again = get(&app, "/search?q=vase").await;
    let timing = again.headers["server-timing"].to_str().unwrap();
    assert!(timing.contains("cache;desc=hit"), "{timing}");
    for (query, words) in [
        ("%25", "“%”"),
        ("%27+OR+1%3D1--", "OR 1=1--"),
        ("%3Cscript%3E", "&lt;script&gt;"),
    ] {
        let answer = get(&app, &format!("/search?q={query}")).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains(words), "{query}: {}", answer.body);
        assert!(answer.body.contains("Nothing of that name"), "{query}");
    }
}

#[tokio::test]
async fn methods_and_ids_are_kept_apart() {
    let services = DataServices::start("site-methods").unwrap();
    let app = app(&services).await;
    let deleted = Request::delete("/products").body(Body::empty()).unwrap();
    let refused = ask(&app, deleted).await;
    assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(refused.headers["allow"].to_str().unwrap().contains("GET"));
    let request = Request::get("/healthz").header("x-request-id", "kZ0_example-1==");
    let healthy = ask(&app, request.body(Body::empty()).unwrap()).await;
    assert_eq!(healthy.headers["x-request-id"], "kZ0_example-1==");
}

#[tokio::test]
async fn addresses_that_are_none_leave_nothing_in_the_cache() {
    let services = DataServices::start("site-addresses").unwrap();
    let app = app(&services).await;
    let long = "a".repeat(2_000);
    for path in [
        "/blog/Not%20a%20name",
        "/products/..%2f..%2fetc",
        &format!("/pages/{long}"),
    ] {
        assert_eq!(
            get(&app, path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    // Neither was the database asked: it has no tables yet.
    let tables = services.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
    assert_eq!(tables.unwrap(), Vec::<String>::new());
}

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::get;
use http::StatusCode;

use crate::observe::observe;
use crate::{App, SiteError, assets, catalogue, content, editor, feeds};

/// The site. Addresses end without a slash; another spelling is another page, that is, none.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/", get(content::home))
        .route("/products", get(catalogue::shop))
        .route("/products/{slug}", get(catalogue::product))
        .route("/categories/{slug}", get(catalogue::category))
        .route("/search", get(catalogue::search))
        .route("/blog", get(content::blog))
        .route("/blog/{slug}", get(content::article))
        .route("/pages/{slug}", get(content::standing_page))
        .route("/sitemap.xml", get(feeds::sitemap))
        .route("/feed.xml", get(feeds::feed))
        .route("/robots.txt", get(feeds::robots))
        .route("/assets/{name}", get(assets::get))
        .route("/healthz", get(|| async { "ok\n" }))
        .merge(editor::router())
        .fallback(|| async { SiteError::NotFound })
        .method_not_allowed_fallback(|| async { StatusCode::METHOD_NOT_ALLOWED })
        .layer(DefaultBodyLimit::max(editor::MAX_FORM_BYTES))
        .layer(from_fn(observe))
        .with_state(app)
}

//! What machines read: site map, feed, robots.txt.

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::answer::{Lifetime, Reads, document};
use crate::content::Article;
use crate::layout::NAME;
use crate::{App, SiteError};

/// An address and when what is there changed, in seconds of Unix time.
#[derive(Serialize, Deserialize)]
struct Place {
    path: String,
    changed_at: i64,
}

/// `GET /sitemap.xml`: <https://www.sitemaps.org/protocol.html>.
pub(crate) async fn sitemap(State(app): State<App>) -> Result<Response, SiteError> {
    let mut reads = Reads::default();
    let places: Vec<Place> = app.read(&mut reads, "sitemap", &[]).await?;
    let site = &app.config().site_url;
    let entries: String = places
        .iter()
        .map(|place| {
            let address = escape(&format!("{site}{}", place.path));
            let changed = time(place.changed_at);
            format!("<url><loc>{address}</loc><lastmod>{changed}</lastmod></url>\n")
        })
        .collect();
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{entries}</urlset>\n"
    );
    let mut response = document(
        "application/xml; charset=utf-8",
        text,
        Lifetime::Feed,
        reads.tags(),
    );
    response.extensions_mut().insert(reads);
    Ok(response)
}

/// `GET /feed.xml`: Atom, <https://www.rfc-editor.org/rfc/rfc4287>.
pub(crate) async fn feed(State(app): State<App>) -> Result<Response, SiteError> {
    let mut reads = Reads::default();
    let stories: Vec<Article> = app.read(&mut reads, "blog", &[]).await?;
    let site = &app.config().site_url;
    let newest = stories.first().map_or(0, |story| story.published_at);
    let entries: String = stories.iter().map(|story| entry(site, story)).collect();
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n\
         <title>{NAME}</title><id>{id}</id><link href=\"{id}\"/>\
         <link rel=\"self\" href=\"{id}feed.xml\"/><author><name>{NAME}</name></author>\
         <updated>{updated}</updated>\n{entries}</feed>\n",
        id = escape(&format!("{site}/")),
        updated = time(newest),
    );
    let content_type = "application/atom+xml; charset=utf-8";
    let mut response = document(content_type, text, Lifetime::Feed, reads.tags());
    response.extensions_mut().insert(reads);
    Ok(response)
}

fn entry(site: &str, story: &Article) -> String {
    let address = escape(&format!("{site}/blog/{}", story.slug));
    format!(
        "<entry><title>{}</title><id>{address}</id><link href=\"{address}\"/>\
         <updated>{}</updated><summary>{}</summary></entry>\n",
        escape(&story.title),
        time(story.published_at),
        escape(&story.summary),
    )
}

/// `GET /robots.txt`.
pub(crate) async fn robots(State(app): State<App>) -> Response {
    let text = format!(
        "User-agent: *\nDisallow: /editor\nDisallow: /search\nSitemap: {}/sitemap.xml\n",
        app.config().site_url
    );
    document("text/plain; charset=utf-8", text, Lifetime::Feed, &[])
}

fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds)
        .unwrap_or_default()
        .to_string()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_cannot_become_markup() {
        let story = Article {
            slug: "a".to_owned(),
            title: "Salt & <pepper>".to_owned(),
            ..Article::default()
        };
        let text = entry("https://shop.example", &story);
        assert!(text.contains("Salt &amp; &lt;pepper&gt;"), "{text}");
    }
}

//! The answers to people: page, feed, and badges, and all of it as JSON.

use http::Response;
use lambda_http::Body;
use status_page::{
    ATOM_TYPE, BADGE_TYPE, BadgeKind, Snapshot, atom_feed, badge, status_html, status_json,
};

use crate::WebError;
use crate::response::{answer, page};

/// As long as the copy in the bucket is kept.
const PAGE_KEPT: &str = "max-age=30";
const BADGE_KEPT: &str = "max-age=60";

pub(crate) fn html(snapshot: &Snapshot, now_ms: i64) -> Response<Body> {
    page(200, PAGE_KEPT, status_html(snapshot, now_ms))
}

pub(crate) fn json(snapshot: &Snapshot) -> Response<Body> {
    // What was read as JSON can be written as it.
    let json = status_json(snapshot).unwrap_or_default();
    answer(200, "application/json", PAGE_KEPT, json)
}

pub(crate) fn atom(snapshot: &Snapshot) -> Response<Body> {
    answer(200, ATOM_TYPE, PAGE_KEPT, atom_feed(snapshot))
}

/// A badge, by the name of a component and that of a file such as `health.svg`.
pub(crate) fn svg(
    snapshot: &Snapshot,
    component: &str,
    file: &str,
    now_ms: i64,
) -> Result<Response<Body>, WebError> {
    let kind = file.strip_suffix(".svg").and_then(|kind| kind.parse().ok());
    let svg = kind.and_then(|kind| badge(snapshot, component, kind, now_ms));
    let svg = svg.ok_or_else(|| unknown_badge(snapshot))?;
    Ok(answer(200, BADGE_TYPE, BADGE_KEPT, svg))
}

fn unknown_badge(snapshot: &Snapshot) -> WebError {
    let components = snapshot.components.iter();
    let components: Vec<&str> = components.map(|component| component.id.as_str()).collect();
    WebError::UnknownBadge {
        components: components.join(", "),
        kinds: BadgeKind::ALL.map(BadgeKind::name).join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use status_page::Component;

    fn snapshot() -> Snapshot {
        let component = |id: &str| Component {
            id: id.to_owned(),
            name: id.to_owned(),
            ..Component::default()
        };
        Snapshot {
            components: vec![component("home"), component("forms")],
            ..Snapshot::default()
        }
    }

    #[test]
    fn a_badge_is_of_a_component_and_a_kind() {
        let response = svg(&snapshot(), "home", "uptime-30d.svg", 0).unwrap();
        assert_eq!(response.headers()["content-type"], "image/svg+xml");
        assert_eq!(response.headers()["cache-control"], "max-age=60");
        assert!(response.body().starts_with(b"<svg"));
    }

    #[test]
    fn an_unknown_badge_says_which_there_are() {
        for (component, file) in [
            ("shop", "health.svg"),
            ("home", "health"),
            ("home", "up.svg"),
            ("", ".svg"),
        ] {
            let error = svg(&snapshot(), component, file, 0).unwrap_err();
            assert_eq!(error.status(), 404);
            let text = error.to_string();
            assert!(
                text.contains("home, forms") && text.contains("uptime-90d"),
                "{text}"
            );
        }
    }
}

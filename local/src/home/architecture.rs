//! The architecture as a picture: what answers what, each box linked to the real thing.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use maud::{Markup, html};

use super::Site;

/// How long a component may take to accept a connection.
const PATIENCE: Duration = Duration::from_millis(300);

/// One box.
struct Component {
    at: (u32, u32),
    name: &'static str,
    role: &'static str,
    link: &'static str,
    runs: bool,
}

const WIDTH: u32 = 176;
const HEIGHT: u32 = 64;

/// Arrows as SVG paths, and what flows along them in words.
const ARROWS: [(&str, &str); 8] = [
    ("M126 74 V112", "the browser asks nginx"),
    (
        "M214 144 H262",
        "nginx asks CloudFront for what it has not cached",
    ),
    ("M438 130 H486", "CloudFront asks the bucket first"),
    (
        "M350 176 V230",
        "CloudFront asks image-serve for what the bucket does not have",
    ),
    (
        "M438 248 C462 248 470 196 500 176",
        "image-serve stores what it made in the bucket",
    ),
    (
        "M662 144 H710",
        "the bucket tells EventBridge and SQS of uploads",
    ),
    ("M798 176 V230", "the queue hands uploads to image-derive"),
    (
        "M710 262 C640 262 640 210 620 176",
        "image-derive stores the set in the bucket",
    ),
];

/// The picture, with the state of each component.
pub(crate) fn picture(site: &Site) -> Markup {
    let parts = components(site);
    html! {
        figure.architecture {
            svg viewBox="0 0 924 396" role="group" aria-labelledby="picture-title"
                aria-describedby="picture-text" {
                title #picture-title { "The parts of the site and how a request travels" }
                desc #picture-text {
                    @for (_, words) in ARROWS { (words) "; " }
                    "PostgreSQL and Redis wait for the web tier."
                }
                defs {
                    marker #arrow viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8"
                        markerHeight="8" orient="auto" { path d="M0 0 L8 4 L0 8 Z" {} }
                }
                @for (path, _) in ARROWS { path.arrow d=(path) marker-end="url(#arrow)" {} }
                @for part in &parts { (draw(part)) }
            }
            figcaption { ul.legend {
                @for part in &parts {
                    li.down[!part.runs] {
                        a href=(part.link) { (part.name) }
                        @if part.runs { " runs" } @else { " does not answer" }
                    }
                }
            } }
        }
    }
}

fn draw(part: &Component) -> Markup {
    let (x, y) = part.at;
    html! {
        a href=(part.link) aria-label=(format!("{}: {}", part.name, part.role)) {
            g.component.down[!part.runs] transform=(format!("translate({x} {y})")) {
                rect width=(WIDTH) height=(HEIGHT) rx="10" {}
                circle cx=(WIDTH - 12) cy="12" r="4.5" {}
                text.name x="14" y="28" { (part.name) }
                text.role x="14" y="48" { (part.role) }
            }
        }
    }
}

fn components(site: &Site) -> Vec<Component> {
    let ports = &site.ports;
    let emulator = listens(ports.emulator);
    let part = |at, name, role, link, runs| Component {
        at,
        name,
        role,
        link,
        runs,
    };
    vec![
        part((38, 10), "Your browser", "this page", "/", true),
        part(
            (38, 112),
            "nginx",
            "edge cache",
            "/_local/health",
            listens(ports.site),
        ),
        part(
            (262, 112),
            "CloudFront",
            "routes and fails over",
            "#photos",
            emulator,
        ),
        part(
            (486, 112),
            "S3 media bucket",
            "originals, derivatives",
            "/_local/objects",
            emulator,
        ),
        part(
            (710, 112),
            "EventBridge, SQS",
            "uploads to process",
            "/_local/objects?prefix=originals/",
            emulator,
        ),
        part(
            (262, 230),
            "image-serve",
            "any size, on demand",
            "/_local/logs/image-serve",
            emulator,
        ),
        part(
            (710, 230),
            "image-derive",
            "a set for each upload",
            "/_local/logs/image-derive",
            emulator,
        ),
        part(
            (38, 322),
            "PostgreSQL",
            "for the web tier",
            "#parts",
            listens(ports.postgres),
        ),
        part(
            (262, 322),
            "Redis",
            "for the web tier",
            "#parts",
            listens(ports.redis),
        ),
    ]
}

fn listens(port: u16) -> bool {
    TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), PATIENCE).is_ok()
}

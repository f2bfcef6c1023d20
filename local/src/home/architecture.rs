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

const WIDTH: u32 = 168;
const HEIGHT: u32 = 60;

/// Arrows as SVG paths, and what flows along them in words.
const ARROWS: [(&str, &str); 14] = [
    ("M178 40 H206", "the browser asks the nearest edge"),
    (
        "M378 40 H406",
        "the edge asks CloudFront for what it has not kept",
    ),
    (
        "M578 40 H606",
        "CloudFront asks the load balancer for pages and forms",
    ),
    (
        "M778 40 H806",
        "the load balancer asks a reverse proxy for pages",
    ),
    ("M890 70 V116", "the proxy filters and asks one web server"),
    (
        "M974 50 C1010 60 1024 90 1030 116",
        "or the other web server",
    ),
    ("M890 176 V226", "web servers keep answers in Redis"),
    ("M1040 176 V226", "web servers read PostgreSQL"),
    ("M470 70 V116", "CloudFront asks the bucket for images"),
    (
        "M406 146 H378",
        "what the bucket does not have, image-serve makes",
    ),
    (
        "M690 70 V116",
        "the load balancer hands forms to forms-intake",
    ),
    ("M690 176 V226", "forms-intake stores submissions"),
    ("M490 176 V226", "the bucket tells of uploads"),
    ("M406 256 H378", "the queue hands uploads to image-derive"),
];

/// The picture, with the state of each component.
pub(crate) fn picture(site: &Site) -> Markup {
    let parts = components(site);
    html! {
        figure.architecture {
            svg viewBox="0 0 1164 296" role="group" aria-labelledby="picture-title"
                aria-describedby="picture-text" {
                title #picture-title { "The parts of the site and how a request travels" }
                desc #picture-text {
                    @for (_, words) in ARROWS { (words) "; " }
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

/// Every box: where it is, its name, what it does, what it leads to.
const PARTS: [((u32, u32), &str, &str, &str); 15] = [
    ((10, 10), "Your browser", "sees the shop", "/"),
    (
        (206, 10),
        "Edge cache",
        "nginx, as CloudFront",
        "/_local/logs/edge",
    ),
    ((406, 10), "CloudFront", "routes, fails over", "#photos"),
    ((606, 10), "Load balancer", "rules and targets", "#parts"),
    (
        (806, 10),
        "Reverse proxy",
        "nginx, ModSecurity",
        "/_local/logs/proxy",
    ),
    ((806, 116), "Web server 1", "the shop", "/_local/logs/web-1"),
    ((986, 116), "Web server 2", "the shop", "/_local/logs/web-2"),
    (
        (806, 226),
        "Redis",
        "answers, by tags",
        "/_local/logs/redis",
    ),
    (
        (986, 226),
        "PostgreSQL",
        "catalogue, pages",
        "/_local/database",
    ),
    (
        (606, 116),
        "forms-intake",
        "accepts forms",
        "/_local/logs/forms-intake",
    ),
    ((606, 226), "DynamoDB", "submissions", "/_local/database"),
    (
        (406, 116),
        "S3 media bucket",
        "originals, derivatives",
        "/_local/objects",
    ),
    (
        (206, 116),
        "image-serve",
        "any size, on demand",
        "/_local/logs/image-serve",
    ),
    (
        (406, 226),
        "EventBridge, SQS",
        "uploads to process",
        "/_local/objects?prefix=originals/",
    ),
    (
        (206, 226),
        "image-derive",
        "a set for each upload",
        "/_local/logs/image-derive",
    ),
];

fn components(site: &Site) -> Vec<Component> {
    let ports = &site.ports;
    let emulator = listens(ports.emulator);
    let [first, second] = ports.web;
    PARTS
        .iter()
        .map(|&(at, name, role, link)| Component {
            at,
            name,
            role,
            link,
            runs: match name {
                "Your browser" => true,
                "Edge cache" => listens(ports.site),
                "Reverse proxy" => listens(ports.proxy),
                "Web server 1" => listens(first),
                "Web server 2" => listens(second),
                "Redis" => listens(ports.redis),
                "PostgreSQL" => listens(ports.postgres),
                _ => emulator,
            },
        })
        .collect()
}

fn listens(port: u16) -> bool {
    TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), PATIENCE).is_ok()
}

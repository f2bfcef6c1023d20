//! The road of a request: CloudFront's behaviours, the load balancer's rules, instances, data.
//! Behaviours stand beside their origin, so that every line is straight.

use super::canvas::{Area, Canvas};
use super::text::{LINE, lines};
use super::{GAP, HEAD, MARGIN, PADDING, balancer, tiers};
use crate::Architecture;
use crate::edge::{Behaviours, Origin};
use crate::kind::{Kind, name_of};

const VISITORS: i32 = 62;
const EDGE: i32 = 190;
/// How high a bucket or a function is that CloudFront asks.
const ORIGIN: i32 = 40;

/// Draws it below `top`, and returns where it ends.
pub(super) fn draw(canvas: &mut Canvas, architecture: &Architecture, top: i32) -> i32 {
    let edge_x = MARGIN + VISITORS + GAP;
    let origin_x = edge_x + EDGE + GAP;
    let (balancer, default) = balancer::draw(canvas, architecture, (origin_x, top));
    let mut y = top;
    let mut behaviours = Canvas::default();
    for one in &architecture.edge.behaviours {
        let is_balancer = matches!(one.origins.first(), Some(Origin::Balancer(..)));
        let head = if is_balancer { HEAD } else { 8 };
        let least = head + lines(one.paths.len()) + 6;
        let target = if is_balancer {
            balancer
        } else {
            let area = Area {
                x: origin_x,
                y: y + 8 + (least - 8 - ORIGIN).max(0) / 2,
                width: balancer::WIDTH,
                height: ORIGIN,
            };
            origins(&mut behaviours, one, area);
            area
        };
        paths(&mut behaviours, one, (edge_x, y + head), target);
        y = (y + least).max(target.bottom()) + 6;
    }
    let area = Area {
        x: edge_x,
        y: top,
        width: EDGE,
        height: y - top,
    };
    canvas.area(area, "box edge", 6);
    canvas.text(area.x + PADDING, top + 20, "head", "CloudFront");
    let firewall = if architecture.edge.has_firewall {
        "cache, firewall (AWS WAF)"
    } else {
        "cache"
    };
    canvas.text(area.x + PADDING, top + 35, "muted", firewall);
    canvas.append(behaviours);
    visitors(canvas, edge_x, balancer.y + 24);
    let right = tiers::draw(canvas, architecture, balancer.right() + GAP, default);
    area.bottom().max(right)
}

fn visitors(canvas: &mut Canvas, edge_x: i32, y: i32) {
    let area = Area {
        x: MARGIN,
        y: y - 15,
        width: VISITORS,
        height: 30,
    };
    canvas.area(area, "panel", 15);
    let (centre, middle) = area.centre();
    canvas.text(centre, middle + 4, "middle", "visitors");
    canvas.arrow(&[(area.right(), middle), (edge_x - 1, middle)]);
}

/// The paths of behaviours, and the arrow to whom they ask.
fn paths(canvas: &mut Canvas, behaviours: &Behaviours, at: (i32, i32), target: Area) {
    let (x, y) = at;
    let mut base = y + 11;
    for path in &behaviours.paths {
        canvas.text(x + PADDING, base, "", path);
        base += LINE;
    }
    let is_tall = target.height > ORIGIN;
    let middle = if is_tall {
        target.y + 24
    } else {
        target.centre().1
    };
    canvas.arrow(&[(x + EDGE, middle), (target.x - 1, middle)]);
    if y > target.y + HEAD || !is_tall {
        canvas.rule(x + 1, y - 4, EDGE - 2);
    }
}

/// Buckets and functions that CloudFront asks, side by side.
fn origins(canvas: &mut Canvas, behaviours: &Behaviours, area: Area) {
    let between = 82;
    let mut x = area.x;
    let count = i32::try_from(behaviours.origins.len()).unwrap_or(1).max(1);
    let wide = if count > 1 {
        (area.width - between * (count - 1)) / count
    } else {
        area.width
    };
    for (rank, origin) in behaviours.origins.iter().enumerate() {
        let one = Area {
            x,
            width: wide,
            ..area
        };
        let (name, under, kind) = match origin {
            Origin::Bucket(id, path) => {
                let under = path.trim_start_matches('/');
                let under = match under {
                    "" => "S3".to_owned(),
                    under => format!("S3, {under}/"),
                };
                (format!("bucket {}", name_of(id)), under, Kind::Bucket)
            }
            Origin::Function(id) => (name_of(id), "function URL".to_owned(), Kind::Function),
            Origin::Balancer(id, _) => (id.clone(), String::new(), Kind::Balancer),
        };
        let (centre, middle) = one.centre();
        if rank > 0 {
            canvas.arrow(&[(x - between, middle), (x - 1, middle)]);
            canvas.text(x - between / 2 - 3, middle - 5, "muted middle", "not there");
        }
        canvas.area(one, &format!("box {}", kind.class()), 5);
        canvas.text(centre, middle - 3, "name middle", &name);
        canvas.text(centre, middle + 12, "muted middle", &under);
        x = one.right() + between;
    }
}

//! Instances below each other, as requests pass them, and the data below them.

use super::canvas::{Area, Canvas};
use super::text::{bold_width, lines, width, wrap};
use super::{MARGIN, PADDING, WIDTH};
use crate::Architecture;
use crate::instances::{Data, Tier};
use crate::kind::{Kind, Line};

/// What a group of instances is called, and what it is; its logical id where nobody has said so.
pub(super) fn label(id: &str) -> (&str, &'static str) {
    match id {
        "ProxyGroup" => ("Reverse proxies", "nginx: cache, firewall"),
        "WebGroup" => ("Web servers", "pages, editor"),
        _ => (id, ""),
    }
}

/// The tiers of instances below each other, and the data below them. Returns where they end.
pub(super) fn draw(canvas: &mut Canvas, architecture: &Architecture, x: i32, first: i32) -> i32 {
    let wide = WIDTH - MARGIN - x;
    let mut y = first - 28;
    let mut last: Option<(Area, &Tier)> = None;
    for tier in &architecture.tiers {
        let outs: Vec<String> = tier
            .accesses
            .iter()
            .filter(|line| !matches!(line.kind, Kind::Database | Kind::Cache))
            .map(Line::text)
            .collect();
        let texts = if outs.is_empty() {
            Vec::new()
        } else {
            wrap(&format!("→ {}", outs.join(", ")), wide - 2 * PADDING)
        };
        if let Some((above, asking)) = last {
            y = hop(canvas, above, asking.asks);
        }
        let area = Area {
            x,
            y,
            width: wide,
            height: 56 + lines(texts.len()),
        };
        canvas.area(area, "box instances", 6);
        let (name, what) = label(&tier.id);
        canvas.text(x + PADDING, y + 19, "head", name);
        canvas.text(x + PADDING, y + 34, "muted", what);
        canvas.text(x + PADDING, y + 48, "", &tier.size);
        for (count, text) in texts.iter().enumerate() {
            canvas.text(x + PADDING, y + 63 + lines(count), "muted", text);
        }
        last = Some((area, tier));
        y = area.bottom();
    }
    let Some((area, tier)) = last else {
        return y;
    };
    let kinds: Vec<Kind> = tier.accesses.iter().map(|line| line.kind).collect();
    let data = architecture
        .data
        .iter()
        .filter(|data| kinds.contains(&data.kind));
    let data: Vec<&Data> = data.collect();
    stores(canvas, &data, area)
}

/// From a tier to the next, through the load balancer once more. Returns where the next begins.
fn hop(canvas: &mut Canvas, above: Area, port: Option<u64>) -> i32 {
    let (centre, _) = above.centre();
    let y = above.bottom();
    let text = format!(
        "load balancer, port {}",
        port.map_or_else(String::new, |port| port.to_string())
    );
    let wide = width(&text) + 16;
    let area = Area {
        x: centre - wide / 2,
        y: y + 18,
        width: wide,
        height: 24,
    };
    canvas.arrow(&[(centre, y), (centre, area.y - 1)]);
    canvas.area(area, "box balancer", 5);
    canvas.text(centre, area.y + 16, "middle", &text);
    canvas.arrow(&[(centre, area.bottom()), (centre, area.bottom() + 17)]);
    area.bottom() + 18
}

/// The databases and caches below a tier, side by side. Returns where they end.
fn stores(canvas: &mut Canvas, data: &[&Data], above: Area) -> i32 {
    let between = 12;
    let count = i32::try_from(data.len()).unwrap_or(1).max(1);
    let wide = (above.width - between * (count - 1)) / count;
    let sizes = data.iter().map(|one| wrap(&one.size, wide - 8).len());
    let tall = 34 + lines(sizes.max().unwrap_or(1));
    let bottom = above.bottom() + 18 + 24 + 18 + tall;
    let mut x = above.x;
    for one in data {
        let centre = x + wide / 2;
        let area = Area {
            x,
            y: bottom - tall,
            width: wide,
            height: tall,
        };
        let mut from = above.bottom();
        if let Some(proxy) = one.proxy {
            let before = bold_width(proxy) + 24;
            let proxy_area = Area {
                x: centre - before / 2,
                y: from + 18,
                width: before,
                height: 24,
            };
            canvas.arrow(&[(centre, from), (centre, proxy_area.y - 1)]);
            canvas.area(proxy_area, "box data", 5);
            canvas.text(centre, proxy_area.y + 16, "name middle", proxy);
            from = proxy_area.bottom();
        }
        canvas.arrow(&[(centre, from), (centre, area.y - 1)]);
        canvas.area(area, "box data", 6);
        canvas.text(centre, area.y + 20, "head middle", &one.name);
        for (count, text) in wrap(&one.size, wide - 8).iter().enumerate() {
            canvas.text(centre, area.y + 36 + lines(count), "muted middle", text);
        }
        x += wide + between;
    }
    bottom
}

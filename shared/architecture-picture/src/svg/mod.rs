//! Drawing: a band with the road of a request, below it the functions.

mod balancer;
mod canvas;
mod panels;
mod road;
mod text;
mod tiers;

use canvas::{Area, Canvas};

use crate::Architecture;
use crate::kind::Line;
use text::escape;

/// How wide the picture is, in pixels. Pages of GitHub show it a little smaller.
const WIDTH: i32 = 960;
const MARGIN: i32 = 16;
/// Between a box and what is in it.
const PADDING: i32 = 10;
/// How high the title of a large box is.
const HEAD: i32 = 44;
/// Between the columns of the road: how long its arrows are.
const GAP: i32 = 34;

/// The picture as a file.
pub(crate) fn draw(architecture: &Architecture) -> String {
    let mut canvas = Canvas::default();
    canvas.text(MARGIN + 8, 36, "title", "Sidetier, class production");
    let right = WIDTH - MARGIN - 8;
    canvas.text(right, 36, "muted end", "drawn from template.yaml");
    let bottom = road::draw(&mut canvas, architecture, 56);
    let height = panels::draw(&mut canvas, architecture, bottom + 24) + MARGIN;
    let mut file = String::new();
    file.push_str(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">The architecture of Sidetier</title>\n\
         <desc id=\"desc\">{}</desc>\n<style>\n{}</style>\n",
        escape(&described(architecture)),
        include_str!("style.css"),
    ));
    file.push_str(
        "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" \
         markerHeight=\"7\" orient=\"auto\"><path class=\"tip\" d=\"M0 0.5L8 4L0 7.5z\"/></marker></defs>\n",
    );
    let page = Area {
        x: 0,
        y: 0,
        width: WIDTH,
        height,
    };
    let mut background = Canvas::default();
    background.area(page, "page", 8);
    file.push_str(&background.finish());
    file.push_str(&canvas.finish());
    file.push_str("</svg>\n");
    file
}

/// The picture in words.
fn described(architecture: &Architecture) -> String {
    let tiers: Vec<&str> = architecture
        .tiers
        .iter()
        .map(|tier| tiers::label(&tier.id).0)
        .collect();
    let data: Vec<&str> = architecture
        .data
        .iter()
        .map(|data| data.name.as_str())
        .collect();
    let mut text = format!(
        "A request goes from CloudFront over the load balancer to: {}; behind them {}.",
        tiers.join(", "),
        data.join(" and ")
    );
    for function in &architecture.functions {
        let lines = |lines: &[Line]| -> String {
            let texts: Vec<String> = lines.iter().map(Line::text).collect();
            texts.join("; ")
        };
        text.push_str(&format!(
            "\n{}: invoked by {}. Uses {}.",
            function.name,
            lines(&function.triggers),
            lines(&function.accesses)
        ));
    }
    text
}

//! Photos as `<picture>` elements, served by the image functions.
//!
//! The addresses are those of image-serve: it makes what nobody asked for before, stores it,
//! and is not asked again. So a page can be made before its photos have been processed.

use maud::{Markup, html};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What a path must not have as it is.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'+');

/// One use of photos: a preset of `shared/image-request/presets.json`.
pub(crate) struct Use {
    preset: &'static str,
    widths: &'static [u32],
    sizes: &'static str,
    /// Width and height in the layout, to keep its place; style.css crops to it.
    frame: (u32, u32),
    /// Whether it is in sight at once.
    is_first: bool,
}

/// A card of a grid.
pub(crate) const CARD: Use = Use {
    preset: "card",
    widths: &[320, 640, 960],
    sizes: "(min-width: 60rem) 18rem, (min-width: 40rem) 45vw, 90vw",
    frame: (640, 480),
    is_first: false,
};

/// The one large picture of a page.
pub(crate) const FULL: Use = Use {
    preset: "full",
    widths: &[640, 1280, 1920],
    sizes: "(min-width: 60rem) 40rem, 100vw",
    frame: (1280, 960),
    is_first: true,
};

/// The picture of an article, as wide as the page.
pub(crate) const WIDE: Use = Use {
    preset: "full",
    widths: &[640, 1280, 1920],
    sizes: "(min-width: 82rem) 76rem, 92vw",
    frame: (1280, 720),
    is_first: true,
};

/// The picture behind the opening words.
pub(crate) const OPENING: Use = Use {
    preset: "full",
    widths: &[640, 1280, 1920],
    sizes: "100vw",
    frame: (1920, 1080),
    is_first: true,
};

/// A photo, by its key in the media bucket without `originals/`; a plain frame where there is
/// none.
pub(crate) fn picture(key: &str, alt: &str, used: &Use) -> Markup {
    if key.is_empty() {
        return html! { div.no-photo aria-hidden="true" {} };
    }
    let (width, height) = used.frame;
    let fallback = used
        .widths
        .get(1)
        .or(used.widths.first())
        .copied()
        .unwrap_or(width);
    html! {
        picture {
            @for format in ["avif", "webp"] {
                source type=(format!("image/{format}")) srcset=(srcset(key, used, format)) sizes=(used.sizes);
            }
            img src=(address(key, used, fallback, "jpeg")) srcset=(srcset(key, used, "jpeg"))
                sizes=(used.sizes) width=(width) height=(height) alt=(alt) decoding="async"
                loading=(if used.is_first { "eager" } else { "lazy" })
                fetchpriority=[used.is_first.then_some("high")];
        }
    }
}

fn srcset(key: &str, used: &Use, format: &str) -> String {
    let candidates: Vec<String> = used
        .widths
        .iter()
        .map(|width| format!("{} {width}w", address(key, used, *width, format)))
        .collect();
    candidates.join(", ")
}

fn address(key: &str, used: &Use, width: u32, format: &str) -> String {
    format!(
        "/img/p={},w={width},f={format}/{}",
        used.preset,
        utf8_percent_encode(key, PATH)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_and_width_has_an_address() {
        let html = picture("shop/tide vase.jpg", "A \"vase\"", &CARD).into_string();
        assert!(
            html.contains("/img/p=card,w=960,f=avif/shop/tide%20vase.jpg 960w"),
            "{html}"
        );
        assert!(html.contains("alt=\"A &quot;vase&quot;\""), "{html}");
        assert!(html.contains("loading=\"lazy\""), "{html}");
    }

    #[test]
    fn without_a_photo_there_is_a_frame() {
        assert!(picture("", "", &CARD).into_string().contains("no-photo"));
    }
}

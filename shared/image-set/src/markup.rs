//! `srcset` and `<picture>` for one preset
//! (<https://html.spec.whatwg.org/multipage/embedded-content.html#the-picture-element>).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use image_request::Preset;

use crate::{Derivative, Markup};

/// The markup of `preset`, or `None` where nothing was made for it.
pub(crate) fn write(preset: &Preset, derivatives: &[Derivative], colour: &str) -> Option<Markup> {
    let ours: Vec<&Derivative> = derivatives
        .iter()
        .filter(|derivative| derivative.preset == preset.name)
        .collect();
    let types = in_order_of_preference(&ours);
    // The last type is the one every client shows: it goes into the <img>.
    let (fallback_type, sources) = types.split_last()?;
    let fallback: Vec<&Derivative> = of_type(&ours, fallback_type);
    let largest = fallback.last()?;
    let sizes = escape(&preset.sizes);
    let mut srcset = BTreeMap::new();
    let mut picture = String::from("<picture>");
    for media_type in sources {
        let set = srcset_of(&of_type(&ours, media_type));
        // Writing to a String cannot fail.
        let _ = write!(
            picture,
            r#"<source type="{media_type}" srcset="{set}" sizes="{sizes}">"#
        );
        srcset.insert((*media_type).to_owned(), set);
    }
    let set = srcset_of(&fallback);
    let _ = write!(
        picture,
        r#"<img src="{}" srcset="{set}" sizes="{sizes}" width="{}" height="{}" alt="" loading="lazy" decoding="async" style="background-color:{colour}"></picture>"#,
        largest.url, largest.width, largest.height,
    );
    srcset.insert((*fallback_type).to_owned(), set);
    Some(Markup {
        picture,
        srcset,
        sizes: preset.sizes.clone(),
    })
}

fn in_order_of_preference<'a>(derivatives: &[&'a Derivative]) -> Vec<&'a str> {
    let mut types: Vec<&str> = Vec::new();
    for derivative in derivatives {
        if !types.contains(&derivative.media_type.as_str()) {
            types.push(&derivative.media_type);
        }
    }
    types
}

fn of_type<'a>(derivatives: &[&'a Derivative], media_type: &str) -> Vec<&'a Derivative> {
    let mut found: Vec<&Derivative> = derivatives
        .iter()
        .copied()
        .filter(|derivative| derivative.media_type == media_type)
        .collect();
    found.sort_by_key(|derivative| derivative.width);
    found
}

fn srcset_of(derivatives: &[&Derivative]) -> String {
    let candidates: Vec<String> = derivatives
        .iter()
        .map(|derivative| format!("{} {}w", derivative.url, derivative.width))
        .collect();
    candidates.join(", ")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use image_request::Presets;

    fn derivative(width: u32, format: &str) -> Derivative {
        Derivative {
            preset: "card".to_owned(),
            width,
            height: width * 3 / 4,
            format: format.to_owned(),
            media_type: format!("image/{format}"),
            bytes: 1,
            key: format!("derived/sets/s/g/{width}.{format}"),
            url: format!("/derived/sets/s/g/{width}.{format}"),
        }
    }

    #[test]
    fn writes_a_picture_element() {
        let presets = Presets::site().unwrap();
        let card = presets.get("card").unwrap();
        let made = [
            derivative(640, "avif"),
            derivative(320, "avif"),
            derivative(320, "jpeg"),
            derivative(640, "jpeg"),
        ];
        let markup = write(card, &made, "#102030").unwrap();
        assert_eq!(
            markup.srcset["image/avif"],
            "/derived/sets/s/g/320.avif 320w, /derived/sets/s/g/640.avif 640w"
        );
        assert!(
            markup
                .picture
                .starts_with(r#"<picture><source type="image/avif" srcset="/derived/"#)
        );
        assert!(
            markup
                .picture
                .contains(r#"<img src="/derived/sets/s/g/640.jpeg""#)
        );
        assert!(
            markup
                .picture
                .contains(r#"width="640" height="480" alt="""#)
        );
        assert!(
            markup
                .picture
                .ends_with("background-color:#102030\"></picture>")
        );
    }

    #[test]
    fn writes_nothing_for_a_preset_without_derivatives() {
        let presets = Presets::site().unwrap();
        assert_eq!(
            write(
                presets.get("full").unwrap(),
                &[derivative(1, "jpeg")],
                "#000000"
            ),
            None
        );
    }
}

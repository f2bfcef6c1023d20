//! Laying pictures over each other: background, padding, overlays.

use std::borrow::Cow;

use image_codecs::Rgba;

use crate::plan::Plan;
use crate::transform::Transform;

/// Paint for what a picture does not cover.
const WHITE: [u8; 4] = [255; 4];

/// The colour to put under the picture; `None` keeps transparency. A format
/// without alpha gets an opaque one: what was asked for, over white.
pub(crate) fn background(transform: &Transform) -> Option<[u8; 4]> {
    if transform.format.has_alpha() {
        return transform.background;
    }
    let colour = transform.background.unwrap_or(WHITE);
    Some(over(colour, colour[3], WHITE))
}

/// `top` with `alpha` instead of its own, laid over `bottom` (both straight alpha).
pub(crate) fn over(top: [u8; 4], alpha: u8, bottom: [u8; 4]) -> [u8; 4] {
    match (alpha, bottom[3]) {
        (255, _) => return [top[0], top[1], top[2], 255],
        (0, _) => return bottom,
        _ => {}
    }
    let top_weight = u32::from(alpha) * 255;
    let bottom_weight = u32::from(bottom[3]) * u32::from(255 - alpha);
    let weight = top_weight + bottom_weight;
    let mix = |channel: usize| {
        let sum = u32::from(top[channel]) * top_weight + u32::from(bottom[channel]) * bottom_weight;
        ((sum + weight / 2) / weight) as u8
    };
    [mix(0), mix(1), mix(2), ((weight + 127) / 255) as u8]
}

/// The picture over a plain colour.
pub(crate) fn flatten(picture: &mut Rgba, colour: [u8; 4]) {
    if picture.opaque {
        return;
    }
    for pixel in picture.data.as_chunks_mut::<4>().0 {
        *pixel = over(*pixel, pixel[3], colour);
    }
    picture.opaque = colour[3] == 255;
}

/// The picture on the plan's canvas, padded with a colour (transparent for `None`).
pub(crate) fn pad<'a>(
    picture: Cow<'a, Rgba>,
    plan: &Plan,
    colour: Option<[u8; 4]>,
) -> Cow<'a, Rgba> {
    if !plan.is_padded() {
        return picture;
    }
    let colour = colour.unwrap_or_default();
    let (width, height) = (plan.canvas_width as usize, plan.canvas_height as usize);
    let mut data = vec![colour; width * height].into_flattened();
    let rows = data.chunks_exact_mut(width * 4).skip(plan.top as usize);
    let start = plan.left as usize * 4;
    for (to, from) in rows.zip(picture.data.chunks_exact(picture.width as usize * 4)) {
        to[start..][..from.len()].copy_from_slice(from);
    }
    Cow::Owned(Rgba {
        data,
        width: plan.canvas_width,
        height: plan.canvas_height,
        opaque: picture.opaque && colour[3] == 255,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image_codecs::OutputFormat;

    #[test]
    fn lays_straight_alpha_over_straight_alpha() {
        assert_eq!(
            over([255, 0, 0, 128], 128, [0, 0, 255, 255]),
            [128, 0, 127, 255]
        );
        assert_eq!(over([9, 9, 9, 9], 255, [1, 2, 3, 4]), [9, 9, 9, 255]);
        assert_eq!(over([9, 9, 9, 9], 0, [1, 2, 3, 4]), [1, 2, 3, 4]);
        // Half over half: 3/4 covered, two thirds of that by the top.
        assert_eq!(
            over([255, 0, 0, 128], 128, [0, 0, 255, 128]),
            [170, 0, 85, 192]
        );
    }

    #[test]
    fn background_is_opaque_where_the_format_has_no_alpha() {
        let mut transform = Transform::to_format(OutputFormat::Jpeg);
        assert_eq!(background(&transform), Some(WHITE));
        transform.background = Some([0, 0, 0, 128]);
        assert_eq!(background(&transform), Some([127, 127, 127, 255]));
        transform.format = OutputFormat::Png;
        assert_eq!(background(&transform), Some([0, 0, 0, 128]));
        transform.background = None;
        assert_eq!(background(&transform), None);
    }

    #[test]
    fn flattening_makes_the_picture_opaque() {
        let data = vec![10, 20, 30, 0, 10, 20, 30, 255];
        let mut picture = Rgba {
            data,
            width: 2,
            height: 1,
            opaque: false,
        };
        flatten(&mut picture, [1, 2, 3, 255]);
        assert!(picture.opaque);
        assert_eq!(picture.data, [1, 2, 3, 255, 10, 20, 30, 255]);
    }
}

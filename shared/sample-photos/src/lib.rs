//! Photo-like pictures drawn from noise: nobody else's rights, the same bytes on every machine.
//!
//! The local stack uploads [`all`] of them, tests and the bench [`render`] them
//! at any size. Textures are fractal (1/f) noise down to the last pixel and end
//! in film grain, so that codecs meet the statistics of a photograph.
//! Pure Rust, no C code, no I/O, no clock.

mod colour;
mod exif;
mod jpeg;
mod noise;
mod pots;
mod raster;
mod render;
mod scenes;
mod shop;
mod stoneware;

pub use exif::{Exif, GpsPosition};
pub use jpeg::{encode_jpeg, encode_jpeg_with_exif};
pub use pots::{POTS, Pot};
pub use raster::Rgb;
pub use render::{render, render_pot};
pub use shop::{ShopPhoto, shop_photos};

/// A picture this crate can draw, at any size and for any seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scene {
    /// Ridge behind ridge in the morning mist, the sun low, firs in front.
    Mountains,
    /// A lit town at dusk, mirrored in the water of its harbour.
    Harbour,
    /// Fruit on a plate on a wooden table, in the soft light of a window.
    StillLife,
    /// A meadow in flower under summer clouds.
    Meadow,
}

impl Scene {
    /// Every scene.
    pub const ALL: [Self; 4] = [
        Self::Mountains,
        Self::Harbour,
        Self::StillLife,
        Self::Meadow,
    ];
}

/// A finished JPEG file with a name to upload it under.
#[derive(Debug, Clone)]
pub struct SamplePhoto {
    /// File name, such as `harbour-at-dusk.jpg`: lower case ASCII, no directory.
    pub name: &'static str,
    /// What the picture shows, for people and for `alt` texts.
    pub title: &'static str,
    /// The JPEG file.
    pub jpeg: Vec<u8>,
}

/// Draws every sample photo: four files of two to three megapixels.
///
/// `still-life.jpg` is a portrait stored on its side (EXIF orientation 6) and
/// `harbour-at-dusk.jpg` carries EXIF copyright, artist and a GPS position, so
/// that turning upright and stripping metadata can be seen to work.
#[must_use]
pub fn all() -> Vec<SamplePhoto> {
    let dusk = Exif {
        orientation: None,
        copyright: Some("Sidetier sample photos, MIT OR Apache-2.0"),
        artist: Some("Sidetier"),
        gps: Some(GpsPosition {
            latitude: 57.6959,
            longitude: 11.9866,
        }),
    };
    let portrait = Exif {
        orientation: Some(6),
        ..Exif::default()
    };
    vec![
        photo(
            "harbour-at-dusk.jpg",
            "A harbour at dusk",
            Scene::Harbour,
            (2100, 1400),
            &dusk,
        ),
        photo(
            "mountains-in-the-mist.jpg",
            "Mountains in the morning mist",
            Scene::Mountains,
            (2240, 1400),
            &Exif::default(),
        ),
        photo(
            "still-life.jpg",
            "Fruit in window light",
            Scene::StillLife,
            (1400, 1750),
            &portrait,
        ),
        photo(
            "summer-meadow.jpg",
            "A summer meadow",
            Scene::Meadow,
            (2000, 1333),
            &Exif::default(),
        ),
    ]
}

/// Renders upright at `size`; a picture with orientation 6 is stored on its side.
fn photo(
    name: &'static str,
    title: &'static str,
    scene: Scene,
    (width, height): (u16, u16),
    exif: &Exif<'_>,
) -> SamplePhoto {
    const SEED: u32 = 7;
    const QUALITY: u8 = 88;
    let upright = render(scene, width, height, SEED);
    let stored = if exif.orientation == Some(6) {
        upright.turned_left()
    } else {
        upright
    };
    SamplePhoto {
        name,
        title,
        jpeg: encode_jpeg_with_exif(&stored, QUALITY, exif),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_photos_are_distinct_jpeg_files_with_upload_names() {
        let photos = all();
        assert_eq!(photos.len(), 4);
        for photo in &photos {
            assert!(
                photo.jpeg.starts_with(&[0xff, 0xd8, 0xff]),
                "{}",
                photo.name
            );
            assert!(photo.jpeg.ends_with(&[0xff, 0xd9]), "{}", photo.name);
            assert!(
                (200_000..4_000_000).contains(&photo.jpeg.len()),
                "{}",
                photo.jpeg.len()
            );
            assert!(
                photo
                    .name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b"-.".contains(&b))
            );
        }
        let names: std::collections::BTreeSet<_> = photos.iter().map(|photo| photo.name).collect();
        assert_eq!(names.len(), photos.len());
    }

    #[test]
    fn same_seed_same_pixels_and_other_seed_other_pixels() {
        for scene in Scene::ALL {
            let first = render(scene, 120, 80, 1);
            assert_eq!(
                first.pixels(),
                render(scene, 120, 80, 1).pixels(),
                "{scene:?}"
            );
            assert_ne!(
                first.pixels(),
                render(scene, 120, 80, 2).pixels(),
                "{scene:?}"
            );
        }
    }

    #[test]
    fn scenes_span_the_tonal_range_of_a_photograph() {
        for scene in Scene::ALL {
            let mut luma: Vec<u32> = render(scene, 300, 200, 7)
                .pixels()
                .chunks_exact(3)
                .map(|p| (u32::from(p[0]) * 2 + u32::from(p[1]) * 5 + u32::from(p[2])) / 8)
                .collect();
            luma.sort_unstable();
            let spread = luma[luma.len() * 98 / 100] - luma[luma.len() * 2 / 100];
            assert!(spread > 110, "{scene:?} spans only {spread} levels");
        }
    }
}

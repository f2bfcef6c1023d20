//! The photos of the reference site.

use crate::pots::{POTS, Pot};
use crate::{Scene, encode_jpeg, render, render_pot};

const QUALITY: u8 = 86;

/// A photo of the reference site that is yet to be made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShopPhoto {
    /// Key in the media bucket, without `originals/`: `shop/tide-vase.jpg`.
    pub key: &'static str,
    subject: Subject,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Subject {
    Pot(Pot),
    Scene(Scene, u32),
}

impl ShopPhoto {
    /// Makes the JPEG file: four thirds of a megapixel for a pot, more for a landscape.
    #[must_use]
    pub fn jpeg(&self) -> Vec<u8> {
        let picture = match self.subject {
            Subject::Pot(pot) => render_pot(pot, 1280, 960, seed(self.key)),
            Subject::Scene(scene, seed) => render(scene, 1920, 1200, seed),
        };
        encode_jpeg(&picture, QUALITY, 1)
    }
}

/// Every photo that the reference site shows.
#[must_use]
pub fn shop_photos() -> Vec<ShopPhoto> {
    let scene = |key, scene, seed| ShopPhoto {
        key,
        subject: Subject::Scene(scene, seed),
    };
    let pots = POTS.map(|pot| ShopPhoto {
        key: pot.name,
        subject: Subject::Pot(pot),
    });
    // What the front page shows first comes first.
    [
        scene("journal/harbour.jpg", Scene::Harbour, 3),
        scene("journal/kiln-night.jpg", Scene::Harbour, 11),
        scene("journal/meadow.jpg", Scene::Meadow, 5),
        scene("journal/still-life.jpg", Scene::StillLife, 9),
        scene("journal/mountains.jpg", Scene::Mountains, 4),
    ]
    .into_iter()
    .chain(pots)
    .collect()
}

fn seed(key: &str) -> u32 {
    key.bytes().fold(7, |seed: u32, byte| {
        seed.wrapping_mul(31).wrapping_add(u32::from(byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_photo_has_a_name_and_pixels_of_its_own() {
        let photos = shop_photos();
        let names: std::collections::BTreeSet<_> = photos.iter().map(|photo| photo.key).collect();
        assert_eq!(names.len(), photos.len());
        let small = |pot: Pot| render_pot(pot, 96, 72, 1).pixels().to_vec();
        let pictures: std::collections::BTreeSet<_> = POTS.map(small).into_iter().collect();
        assert_eq!(pictures.len(), POTS.len());
    }
}

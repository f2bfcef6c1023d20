//! The sources: drawn by us at first use, kept in the cache directory.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sample_photos::{Rgb, Scene, encode_jpeg, render};

/// Changes whenever the pictures do, so that old ones are not used.
const SEED: u32 = 20_262;
/// What cameras write.
const CAMERA_QUALITY: u8 = 94;

/// The files to measure with.
#[derive(Debug, Clone)]
pub(crate) struct Corpus {
    /// JPEG photographs of 12 and 24 megapixels.
    pub(crate) photos: Vec<Photo>,
    /// RGBA photographs with soft edges.
    pub(crate) cutouts: Vec<Photo>,
    /// A small photograph, for a fresh process.
    pub(crate) small: Photo,
    /// An animated GIF.
    pub(crate) animation: Photo,
}

/// A source file with a short name for the table.
#[derive(Debug, Clone)]
pub(crate) struct Photo {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

impl Corpus {
    /// Draws what is missing in `directory` and adds the JPEG files of `real`, if given.
    pub(crate) fn prepare(directory: &Path, real: Option<&Path>) -> Result<Self> {
        fs::create_dir_all(directory)?;
        let make = |name: &str, extension: &str, draw: &dyn Fn() -> Result<Vec<u8>>| {
            let path = directory.join(format!("{name}-{SEED}.{extension}"));
            if !path.exists() {
                let unfinished = path.with_extension("unfinished");
                fs::write(&unfinished, draw()?)?;
                fs::rename(&unfinished, &path)?;
            }
            anyhow::Ok(Photo {
                name: name.to_owned(),
                path,
            })
        };
        let jpeg = |scene, width, height| {
            move || {
                Ok(encode_jpeg(
                    &render(scene, width, height, SEED),
                    CAMERA_QUALITY,
                    1,
                ))
            }
        };
        let on_its_side = || {
            let upright = render(Scene::Meadow, 3024, 4032, SEED);
            Ok(encode_jpeg(&upright.turned_left(), CAMERA_QUALITY, 6))
        };
        let mut photos = vec![
            make("meadow12", "jpg", &on_its_side)?,
            make("mountains12", "jpg", &jpeg(Scene::Mountains, 4032, 3024))?,
            make("harbour24", "jpg", &jpeg(Scene::Harbour, 6000, 4000))?,
            make("still24", "jpg", &jpeg(Scene::StillLife, 6000, 4000))?,
        ];
        if let Some(real) = real {
            photos.extend(real_photos(real)?);
        }
        Ok(Self {
            photos,
            cutouts: vec![
                make("meadow-rgba", "png", &|| cutout(Scene::Meadow))?,
                make("still-rgba", "png", &|| cutout(Scene::StillLife))?,
            ],
            small: make("harbour3", "jpg", &jpeg(Scene::Harbour, 2100, 1400))?,
            animation: make("harbour-pan", "gif", &pan)?,
        })
    }
}

/// The JPEG files of a directory, by name.
fn real_photos(directory: &Path) -> Result<Vec<Photo>> {
    let entries = fs::read_dir(directory)
        .with_context(|| format!("failed to list {}", directory.display()))?;
    let mut photos = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let extension = path
            .extension()
            .map(|extension| extension.to_ascii_lowercase());
        if extension.is_some_and(|extension| extension == "jpg" || extension == "jpeg") {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            photos.push(Photo {
                name: stem.chars().take(14).collect(),
                path,
            });
        }
    }
    photos.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(photos)
}

/// A scene in a soft-edged oval, 5 megapixels RGBA, as a PNG.
fn cutout(scene: Scene) -> Result<Vec<u8>> {
    let picture = render(scene, 3000, 1688, SEED);
    let (width, height) = (f32::from(picture.width()), f32::from(picture.height()));
    let alpha = |index: usize| {
        let x = (index % usize::from(picture.width())) as f32 / width - 0.5;
        let y = (index / usize::from(picture.width())) as f32 / height - 0.5;
        ((0.52 - x.hypot(y)) * 16.0).clamp(0.0, 1.0)
    };
    let pixels: Vec<u8> = picture
        .pixels()
        .chunks_exact(3)
        .enumerate()
        .flat_map(|(index, rgb)| [rgb[0], rgb[1], rgb[2], (alpha(index) * 255.0) as u8])
        .collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(
        &mut file,
        u32::from(picture.width()),
        u32::from(picture.height()),
    );
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(file)
}

/// 24 frames of 640 × 400 that pan over the harbour.
fn pan() -> Result<Vec<u8>> {
    const FRAMES: u16 = 24;
    const STEP: u16 = 8;
    const WIDTH: u16 = 640;
    let wide = render(Scene::Harbour, WIDTH + FRAMES * STEP, 400, SEED);
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, WIDTH, wide.height(), &[])?;
    encoder.set_repeat(gif::Repeat::Infinite)?;
    for index in 0..FRAMES {
        let pixels = window(&wide, index * STEP, WIDTH);
        let mut frame = gif::Frame::from_rgb_speed(WIDTH, wide.height(), &pixels, 10);
        frame.delay = 8;
        encoder.write_frame(&frame)?;
    }
    drop(encoder);
    Ok(file)
}

/// `width` columns of `picture` from column `left` on.
fn window(picture: &Rgb, left: u16, width: u16) -> Vec<u8> {
    picture
        .pixels()
        .chunks_exact(usize::from(picture.width()) * 3)
        .flat_map(|row| &row[usize::from(left) * 3..usize::from(left + width) * 3])
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn window_cuts_columns_out_of_every_row() {
        let picture = render(Scene::Harbour, 5, 2, SEED);
        let cut = window(&picture, 1, 2);
        let pixels = picture.pixels();
        assert_eq!(cut, [&pixels[3..9], &pixels[18..24]].concat());
    }

    #[test]
    fn cutouts_are_opaque_in_the_middle_and_clear_in_the_corner() {
        let file = cutout(Scene::StillLife).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let middle = (844 * 3000 + 1500) * 4;
        assert_eq!((pixels[middle + 3], pixels[3]), (255, 0));
    }
}

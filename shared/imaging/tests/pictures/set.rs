//! Whole sets: one decode, the same pictures as one by one.

use image_codecs::{CodecError, InputFormat, OutputFormat};
use imaging::{Fit, Gravity, Output, SourceSummary, Transform, derive_set};
use sample_photos::Scene;

use crate::reference::score;
use crate::{FREE, made, photo, pixels, png, to_width};

fn set(bytes: &[u8], transforms: &[Transform]) -> (SourceSummary, Vec<(usize, Output)>) {
    let mut outputs = Vec::new();
    let mut each = |index, output| {
        outputs.push((index, output));
        Ok(())
    };
    let summary = derive_set(bytes, transforms, &FREE, &mut each).unwrap();
    (summary, outputs)
}

fn square(side: u32, gravity: Gravity) -> Transform {
    let cover = to_width(side, OutputFormat::Jpeg);
    Transform {
        height: Some(side),
        fit: Fit::Cover,
        gravity,
        ..cover
    }
}

#[test]
fn every_output_is_made_once_widest_first() {
    let bytes = photo(Scene::Mountains, 901, 601, 1);
    let mut transforms: Vec<Transform> = Vec::new();
    for width in [100, 800, 401] {
        transforms.push(to_width(width, OutputFormat::Jpeg));
        transforms.push(to_width(width, OutputFormat::WebP));
    }
    let (_, outputs) = set(&bytes, &transforms);
    let order: Vec<usize> = outputs.iter().map(|(index, _)| *index).collect();
    assert_eq!(order, [2, 3, 4, 5, 0, 1]);
    for (index, output) in &outputs {
        assert_eq!(Some(output.width), transforms[*index].width);
        assert_eq!(output.format, transforms[*index].format);
    }
}

#[test]
fn pictures_of_a_set_are_as_good_as_single_ones() {
    for orientation in [1, 6] {
        let bytes = photo(Scene::Mountains, 1203, 803, orientation);
        let mut transforms: Vec<Transform> = [1001, 499, 249]
            .map(|width| to_width(width, OutputFormat::Jpeg))
            .to_vec();
        transforms.extend([square(480, Gravity::West), square(239, Gravity::West)]);
        transforms.push(to_width(249, OutputFormat::Png));
        for (index, output) in set(&bytes, &transforms).1 {
            let best = Transform {
                format: OutputFormat::Png,
                ..transforms[index].clone()
            };
            let reference = pixels(&made(&bytes, &best).bytes);
            let single = score(&reference, &pixels(&made(&bytes, &transforms[index]).bytes));
            let found = score(&reference, &pixels(&output.bytes));
            // A single PNG is its own reference (100): nobody can see the last five points.
            assert!(
                found >= 70.0 && found >= single.min(95.0) - 3.0,
                "{index}: {found}, single {single}"
            );
        }
    }
}

#[test]
fn the_summary_describes_the_upright_source() {
    let (summary, _) = set(&photo(Scene::Harbour, 300, 200, 6), &[]);
    assert_eq!((summary.format, summary.frames), (InputFormat::Jpeg, 1));
    assert_eq!((summary.width, summary.height), (200, 300));
    assert!(!summary.has_alpha);
    let (width, height, _) = fast_thumbhash::thumb_hash_to_rgba(&summary.thumbhash).unwrap();
    assert!(width < height, "{width} x {height}");
}

#[test]
fn the_summary_names_the_colour_that_stands_out() {
    let red = [200, 30, 30, 255];
    let bytes = png(300, 200, |x, _| if x < 120 { red } else { [90, 90, 90, 0] });
    let (summary, _) = set(&bytes, &[to_width(50, OutputFormat::Jpeg)]);
    assert!(summary.has_alpha);
    assert_eq!(summary.dominant_colour, [200, 30, 30]);
}

#[test]
fn an_error_of_the_receiver_ends_the_set() {
    let bytes = photo(Scene::Harbour, 300, 200, 1);
    let transforms = [200, 100].map(|width| to_width(width, OutputFormat::Jpeg));
    let mut count = 0;
    let mut each = |_, _| {
        count += 1;
        Err(CodecError::TimeLimit { stage: "storing" })
    };
    let error = derive_set(&bytes, &transforms, &FREE, &mut each).unwrap_err();
    assert!(matches!(error, CodecError::TimeLimit { stage: "storing" }));
    assert_eq!(count, 1);
}

#[test]
fn a_content_aware_crop_finds_the_subject() {
    let subject = |x: u32, y: u32| (620..700).contains(&x) && (60..140).contains(&y);
    let bytes = png(800, 200, |x, y| {
        match (subject(x, y), (x / 8 + y / 8).is_multiple_of(2)) {
            (false, _) => [120, 130, 140, 255],
            (true, false) => [220, 60, 30, 255],
            (true, true) => [250, 220, 40, 255],
        }
    });
    let output = made(&bytes, &square(100, Gravity::Smart));
    let picture = pixels(&output.bytes);
    // The subject's middle is to be within a fifth of the output's middle.
    let colourful = |x: u32| {
        let pixel = crate::at(&picture, x, 50);
        pixel[0].abs_diff(pixel[2]) > 80
    };
    let columns: Vec<u32> = (0..100).filter(|x| colourful(*x)).collect();
    let middle = columns.iter().sum::<u32>() / columns.len() as u32;
    assert!(middle.abs_diff(50) <= 20, "subject at column {middle}");
}

//! Time and size limits, and what is refused before any work is done.

use std::cell::Cell;

use image_codecs::{CodecError, Limits, OutputFormat};
use imaging::{Context, Fit, Transform, derive_set, transform};
use sample_photos::Scene;

use crate::{FREE, photo, to_width};

/// The stage at which a job ends whose time is up after `asked` questions.
fn stage_after(
    asked: u32,
    run: impl Fn(&Context<'_>) -> Result<(), CodecError>,
) -> Option<&'static str> {
    let count = Cell::new(0);
    let should_stop = || {
        count.set(count.get() + 1);
        count.get() > asked
    };
    match run(&Context {
        should_stop: &should_stop,
        ..FREE
    }) {
        Err(CodecError::TimeLimit { stage }) => Some(stage),
        Ok(()) => None,
        Err(error) => panic!("expected the time limit, got {error}"),
    }
}

#[test]
fn the_time_limit_ends_a_job_between_its_stages() {
    let bytes = photo(Scene::Harbour, 320, 200, 1);
    let run = |context: &Context<'_>| {
        transform(&bytes, &to_width(100, OutputFormat::Jpeg), context).map(|_| ())
    };
    let stages: Vec<_> = (0..5).map(|asked| stage_after(asked, run)).collect();
    assert_eq!(
        stages,
        [
            Some("probing"),
            Some("decoding"),
            Some("resizing"),
            Some("encoding"),
            None
        ]
    );
}

#[test]
fn a_set_keeps_what_was_made_before_the_time_was_up() {
    let bytes = photo(Scene::Harbour, 320, 200, 1);
    let transforms = [200, 100, 50].map(|width| to_width(width, OutputFormat::Jpeg));
    let made = Cell::new(0);
    let stage = stage_after(4, |context| {
        let mut each = |_, _| {
            made.set(made.get() + 1);
            Ok(())
        };
        derive_set(&bytes, &transforms, context, &mut each).map(|_| ())
    });
    assert_eq!((stage, made.get()), (Some("resizing"), 1));
}

#[test]
fn output_limits_of_a_whole_set_are_checked_first() {
    let bytes = photo(Scene::Harbour, 320, 200, 1);
    let small = to_width(100, OutputFormat::Jpeg);
    let large = Transform {
        height: Some(9000),
        fit: Fit::Fill,
        enlarge: true,
        ..to_width(9000, OutputFormat::Jpeg)
    };
    let mut each = |_, _| panic!("nothing may be made");
    let error = derive_set(&bytes, &[small, large], &FREE, &mut each).unwrap_err();
    let expected = "accept the picture: max_output_side is 9000, at most 8192 is allowed";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn input_limits_hold() {
    let bytes = photo(Scene::Harbour, 320, 200, 1);
    let limits = Limits {
        max_pixels: 320 * 200 - 1,
        ..Limits::DEFAULT
    };
    let context = Context {
        limits: &limits,
        ..FREE
    };
    let error = transform(&bytes, &to_width(100, OutputFormat::Jpeg), &context).unwrap_err();
    assert!(
        matches!(
            error,
            CodecError::LimitExceeded {
                limit: "max_pixels",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn damaged_sources_are_errors_whatever_the_cut() {
    let bytes = photo(Scene::Harbour, 160, 100, 6);
    for length in (0..bytes.len() - 2).step_by(97) {
        let result = transform(&bytes[..length], &to_width(64, OutputFormat::Jpeg), &FREE);
        assert!(result.is_err(), "{length} of {} bytes", bytes.len());
    }
}

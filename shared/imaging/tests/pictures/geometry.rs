//! The geometry rules: every fit by example, and what holds for all plans.

use image_codecs::{CodecError, Limits, OutputFormat};
use imaging::{CropBox, Fit, Gravity, Plan, Transform, plan};
use proptest::prelude::*;

fn asked(fit: Fit, width: Option<u32>, height: Option<u32>) -> Transform {
    Transform {
        fit,
        width,
        height,
        ..Transform::to_format(OutputFormat::Jpeg)
    }
}

fn planned(source: (u32, u32), transform: &Transform) -> Plan {
    plan(source, transform, &Limits::DEFAULT).unwrap()
}

fn sizes(source: (u32, u32), transform: &Transform) -> [(u32, u32); 2] {
    let plan = planned(source, transform);
    [
        (plan.width, plan.height),
        (plan.canvas_width, plan.canvas_height),
    ]
}

#[test]
fn each_fit_gives_its_size() {
    let cases = [
        (Fit::Inside, (300, 150), (300, 150)),
        (Fit::Outside, (600, 300), (600, 300)),
        (Fit::Cover, (300, 300), (300, 300)),
        (Fit::Fill, (300, 300), (300, 300)),
        (Fit::Contain, (300, 150), (300, 300)),
    ];
    for (fit, picture, canvas) in cases {
        let transform = asked(fit, Some(300), Some(300));
        assert_eq!(
            sizes((2000, 1000), &transform),
            [picture, canvas],
            "{fit:?}"
        );
    }
}

#[test]
fn a_missing_side_follows_the_aspect_ratio_in_every_fit() {
    for fit in [
        Fit::Inside,
        Fit::Outside,
        Fit::Cover,
        Fit::Fill,
        Fit::Contain,
    ] {
        let by_width = planned((2000, 1001), &asked(fit, Some(300), None));
        assert_eq!((by_width.width, by_width.height), (300, 150), "{fit:?}");
        assert_eq!(by_width.crop, CropBox::whole(2000, 1001), "{fit:?}");
        let by_height = planned((2000, 1001), &asked(fit, None, Some(100)));
        assert_eq!((by_height.width, by_height.height), (200, 100), "{fit:?}");
        let as_is = planned((2000, 1001), &asked(fit, None, None));
        assert_eq!((as_is.width, as_is.height), (2000, 1001), "{fit:?}");
    }
}

#[test]
fn without_enlarge_the_box_shrinks_to_the_source() {
    let cases = [
        (Fit::Inside, (100, 50), (100, 50)),
        (Fit::Outside, (100, 50), (100, 50)),
        (Fit::Cover, (50, 50), (50, 50)),
        (Fit::Fill, (50, 50), (50, 50)),
        (Fit::Contain, (100, 50), (100, 100)),
    ];
    for (fit, picture, canvas) in cases {
        let transform = asked(fit, Some(400), Some(400));
        assert_eq!(sizes((100, 50), &transform), [picture, canvas], "{fit:?}");
    }
}

#[test]
fn enlarge_reaches_the_box() {
    let cases = [
        (Fit::Inside, (400, 200), (400, 200)),
        (Fit::Outside, (800, 400), (800, 400)),
        (Fit::Cover, (400, 400), (400, 400)),
        (Fit::Fill, (400, 400), (400, 400)),
        (Fit::Contain, (400, 200), (400, 400)),
    ];
    for (fit, picture, canvas) in cases {
        let transform = Transform {
            enlarge: true,
            ..asked(fit, Some(400), Some(400))
        };
        assert_eq!(sizes((100, 50), &transform), [picture, canvas], "{fit:?}");
    }
}

#[test]
fn gravity_chooses_what_cover_keeps() {
    let left = |gravity| {
        let transform = Transform {
            gravity,
            ..asked(Fit::Cover, Some(100), Some(100))
        };
        planned((2000, 1000), &transform).crop.left
    };
    assert_eq!(left(Gravity::West), 0.0);
    assert_eq!(left(Gravity::North), 500.0);
    assert_eq!(left(Gravity::SouthEast), 1000.0);
    assert_eq!(left(Gravity::Focal { x: 0.375, y: 0.0 }), 250.0);
    assert_eq!(left(Gravity::Focal { x: 0.1, y: 0.0 }), 0.0);
    assert_eq!(
        left(Gravity::Focal {
            x: 9.0,
            y: f32::NAN
        }),
        1000.0
    );
    assert_eq!(
        left(Gravity::Focal {
            x: f32::NAN,
            y: 0.0
        }),
        500.0
    );
}

#[test]
fn gravity_chooses_where_contain_sits() {
    let offset = |gravity| {
        let transform = Transform {
            gravity,
            ..asked(Fit::Contain, Some(100), Some(100))
        };
        let plan = planned((2000, 1000), &transform);
        (plan.left, plan.top)
    };
    assert_eq!(offset(Gravity::North), (0, 0));
    assert_eq!(offset(Gravity::Center), (0, 25));
    assert_eq!(offset(Gravity::SouthWest), (0, 50));
}

#[test]
fn names_the_output_limit_that_is_passed() {
    let limit = |width, height| {
        let fit = Transform {
            enlarge: true,
            ..asked(Fit::Fill, Some(width), Some(height))
        };
        match plan((100, 100), &fit, &Limits::DEFAULT) {
            Err(CodecError::LimitExceeded { limit, actual, .. }) => (limit, actual),
            other => panic!("expected a limit, got {other:?}"),
        }
    };
    assert_eq!(limit(8193, 10), ("max_output_side", 8193));
    assert_eq!(limit(8000, 8000), ("max_output_pixels", 64_000_000));
}

fn any_gravity() -> impl Strategy<Value = Gravity> {
    prop_oneof![
        Just(Gravity::Center),
        Just(Gravity::NorthWest),
        Just(Gravity::East),
        Just(Gravity::SouthEast),
        Just(Gravity::Smart),
        (any::<f32>(), any::<f32>()).prop_map(|(x, y)| Gravity::Focal { x, y }),
    ]
}

fn any_fit() -> impl Strategy<Value = Fit> {
    prop::sample::select(vec![
        Fit::Inside,
        Fit::Outside,
        Fit::Cover,
        Fit::Fill,
        Fit::Contain,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_plan_is_sound(
        source in (1_u32..=12_000, 1_u32..=12_000),
        width in prop::option::of(0_u32..=20_000),
        height in prop::option::of(0_u32..=20_000),
        fit in any_fit(),
        gravity in any_gravity(),
        enlarge in any::<bool>(),
    ) {
        let limits = Limits::DEFAULT;
        let transform = Transform { gravity, enlarge, ..asked(fit, width, height) };
        let Ok(plan) = plan(source, &transform, &limits) else { return Ok(()) };
        prop_assert!(plan.width > 0 && plan.height > 0);
        prop_assert!(plan.left + plan.width <= plan.canvas_width);
        prop_assert!(plan.top + plan.height <= plan.canvas_height);
        prop_assert!(plan.canvas_width.max(plan.canvas_height) <= limits.max_output_side);
        let area = u64::from(plan.canvas_width) * u64::from(plan.canvas_height);
        prop_assert!(area <= limits.max_output_pixels);
        let crop = plan.crop;
        prop_assert!(crop.width > 0.0 && crop.height > 0.0);
        prop_assert!(crop.left >= 0.0 && crop.top >= 0.0);
        prop_assert!(crop.left + crop.width <= f64::from(source.0) + 1e-6);
        prop_assert!(crop.top + crop.height <= f64::from(source.1) + 1e-6);
        if !enlarge {
            prop_assert!(plan.width <= source.0 && plan.height <= source.1);
        }
        if fit == Fit::Inside {
            prop_assert!(width.is_none_or(|width| plan.width <= width.max(1)));
            prop_assert!(height.is_none_or(|height| plan.height <= height.max(1)));
        }
    }
}

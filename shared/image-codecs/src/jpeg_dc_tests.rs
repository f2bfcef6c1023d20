//! Against libjpeg-turbo, which decides what is right.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use proptest::prelude::*;
use turbojpeg::{Decompressor, ScalingFactor, YuvImage};

use super::{decode, mean};
use crate::{Plane, Subsampling};

const KINDS: [(Subsampling, SamplingFactor); 5] = [
    (Subsampling::S444, SamplingFactor::F_1_1),
    (Subsampling::S422, SamplingFactor::F_2_1),
    (Subsampling::S420, SamplingFactor::F_2_2),
    (Subsampling::S440, SamplingFactor::F_1_2),
    (Subsampling::Gray, SamplingFactor::F_1_1),
];

/// How a test picture is written.
#[derive(Debug, Clone, Copy)]
struct Case {
    size: (u16, u16),
    kind: usize,
    quality: u8,
    restarts: u16,
    noise: u8,
}

fn cases() -> impl Strategy<Value = Case> {
    (
        (1_u16..200, 1_u16..200),
        0..KINDS.len(),
        1_u8..=100,
        prop_oneof![Just(0_u16), 1_u16..40],
        any::<u8>(),
    )
        .prop_map(|(size, kind, quality, restarts, noise)| Case {
            size,
            kind,
            quality,
            restarts,
            noise,
        })
}

impl Case {
    fn whole(self) -> (usize, usize) {
        (self.size.0.into(), self.size.1.into())
    }

    fn subsampling(self) -> Subsampling {
        KINDS[self.kind].0
    }

    fn jpeg(self) -> Vec<u8> {
        self.write(false)
    }

    fn write(self, progressive: bool) -> Vec<u8> {
        let (color, channels) = match self.subsampling() {
            Subsampling::Gray => (ColorType::Luma, 1),
            _ => (ColorType::Ycbcr, 3),
        };
        let (width, height) = self.whole();
        let mut state = u32::from(self.noise);
        let pixels: Vec<u8> = (0..width * height * channels)
            .map(|index| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = (state >> 24) as u8 & self.noise;
                (index / channels % width) as u8 ^ noise
            })
            .collect();
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, self.quality);
        encoder.set_sampling_factor(KINDS[self.kind].1);
        encoder.set_progressive(progressive);
        if self.restarts > 0 && !progressive {
            encoder.set_restart_interval(self.restarts);
        }
        encoder
            .encode(&pixels, self.size.0, self.size.1, color)
            .unwrap();
        bytes
    }
}

/// The visible samples of each plane as libjpeg-turbo decodes them; `None` where
/// it warns.
fn reference(bytes: &[u8], (width, height): (usize, usize)) -> Option<[Vec<u8>; 3]> {
    let mut decompressor = Decompressor::new().unwrap();
    let header = decompressor.read_header(bytes).ok()?;
    if (header.width, header.height) != (width, height) {
        return None;
    }
    decompressor
        .set_scaling_factor(ScalingFactor::ONE_EIGHTH)
        .unwrap();
    let scaled = header.scaled(ScalingFactor::ONE_EIGHTH);
    let length = turbojpeg::yuv_pixels_len(scaled.width, 1, scaled.height, header.subsamp).ok()?;
    let mut pixels = vec![0; length];
    let target = YuvImage {
        pixels: pixels.as_mut_slice(),
        width: scaled.width,
        align: 1,
        height: scaled.height,
        subsamp: header.subsamp,
    };
    let (stride, rows) = target.y_size();
    match decompressor.decompress_to_yuv(bytes, target) {
        Err(error) if !error.to_string().contains("before marker 0xd9") => return None,
        _ => {}
    }
    let (y, chroma) = pixels.split_at(stride * rows);
    let (u, v) = chroma.split_at(chroma.len() / 2);
    let y = y.chunks(stride).take(scaled.height);
    let y = y.flat_map(|row| &row[..scaled.width]).copied().collect();
    Some([y, u.to_vec(), v.to_vec()])
}

fn visible(planes: &[Plane; 3]) -> [Vec<u8>; 3] {
    planes
        .each_ref()
        .map(|plane| plane.rows().flatten().copied().collect())
}

fn found(bytes: &[u8], case: Case) -> Option<[Vec<u8>; 3]> {
    decode(bytes, case.whole(), case.subsampling()).map(|planes| visible(&planes))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn gives_what_libjpeg_gives(case in cases()) {
        let bytes = case.jpeg();
        let found = found(&bytes, case);
        prop_assert!(found.is_some());
        prop_assert_eq!(found, reference(&bytes, case.whole()));
    }

    #[test]
    fn gives_nothing_else_for_changed_bytes(
        case in cases(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        in_scan in any::<bool>(),
    ) {
        let mut bytes = case.jpeg();
        let head = if in_scan { bytes.len() / 2 } else { 0 };
        for (place, value) in changes {
            let place = head + place.index(bytes.len() - head);
            bytes[place] = value;
        }
        if let Some(planes) = found(&bytes, case) {
            prop_assert_eq!(Some(planes), reference(&bytes, case.whole()));
        }
    }

    #[test]
    fn gives_nothing_else_for_flipped_bits(case in cases(), place: prop::sample::Index, bit in 0_u32..8) {
        let mut bytes = case.jpeg();
        let place = place.index(bytes.len());
        bytes[place] ^= 1_u8 << bit;
        if let Some(planes) = found(&bytes, case) {
            prop_assert_eq!(Some(planes), reference(&bytes, case.whole()));
        }
    }

    #[test]
    fn takes_no_random_data(case in cases(), data in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut bytes = case.jpeg();
        let scan = bytes.windows(2).position(|marker| marker == [0xFF, 0xDA]).unwrap();
        bytes.truncate(scan + 2 + usize::from(bytes[scan + 3]));
        bytes.extend(data);
        bytes.extend([0xFF, 0xD9]);
        if let Some(planes) = found(&bytes, case) {
            prop_assert_eq!(Some(planes), reference(&bytes, case.whole()));
        }
    }

    #[test]
    fn refuses_truncation(case in cases(), length: prop::sample::Index) {
        let bytes = case.jpeg();
        let length = length.index(bytes.len());
        prop_assert_eq!(found(&bytes[..length], case), None);
        // With an end that pretends to be one, too.
        let cut = [&bytes[..length], &[0xFF, 0xD9]].concat();
        if let Some(planes) = found(&cut, case) {
            prop_assert_eq!(Some(planes), reference(&cut, case.whole()));
        }
    }

    #[test]
    fn leaves_progressive_pictures(case in cases()) {
        prop_assert_eq!(found(&case.write(true), case), None);
    }
}

const CASE: Case = Case {
    size: (100, 75),
    kind: 2,
    quality: 90,
    restarts: 3,
    noise: 63,
};

#[test]
fn refuses_another_size_or_subsampling() {
    let bytes = CASE.jpeg();
    assert!(decode(&bytes, (100, 75), Subsampling::S420).is_some());
    assert!(decode(&bytes, (100, 76), Subsampling::S420).is_none());
    assert!(decode(&bytes, (100, 75), Subsampling::S444).is_none());
}

#[test]
fn refuses_lost_and_swapped_restarts() {
    let bytes = CASE.jpeg();
    let place = |number: u8| {
        let marker = [0xFF, 0xD0 + number];
        bytes.windows(2).position(|found| found == marker).unwrap()
    };
    let (first, second) = (place(0), place(1));
    let lost = [&bytes[..first], &bytes[second..]].concat();
    assert_eq!(found(&lost, CASE), None);
    let mut swapped = bytes.clone();
    swapped[first + 1] = 0xD1;
    swapped[second + 1] = 0xD0;
    assert_eq!(found(&swapped, CASE), None);
}

#[test]
fn accepts_stray_bytes_only_at_the_end() {
    let bytes = CASE.jpeg();
    let (picture, end) = bytes.split_at(bytes.len() - 2);
    let padded = [picture, &[1, 2, 3], end, &[4, 5]].concat();
    assert_eq!(found(&padded, CASE), found(&bytes, CASE));
    let restart = bytes
        .windows(2)
        .position(|found| found == [0xFF, 0xD0])
        .unwrap();
    let (before, after) = bytes.split_at(restart);
    assert_eq!(found(&[before, &[1], after].concat(), CASE), None);
}

#[test]
fn wraps_means_as_libjpeg_does() {
    assert_eq!(
        [mean(0, 16), mean(3, 1), mean(4, 1), mean(-4, 1)],
        [128, 128, 129, 128]
    );
    assert_eq!(
        [mean(1023, 1), mean(1100, 1), mean(-1100, 1)],
        [255, 255, 0]
    );
    assert_eq!(mean(512 * 8, 1), 0);
}

//! Linear-light colours, so that light adds up as it does in front of a camera.

use std::ops::{Add, Mul};

/// Linear RGB; 1 is the brightest a picture shows, more is clipped softly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Colour {
    pub(crate) red: f32,
    pub(crate) green: f32,
    pub(crate) blue: f32,
}

impl Colour {
    pub(crate) const BLACK: Self = Self::grey(0.0);

    pub(crate) const fn linear(red: f32, green: f32, blue: f32) -> Self {
        Self { red, green, blue }
    }

    pub(crate) const fn grey(level: f32) -> Self {
        Self::linear(level, level, level)
    }

    /// From `0xRRGGBB` in sRGB.
    pub(crate) fn srgb(hex: u32) -> Self {
        let linear = |shift: u32| {
            let encoded = f64::from(hex >> shift & 0xff) / 255.0;
            encoded.powf(2.2) as f32
        };
        Self {
            red: linear(16),
            green: linear(8),
            blue: linear(0),
        }
    }

    /// `self` at 0, `other` at 1.
    pub(crate) fn mix(self, other: Self, amount: f32) -> Self {
        self * (1.0 - amount) + other * amount
    }

    /// Product channel by channel: light of this colour on that surface.
    pub(crate) fn tint(self, other: Self) -> Self {
        Self {
            red: self.red * other.red,
            green: self.green * other.green,
            blue: self.blue * other.blue,
        }
    }
}

impl Add for Colour {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            red: self.red + other.red,
            green: self.green + other.green,
            blue: self.blue + other.blue,
        }
    }
}

impl Mul<f32> for Colour {
    type Output = Self;

    fn mul(self, factor: f32) -> Self {
        Self {
            red: self.red * factor,
            green: self.green * factor,
            blue: self.blue * factor,
        }
    }
}

/// Linear light to 8-bit sRGB by table, with a soft shoulder above 0.8.
pub(crate) struct ToneCurve {
    table: Vec<u8>,
}

impl ToneCurve {
    const STEPS: usize = 8192;
    /// Linear level at the end of the table; brighter light is white.
    const CEILING: f32 = 4.0;

    pub(crate) fn new() -> Self {
        let table = (0..=Self::STEPS)
            .map(|step| {
                // The square spends the table's steps where the eye does: in the shadows.
                let root = step as f64 / Self::STEPS as f64;
                let light = root * root * f64::from(Self::CEILING);
                let rolled = if light > 0.8 {
                    1.0 - 0.2 * (-(light - 0.8) / 0.2).exp()
                } else {
                    light
                };
                (rolled.powf(1.0 / 2.2) * 255.0).round() as u8
            })
            .collect();
        Self { table }
    }

    pub(crate) fn encode(&self, colour: Colour) -> [u8; 3] {
        [colour.red, colour.green, colour.blue].map(|light| {
            let root = (light / Self::CEILING).clamp(0.0, 1.0).sqrt();
            let step = (root * Self::STEPS as f32) as usize;
            self.table.get(step).copied().unwrap_or(u8::MAX)
        })
    }
}

/// 0 below `from`, 1 above `to`, a smooth S between; also falls where `from > to`.
pub(crate) fn smoothstep(from: f32, to: f32, value: f32) -> f32 {
    let t = ((value - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tone_curve_inverts_srgb_in_the_straight_part() {
        let curve = ToneCurve::new();
        for hex in [0x00_00_00, 0x20_40_60, 0x80_a0_c0] {
            let expected = [(hex >> 16) as u8, (hex >> 8) as u8, hex as u8];
            for (got, want) in curve.encode(Colour::srgb(hex)).into_iter().zip(expected) {
                assert!(got.abs_diff(want) <= 1, "{got} for {want}");
            }
        }
    }

    #[test]
    fn tone_curve_rises_to_white() {
        let curve = ToneCurve::new();
        let levels: Vec<u8> = (0..100)
            .map(|i| curve.encode(Colour::grey(i as f32 / 20.0))[0])
            .collect();
        assert!(levels.is_sorted());
        assert_eq!(levels.last(), Some(&255));
    }
}

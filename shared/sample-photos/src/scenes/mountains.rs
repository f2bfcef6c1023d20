//! Ridge behind ridge: every layer hazier than the one before it, mist in the valleys.

use crate::colour::{Colour, smoothstep};
use crate::noise::Noise;
use crate::render::{Frame, Point, Shader};

/// Layers from the nearest (0) to the farthest.
const RIDGES: usize = 7;

/// One mountain range.
struct Ridge {
    /// Per pixel column: height of the outline with its trees, and of the smooth
    /// ground below, from which the mist is measured.
    outline: Vec<[f32; 2]>,
    /// Colour of the slopes.
    slope: Colour,
    /// Colour of the mist that gathers below the crest.
    mist: Colour,
    /// Height over which the slope vanishes in the mist.
    depth: f32,
    /// Strength of the forest texture.
    texture: f32,
    noise: Noise,
}

pub(crate) struct Mountains {
    ridges: Vec<Ridge>,
    sky: Noise,
    zenith: Colour,
    horizon: Colour,
    sun: Colour,
    sun_at: (f32, f32),
    pixel: f32,
    octaves: u32,
}

impl Mountains {
    pub(crate) fn new(frame: Frame, seed: u32) -> Self {
        Self {
            ridges: (0..RIDGES)
                .map(|layer| Ridge::new(layer, frame, seed))
                .collect(),
            sky: Noise::new(seed ^ 0x51),
            zenith: Colour::srgb(0x4f_76_a8),
            horizon: Colour::srgb(0xff_dc_b0),
            sun: Colour::srgb(0xff_e0_a8),
            sun_at: (0.66 * frame.aspect(), 0.3),
            pixel: frame.pixel(),
            octaves: frame.octaves(24.0, 6),
        }
    }

    fn sky(&self, point: Point) -> Colour {
        let clear = self
            .zenith
            .mix(self.horizon, smoothstep(-0.05, 0.5, point.y));
        let cloud = self
            .sky
            .fractal(point.x * 1.3, point.y * 9.0, self.octaves.min(5));
        let veil = smoothstep(0.0, 0.9, cloud) * 0.55;
        let lit = clear.mix(self.sun, veil);
        let distance = (point.x - self.sun_at.0).hypot(point.y - self.sun_at.1);
        let disc = smoothstep(0.034, 0.031, distance);
        let glow = 0.5 * (-distance * 5.0).exp() + 0.5 * (-distance * 22.0).exp();
        lit + self.sun * (glow + 2.0 * disc)
    }

    fn slope(&self, ridge: &Ridge, point: Point, ground: f32) -> Colour {
        let below = point.y - ground;
        let drift = ridge.noise.fractal(point.x * 2.2, point.y * 6.0, 4);
        let mist = smoothstep(0.0, ridge.depth, below + 0.07 * drift);
        let forest = if mist < 0.97 {
            ridge
                .noise
                .fractal(point.x * 24.0, point.y * 15.0, self.octaves)
        } else {
            0.0
        };
        let lit = ridge.slope * (1.0 + ridge.texture * forest).max(0.1);
        let sunward = (-(point.x - self.sun_at.0).abs() * 1.6).exp() * 0.5;
        lit.mix(
            ridge.mist + self.sun.tint(ridge.mist) * sunward,
            0.94 * mist,
        )
    }
}

impl Shader for Mountains {
    fn shade(&self, point: Point) -> Colour {
        let mut light = Colour::BLACK;
        let mut open = 1.0;
        for ridge in &self.ridges {
            let [crest, ground] = ridge.outline.get(point.column).copied().unwrap_or([1.0; 2]);
            let coverage = ((point.y - crest) / self.pixel + 0.5).clamp(0.0, 1.0);
            if coverage > 0.0 {
                light = light + self.slope(ridge, point, ground) * (open * coverage);
                open *= 1.0 - coverage;
                if open <= 0.0 {
                    return light;
                }
            }
        }
        light + self.sky(point) * open
    }
}

impl Ridge {
    fn new(layer: usize, frame: Frame, seed: u32) -> Self {
        let noise = Noise::new(seed.wrapping_add(layer as u32 * 977));
        let distance = layer as f32 / (RIDGES - 1) as f32;
        let base = 0.93 - 0.56 * distance.powf(0.8);
        let frequency = 1.1 + 1.6 * distance;
        let relief = 0.16 - 0.05 * distance;
        let octaves = frame.octaves(frequency, 9);
        let lift = |x: f32, octaves| {
            noise.ridged(x * frequency + 31.0, layer as f32 * 7.7, octaves) - 0.55
        };
        let outline = frame
            .columns()
            .map(|x| {
                let trees = match layer {
                    0 => firs(noise, x, 26.0, 0.11),
                    1 => firs(noise, x, 75.0, 0.032),
                    2 => firs(noise, x, 150.0, 0.012),
                    _ => 0.0,
                };
                let crest = base - relief * 2.0 * lift(x, octaves) - trees;
                [crest, base - relief * 2.0 * lift(x, 2)]
            })
            .collect();
        let near = Colour::srgb(0x14_24_26);
        let far = Colour::srgb(0xb4_b6_c2);
        Self {
            outline,
            slope: near.mix(far, distance.powf(0.9)),
            mist: Colour::srgb(0x8f_a3_b4).mix(Colour::srgb(0xfb_dc_b8), distance),
            depth: 0.34 - 0.2 * distance,
            texture: 0.9 - 0.75 * distance,
            noise,
        }
    }
}

/// Height of the tallest fir over `x`: about `density` trees a unit, up to `tallest` high.
fn firs(noise: Noise, x: f32, density: f32, tallest: f32) -> f32 {
    let here = (x * density).floor() as i32;
    (here - 2..=here + 2)
        .map(|tree| {
            let height = tallest * (0.35 + 0.65 * noise.uniform(tree, 1));
            let middle = (tree as f32 + noise.uniform(tree, 2)) / density;
            let reach = (x - middle).abs() / (0.21 * height);
            // Branches: the outline steps in and out on its way to the top.
            let twigs = 0.11 * noise.fractal(x * density * 9.0, tree as f32 * 3.7, 3);
            height * (1.0 - reach.powf(0.85) + twigs)
        })
        .fold(0.0, f32::max)
}

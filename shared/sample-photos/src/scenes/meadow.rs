//! A meadow in flower: clouds and hills are shaded, blades and petals are painted.

use crate::colour::{Colour, ToneCurve, smoothstep};
use crate::noise::Noise;
use crate::raster::Rgb;
use crate::render::{Frame, Point, Shader};

const HORIZON: f32 = 0.46;
/// Blades of grass and flowers, painted from far to near.
const BLADES: i32 = 26_000;
const FLOWERS: i32 = 1_500;

pub(crate) struct Meadow {
    noise: Noise,
    hills: Vec<[f32; 2]>,
    frame: Frame,
    octaves: u32,
    palette: Palette,
}

struct Palette {
    zenith: Colour,
    haze: Colour,
    cloud_light: Colour,
    cloud_shade: Colour,
    far_hill: Colour,
    near_hill: Colour,
    grass_dark: Colour,
    grass_light: Colour,
    straw: Colour,
    petals: [Colour; 4],
}

impl Meadow {
    pub(crate) fn new(frame: Frame, seed: u32) -> Self {
        let noise = Noise::new(seed ^ 0xbe);
        let crest = |x: f32, base: f32, height: f32, frequency: f32, row: f32| {
            base - height * noise.fractal(x * frequency, row, 9)
        };
        Self {
            noise,
            hills: frame
                .columns()
                .map(|x| {
                    [
                        crest(x, 0.405, 0.09, 1.3, 3.0),
                        crest(x, 0.435, 0.05, 2.1, 8.0),
                    ]
                })
                .collect(),
            frame,
            octaves: frame.octaves(3.0, 9),
            palette: Palette {
                zenith: Colour::srgb(0x2f_6f_bd),
                haze: Colour::srgb(0xc4_dd_ee),
                cloud_light: Colour::srgb(0xff_fd_f6) * 1.1,
                cloud_shade: Colour::srgb(0x8f_9e_b4),
                far_hill: Colour::srgb(0x6f_93_a4),
                near_hill: Colour::srgb(0x3c_62_33),
                grass_dark: Colour::srgb(0x1d_3a_10),
                grass_light: Colour::srgb(0x86_ac_3a),
                straw: Colour::srgb(0xc9_b8_6c),
                petals: [
                    Colour::srgb(0xd4_26_1a),
                    Colour::srgb(0xf6_f4_ee),
                    Colour::srgb(0xf2_c9_1c),
                    Colour::srgb(0x5a_62_c8),
                ],
            },
        }
    }

    fn sky(&self, point: Point) -> Colour {
        let clear = self
            .palette
            .zenith
            .mix(self.palette.haze, smoothstep(-0.1, HORIZON, point.y));
        // Clouds flatten towards the horizon, as seen from below.
        let depth = 1.0 / (HORIZON + 0.12 - point.y).max(0.04);
        let (x, y) = ((point.x - 0.8) * depth * 0.95, depth * 0.62);
        let warp = self.noise.fractal(x * 0.7 + 17.0, y * 0.7, 3);
        let density = self
            .noise
            .fractal(x + 0.5 * warp, y + 0.4 * warp, self.octaves.min(7));
        let lit = self
            .noise
            .fractal(x + 0.5 * warp - 0.12, y + 0.4 * warp + 0.15, 4);
        let cover = smoothstep(-0.02, 0.3, density);
        let shade = smoothstep(-0.25, 0.35, density - lit + 0.05);
        let cloud = self
            .palette
            .cloud_shade
            .mix(self.palette.cloud_light, shade);
        clear.mix(
            cloud,
            cover * smoothstep(HORIZON + 0.02, HORIZON - 0.2, point.y).max(0.25),
        )
    }

    fn hill(&self, point: Point, crest: f32, base: Colour, haze: f32) -> Colour {
        let trees = self.noise.fractal(point.x * 22.0, point.y * 40.0, 6);
        let fields = self.noise.fractal(point.x * 2.5, point.y * 14.0, 2);
        let tone = base * (1.0 + 0.55 * trees + 0.3 * fields).max(0.15);
        tone.mix(
            self.palette.haze,
            haze * smoothstep(crest + 0.12, crest, point.y),
        )
    }

    /// The ground under the painted blades.
    fn ground(&self, point: Point) -> Colour {
        let depth = 0.1 / (point.y - HORIZON + 0.012);
        let (x, z) = ((point.x - 0.8) * depth * 9.0, depth * 14.0);
        let patches = self.noise.fractal(x * 0.5, z * 0.5, 5);
        let tufts = self
            .noise
            .fractal(point.x * 60.0, point.y * 26.0, self.octaves.min(5));
        let near = smoothstep(HORIZON, 1.0, point.y);
        let calm = smoothstep(0.0, 0.12, near);
        let tone = (0.5 + calm * (0.4 * patches + 0.5 * tufts)).clamp(0.0, 1.0);
        let grass = self.palette.grass_dark.mix(self.palette.grass_light, tone);
        grass.mix(self.palette.haze, 0.25 * (1.0 - near).powi(6)) * (1.0 - 0.55 * near)
    }

    /// Where the `index`th of `count` plants stands, from the horizon to the bottom edge:
    /// across, its foot and its scale (1 at the bottom edge), in scene coordinates.
    fn plant(&self, index: i32, count: i32, row: i32) -> (f32, f32, f32) {
        let jitter = self.noise.uniform(index, row);
        let near = ((index as f32 + jitter) / count as f32).powf(1.7);
        let across = self.noise.uniform(index, row + 1) * (self.frame.aspect() + 0.2) - 0.1;
        (
            across,
            HORIZON + 0.02 + near * (1.14 - HORIZON),
            0.04 + 0.96 * near,
        )
    }

    fn paint_blade(&self, picture: &mut Rgb, curve: &ToneCurve, index: i32) {
        let unit = f32::from(picture.height());
        let (x, foot, scale) = self.plant(index, BLADES, 10);
        let wind = self.noise.fractal(x * 2.0, foot * 6.0, 2);
        let lean = 0.05 * (wind + 1.2 * (self.noise.uniform(index, 12) - 0.5));
        let height = (0.05 + 0.13 * self.noise.uniform(index, 13)) * scale;
        let width = (0.0018 + 0.0032 * self.noise.uniform(index, 14)) * scale;
        let tone = self.noise.uniform(index, 15);
        let light = if tone > 0.9 {
            self.palette.straw
        } else {
            self.palette.grass_light
        };
        let tip = light * (0.5 + 0.9 * tone);
        let (first, last) = (((foot - height) * unit) as i32, (foot * unit) as i32);
        for row in first..=last {
            let up = ((foot - row as f32 / unit) / height).clamp(0.0, 1.0);
            let middle = x + lean * scale * up * up;
            let half = 0.5 * width * (1.0 - up).sqrt().max(0.15);
            let colour = self.palette.grass_dark.mix(tip, smoothstep(0.0, 0.9, up));
            picture.paint_run(
                row,
                ((middle - half) * unit, (middle + half) * unit),
                colour,
                curve,
            );
        }
    }

    fn paint_flower(&self, picture: &mut Rgb, curve: &ToneCurve, index: i32) {
        let unit = f32::from(picture.height());
        let (x, foot, scale) = self.plant(index, FLOWERS, 20);
        // Flowers of one kind grow in drifts.
        let drift = self.noise.fractal(x * 2.0 + 50.0, foot * 7.0, 3);
        let kind = ((drift * 2.2 + 4.0 + 1.4 * self.noise.uniform(index, 22)) as usize) % 4;
        let Some(&petal) = self.palette.petals.get(kind) else {
            return;
        };
        let radius = (0.009 + 0.008 * self.noise.uniform(index, 23)) * scale * unit;
        let rise = (0.07 + 0.09 * self.noise.uniform(index, 24)) * scale;
        let centre = (x * unit, (foot - rise) * unit);
        let spin = self.noise.uniform(index, 25) * 6.3;
        let count = if kind == 1 { 11 } else { 5 };
        for leaf in 0..count {
            let angle = spin + leaf as f32 * std::f32::consts::TAU / count as f32;
            let at = (
                centre.0 + 0.62 * radius * angle.cos(),
                centre.1 + 0.4 * radius * angle.sin(),
            );
            let lit = 0.62 + 0.3 * self.noise.uniform(index * 16 + leaf, 26) - 0.25 * angle.sin();
            let size = if kind == 1 { 0.3 } else { 0.56 } * radius;
            picture.paint_ellipse(at, (size, size * 0.72), petal * lit, curve);
        }
        let heart = if kind == 1 {
            self.palette.petals[2]
        } else {
            self.palette.grass_dark
        };
        picture.paint_ellipse(centre, (0.28 * radius, 0.2 * radius), heart, curve);
    }
}

impl Shader for Meadow {
    fn shade(&self, point: Point) -> Colour {
        let [far, near] = self.hills.get(point.column).copied().unwrap_or([1.0; 2]);
        let covered = |edge: f32| ((point.y - edge) / self.frame.pixel() + 0.5).clamp(0.0, 1.0);
        if covered(HORIZON) > 0.5 {
            return self.ground(point);
        }
        let mut light = self.sky(point);
        if covered(far) > 0.0 {
            light = light.mix(
                self.hill(point, far, self.palette.far_hill, 0.5),
                covered(far),
            );
        }
        if covered(near) > 0.0 {
            light = light.mix(
                self.hill(point, near, self.palette.near_hill, 0.35),
                covered(near),
            );
        }
        light
    }

    fn paint(&self, picture: &mut Rgb, curve: &ToneCurve) {
        let mut flower = 0;
        for blade in 0..BLADES {
            self.paint_blade(picture, curve, blade);
            // Keep the two sorted by depth: both are spread over the same distance.
            while flower < FLOWERS && flower * (BLADES / FLOWERS) <= blade {
                self.paint_flower(picture, curve, flower);
                flower += 1;
            }
        }
    }
}

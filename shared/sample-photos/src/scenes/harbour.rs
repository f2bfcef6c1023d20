//! A lit town at dusk and its reflection, torn by the ripples of the harbour.

use crate::colour::{Colour, smoothstep};
use crate::noise::Noise;
use crate::render::{Frame, Point, Shader};

/// Where the quay meets the water.
const WATERLINE: f32 = 0.56;
/// Houses a unit of width.
const HOUSES: f32 = 17.0;

/// A moored sailing boat.
struct Boat {
    /// Middle of the hull.
    x: f32,
    /// Its own waterline.
    y: f32,
    /// Length of the hull.
    length: f32,
    hull: Colour,
}

pub(crate) struct Harbour {
    noise: Noise,
    ripples: Noise,
    hills: Vec<f32>,
    /// Light of the quay's lamps by column: a narrow halo and a wide one.
    halos: Vec<[Colour; 2]>,
    boats: Vec<Boat>,
    zenith: Colour,
    middle: Colour,
    horizon: Colour,
    pixel: f32,
    octaves: u32,
}

impl Harbour {
    pub(crate) fn new(frame: Frame, seed: u32) -> Self {
        let noise = Noise::new(seed ^ 0xa1);
        let aspect = frame.aspect();
        let hull = |red, white: bool| Colour::srgb(if white { 0x9a_9c_a4 } else { red });
        Self {
            noise,
            ripples: Noise::new(seed ^ 0x33),
            hills: frame
                .columns()
                .map(|x| 0.475 - 0.1 * noise.fractal(x * 1.7 + 9.0, 2.0, 8))
                .collect(),
            halos: frame.columns().map(|x| halos(noise, x)).collect(),
            boats: vec![
                Boat {
                    x: 0.2 * aspect,
                    y: 0.72,
                    length: 0.26,
                    hull: hull(0x5c_1d_22, false),
                },
                Boat {
                    x: 0.49 * aspect,
                    y: 0.635,
                    length: 0.15,
                    hull: hull(0, true),
                },
                Boat {
                    x: 0.8 * aspect,
                    y: 0.665,
                    length: 0.18,
                    hull: hull(0x1d_35_56, false),
                },
            ],
            zenith: Colour::srgb(0x12_1f_45),
            middle: Colour::srgb(0x6a_5a_86),
            horizon: Colour::srgb(0xf2_9a_5e),
            pixel: frame.pixel(),
            octaves: frame.octaves(30.0, 5),
        }
    }

    fn sky(&self, x: f32, y: f32) -> Colour {
        let low = self.middle.mix(self.horizon, smoothstep(0.3, 0.56, y));
        let clear = self.zenith.mix(low, smoothstep(0.0, 0.4, y));
        let cloud = self.noise.fractal(x * 1.6, y * 7.0, self.octaves);
        let lit = Colour::srgb_cloud(y);
        let sky = clear.mix(lit, smoothstep(0.1, 0.8, cloud) * 0.75);
        let (cell_x, cell_y) = ((x * 160.0) as i32, (y * 160.0) as i32);
        let star = self.noise.uniform(cell_x, cell_y);
        if star > 0.988 && y < 0.3 {
            let dx = (x * 160.0).fract() - 0.5;
            let dy = (y * 160.0).fract() - 0.5;
            let size = (dx * dx + dy * dy) * 60.0;
            return sky + Colour::grey((-size).exp() * smoothstep(0.3, 0.1, y));
        }
        sky
    }

    /// Everything above the waterline.
    fn town(&self, x: f32, y: f32, column: usize) -> Colour {
        let hill = self.hills.get(column).copied().unwrap_or(1.0);
        let background = if y > hill {
            let haze = smoothstep(hill, WATERLINE + 0.1, y);
            let woods = 1.0 + 0.5 * self.noise.fractal(x * 30.0, y * 40.0, self.octaves);
            let scattered = self.noise.uniform((x * 240.0) as i32, (y * 240.0) as i32);
            let lamp = if scattered > 0.992 { 0.9 } else { 0.0 };
            Colour::srgb(0x1d_1f_35).mix(Colour::srgb(0x4f_3c_50), haze) * woods
                + Colour::srgb(0xff_c0_70) * lamp
        } else {
            self.sky(x, y)
        };
        self.house(x, y).unwrap_or(background) + self.lamplight(column, WATERLINE - 0.035 - y)
    }

    /// The quay's lamps seen from `above` their height.
    fn lamplight(&self, column: usize, above: f32) -> Colour {
        let Some([narrow, wide]) = self.halos.get(column) else {
            return Colour::BLACK;
        };
        *narrow * (-(above / 0.006).powi(2)).exp() + *wide * (-(above / 0.03).powi(2)).exp()
    }

    /// The house front at a point, if there is one.
    fn house(&self, x: f32, y: f32) -> Option<Colour> {
        let position = x * HOUSES;
        let index = position.floor() as i32;
        let across = position - index as f32;
        let height = 0.07 + 0.1 * self.noise.uniform(index, 71);
        let gable = 0.05 * self.noise.uniform(index, 72) * (1.0 - 2.0 * (across - 0.5).abs());
        let top = WATERLINE - height - gable;
        if y < top {
            return None;
        }
        let hue = self.noise.uniform(index, 73);
        let plaster = Colour::srgb(match (hue * 5.0) as u32 {
            0 => 0x6b_3b_30,
            1 => 0x70_5c_3c,
            2 => 0x3f_48_5c,
            3 => 0x6e_62_5c,
            _ => 0x4c_33_3c,
        });
        let wall = self.noise.fractal(x * 40.0, y * 60.0, self.octaves);
        let streetlight = smoothstep(WATERLINE - 0.12, WATERLINE, y);
        let dim = 0.22 + 0.9 * streetlight;
        let front = plaster * (dim * (1.0 + 0.35 * wall));
        if y < top + gable + 0.008 || y > WATERLINE - 0.006 || !(0.04..0.96).contains(&across) {
            return Some(front * 0.45);
        }
        Some(self.window(index, across, y - top - gable).unwrap_or(front))
    }

    fn window(&self, house: i32, across: f32, down: f32) -> Option<Colour> {
        let columns = 3.0 + (self.noise.uniform(house, 74) * 2.0).floor();
        let (h, v) = (across * columns, down / 0.026);
        let (inside_h, inside_v) = (h.fract(), v.fract());
        if !(0.26..0.76).contains(&inside_h) || !(0.22..0.82).contains(&inside_v) {
            return None;
        }
        let id = house * 64 + h as i32;
        let lit = self.noise.uniform(id, v as i32);
        let bars = (inside_h - 0.51).abs() < 0.03 || (inside_v - 0.45).abs() < 0.03;
        Some(match lit {
            _ if bars => Colour::srgb(0x20_1a_1c),
            0.0..0.52 => Colour::srgb(0x18_1c_2c),
            0.52..0.8 => Colour::srgb(0xff_b5_58) * (0.5 + 1.2 * (lit - 0.5)),
            _ => Colour::srgb(0xff_dc_9a) * 1.3,
        })
    }

    /// The town as the moving water shows it.
    fn water(&self, point: Point) -> Colour {
        let near = (point.y - WATERLINE) / (1.0 - WATERLINE);
        let scale = 1.0 / (0.06 + near);
        let (wave_x, wave_y) = (point.x * (3.0 + 5.0 * scale), near.sqrt() * 70.0);
        let swell = self.ripples.fractal(wave_x, wave_y, self.octaves);
        let chop = self
            .ripples
            .smooth(point.x * 30.0 * scale.sqrt(), near.sqrt() * 260.0);
        let tilt = swell + 0.35 * chop;
        let mirrored = 2.0 * WATERLINE - point.y - 0.05 * (0.15 + near) * tilt;
        let shift = 0.012 * tilt * (0.3 + near);
        let x = point.x + shift;
        let column = (point.column as f32 + shift / self.pixel).max(0.0) as usize;
        let seen = self.town(x, mirrored.clamp(0.0, WATERLINE - 0.001), column);
        // Waves stretch every lamp into a broken path of light towards the viewer.
        let path = self.halos.get(column).map_or(Colour::BLACK, |halo| halo[0]);
        let broken = smoothstep(-0.1, 0.7, tilt) * (1.0 - near).powi(2) * 0.7;
        let depth = Colour::srgb(0x0c_16_2c);
        seen.mix(depth, 0.25 + 0.3 * near - 0.12 * tilt.clamp(-1.0, 1.0)) + path * broken
    }
}

impl Colour {
    /// Undersides of clouds: pink low over the horizon, slate higher up.
    fn srgb_cloud(y: f32) -> Self {
        let low = Self::linear(0.72, 0.24, 0.2);
        let high = Self::linear(0.05, 0.06, 0.14);
        high.mix(low, smoothstep(0.15, 0.5, y))
    }
}

impl Shader for Harbour {
    fn shade(&self, point: Point) -> Colour {
        for boat in &self.boats {
            let below = point.y - boat.y;
            let (x, y) = if below < 0.0 {
                (point.x, below)
            } else {
                let wave = self.ripples.fractal(point.x * 9.0, point.y * 130.0, 4);
                (point.x + 0.01 * wave, -below * 0.9 + 0.012 * wave)
            };
            if let Some(colour) = boat.colour((x - boat.x) / boat.length, -y / boat.length) {
                return if below < 0.0 {
                    colour
                } else {
                    colour.mix(self.water(point), 0.35 + (below * 4.0).min(0.5))
                };
            }
        }
        if point.y < WATERLINE {
            self.town(point.x, point.y, point.column)
        } else {
            self.water(point)
        }
    }
}

impl Boat {
    /// Colour at `across` (-0.5..0.5 along the hull) and `up`, both in hull lengths.
    fn colour(&self, across: f32, up: f32) -> Option<Colour> {
        let sheer = 0.13 + 0.12 * across * across + 0.03 * across;
        let half = 0.5 - 0.25 * (0.14 - up).max(0.0);
        if (0.0..sheer).contains(&up) && across.abs() < half {
            let round = 0.55 + 3.0 * up;
            let stripe = (sheer - up - 0.035).abs() < 0.008;
            return Some(if stripe {
                Colour::grey(0.5)
            } else {
                self.hull * round
            });
        }
        let cabin = (-0.2..0.16).contains(&across) && (0.0..0.22).contains(&up);
        if cabin {
            let port = (across * 14.0).rem_euclid(1.0) < 0.5 && (0.165..0.195).contains(&up);
            let glow = Colour::linear(1.1, 0.66, 0.24);
            return Some(if port { glow } else { Colour::grey(0.16) });
        }
        let mast = (across - 0.05).abs() < 0.009 && up < 1.25;
        let stay = (across - 0.05 - 0.43 * (1.0 - up / 1.2)).abs() < 0.004 && up < 1.2;
        let backstay = (across - 0.05 + 0.53 * (1.0 - up / 1.2)).abs() < 0.004 && up < 1.2;
        let furled = (-0.42..0.05).contains(&across) && (up - 0.31 - 0.04 * across).abs() < 0.026;
        if up > 0.0 && furled {
            return Some(Colour::linear(0.3, 0.26, 0.26));
        }
        (up > 0.0 && (mast || stay || backstay)).then_some(Colour::grey(0.07))
    }
}

/// Light of every lamp near `x` on the quay, as a narrow and a wide halo.
fn halos(noise: Noise, x: f32) -> [Colour; 2] {
    const LAMPS: f32 = 8.0;
    let here = (x * LAMPS).floor() as i32;
    let mut light = [Colour::BLACK; 2];
    for lamp in here - 1..=here + 1 {
        let at = (lamp as f32 + 0.2 + 0.6 * noise.uniform(lamp, 81)) / LAMPS;
        let warm = Colour::linear(1.6, 0.95, 0.4);
        let cold = Colour::linear(0.9, 1.2, 1.15);
        let colour = if noise.uniform(lamp, 82) > 0.8 {
            cold
        } else {
            warm
        };
        let away = x - at;
        light[0] = light[0] + colour * (1.6 * (-(away / 0.005).powi(2)).exp());
        light[1] = light[1] + colour * (0.3 * (-(away / 0.03).powi(2)).exp());
    }
    light
}

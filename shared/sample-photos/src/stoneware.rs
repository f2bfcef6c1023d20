//! Pots on a table: surfaces of revolution in the light of a window.

use crate::colour::{Colour, smoothstep};
use crate::noise::Noise;
use crate::render::{Frame, Point, Shader};

/// A pot and what stands around it. Lengths are in heights of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pot {
    /// File name, such as `shop/tide-vase.jpg`.
    pub name: &'static str,
    /// Outline from the rim down to the foot: height above the table and radius.
    outline: &'static [(f32, f32)],
    /// Colour of the glaze, sRGB.
    glaze: u32,
    /// Colour where the glaze runs thin, at the rim and the foot.
    edge: u32,
    /// Colour of the wall behind.
    wall: u32,
    /// 0 for a matt surface, 1 for a wet one.
    gloss: f32,
    /// Whether it has a handle.
    has_handle: bool,
    /// Whether it carries a linen shade with a lamp in it.
    has_shade: bool,
}

const TALL: &[(f32, f32)] = &[
    (0.66, 0.075),
    (0.60, 0.06),
    (0.50, 0.065),
    (0.36, 0.15),
    (0.22, 0.215),
    (0.08, 0.18),
    (0.0, 0.11),
];
const COLUMN: &[(f32, f32)] = &[
    (0.70, 0.10),
    (0.66, 0.093),
    (0.40, 0.115),
    (0.15, 0.13),
    (0.0, 0.115),
];
const ROUND: &[(f32, f32)] = &[
    (0.40, 0.06),
    (0.36, 0.055),
    (0.30, 0.12),
    (0.18, 0.19),
    (0.07, 0.16),
    (0.0, 0.09),
];
const WIDE: &[(f32, f32)] = &[
    (0.52, 0.19),
    (0.47, 0.165),
    (0.38, 0.18),
    (0.22, 0.235),
    (0.08, 0.19),
    (0.0, 0.13),
];
const BOWL: &[(f32, f32)] = &[
    (0.26, 0.30),
    (0.20, 0.285),
    (0.10, 0.22),
    (0.03, 0.125),
    (0.0, 0.12),
];
const SHALLOW: &[(f32, f32)] = &[
    (0.17, 0.40),
    (0.13, 0.385),
    (0.06, 0.29),
    (0.02, 0.16),
    (0.0, 0.155),
];
const DIP: &[(f32, f32)] = &[(0.15, 0.17), (0.10, 0.165), (0.04, 0.12), (0.0, 0.085)];
const FOOTED: &[(f32, f32)] = &[
    (0.36, 0.31),
    (0.30, 0.295),
    (0.21, 0.20),
    (0.15, 0.075),
    (0.08, 0.07),
    (0.02, 0.13),
    (0.0, 0.14),
];
const MUG: &[(f32, f32)] = &[
    (0.32, 0.155),
    (0.28, 0.15),
    (0.12, 0.155),
    (0.03, 0.145),
    (0.0, 0.12),
];
const CUP: &[(f32, f32)] = &[(0.22, 0.115), (0.18, 0.11), (0.06, 0.10), (0.0, 0.07)];
const PLATE: &[(f32, f32)] = &[
    (0.075, 0.42),
    (0.06, 0.40),
    (0.03, 0.33),
    (0.012, 0.24),
    (0.0, 0.23),
];
const DEEP: &[(f32, f32)] = &[
    (0.12, 0.37),
    (0.09, 0.35),
    (0.05, 0.24),
    (0.015, 0.17),
    (0.0, 0.165),
];
const FOOT: &[(f32, f32)] = &[
    (0.30, 0.03),
    (0.27, 0.035),
    (0.24, 0.10),
    (0.13, 0.165),
    (0.04, 0.14),
    (0.0, 0.10),
];
const SLIM: &[(f32, f32)] = &[
    (0.36, 0.03),
    (0.33, 0.04),
    (0.20, 0.075),
    (0.05, 0.10),
    (0.0, 0.095),
];
const BOX: &[(f32, f32)] = &[(0.22, 0.36), (0.19, 0.35), (0.06, 0.335), (0.0, 0.31)];
const TUB: &[(f32, f32)] = &[
    (0.48, 0.31),
    (0.43, 0.295),
    (0.22, 0.265),
    (0.05, 0.215),
    (0.0, 0.20),
];

const ASH: u32 = 0x8f_a6b3;
const CREAM: u32 = 0xe8_dcc3;
const MOSS: u32 = 0x6c_7f55;
const SLATE: u32 = 0x5a_636b;
const SEA: u32 = 0x7f_ab9e;
const IRON: u32 = 0x4a_372b;
const CLAY: u32 = 0xb9_704a;
const NIGHT: u32 = 0x26_2829;
const RUST: u32 = 0x9c_4f2c;

/// The pots of the reference site's shop.
pub const POTS: [Pot; 24] = [
    pot("shop/tide-vase.jpg", TALL, ASH, 0x6b_4a33, 0xd9_cfc0, 0.7),
    pot(
        "shop/lighthouse-vase.jpg",
        COLUMN,
        0xea_e5da,
        IRON,
        0xb7_c3c4,
        0.4,
    ),
    pot("shop/bud-vase.jpg", ROUND, MOSS, 0x4d_4a30, 0xe4_d8c8, 0.6),
    pot(
        "shop/harbour-vase.jpg",
        WIDE,
        SLATE,
        0x3a_3532,
        0xcf_d4d2,
        0.5,
    ),
    pot(
        "shop/daily-bowl.jpg",
        BOWL,
        CREAM,
        0xa9_7c4e,
        0xc8_bba9,
        0.6,
    ),
    pot(
        "shop/salad-bowl.jpg",
        SHALLOW,
        SEA,
        0x8a_7a60,
        0xe1_d9cd,
        0.7,
    ),
    pot("shop/dip-bowl.jpg", DIP, IRON, 0x2a_2019, 0xd6_c6b0, 0.8),
    pot(
        "shop/fruit-bowl.jpg",
        FOOTED,
        CLAY,
        0x8a_4a2c,
        0xd3_d6cf,
        0.2,
    ),
    with_handle(pot(
        "shop/morning-mug.jpg",
        MUG,
        CREAM,
        0x8a_5a30,
        0xbf_c9c4,
        0.6,
    )),
    with_handle(pot(
        "shop/espresso-cup.jpg",
        CUP,
        NIGHT,
        0x5a_4a3a,
        0xdd_d3c4,
        0.5,
    )),
    pot(
        "shop/tea-bowl.jpg",
        CUP,
        0xa9_c2ae,
        0x8a_8a6a,
        0xcf_c3b2,
        0.9,
    ),
    with_handle(pot(
        "shop/camp-mug.jpg",
        DIP,
        RUST,
        0x5a_2c18,
        0xc9_d0cb,
        0.5,
    )),
    pot(
        "shop/supper-plate.jpg",
        PLATE,
        CREAM,
        0xa8_8458,
        0xc2_b8aa,
        0.6,
    ),
    pot("shop/side-plate.jpg", PLATE, ASH, 0x6d_5340, 0xe0_d6c7, 0.6),
    pot(
        "shop/pasta-plate.jpg",
        DEEP,
        MOSS,
        0x5a_5234,
        0xd8_d2c6,
        0.6,
    ),
    pot(
        "shop/serving-plate.jpg",
        SHALLOW,
        SLATE,
        0x34_3230,
        0xd9_c9b5,
        0.4,
    ),
    with_shade(pot(
        "shop/beacon-lamp.jpg",
        FOOT,
        SEA,
        0x6a_6a50,
        0x8f_887c,
        0.6,
    )),
    with_shade(pot(
        "shop/reading-lamp.jpg",
        SLIM,
        ASH,
        0x5d_4a3c,
        0x7d_8388,
        0.6,
    )),
    with_shade(pot(
        "shop/pebble-lamp.jpg",
        FOOT,
        NIGHT,
        0x3a_342c,
        0x96_897a,
        0.4,
    )),
    with_shade(pot(
        "shop/twin-lamp.jpg",
        SLIM,
        0xa9_c2ae,
        0x7a_7a5c,
        0x85_8078,
        0.8,
    )),
    pot(
        "shop/window-planter.jpg",
        BOX,
        CLAY,
        0x7d_4428,
        0xcd_d5d3,
        0.1,
    ),
    pot(
        "shop/olive-planter.jpg",
        TUB,
        0x8b_8e8a,
        0x5c_5a55,
        0xdb_d3c5,
        0.2,
    ),
    pot(
        "shop/fern-planter.jpg",
        WIDE,
        MOSS,
        0x44_482c,
        0xe2_d8cb,
        0.4,
    ),
    pot(
        "shop/cactus-planter.jpg",
        CUP,
        RUST,
        0x63_331e,
        0xd4_cdbe,
        0.3,
    ),
];

const fn pot(
    name: &'static str,
    outline: &'static [(f32, f32)],
    glaze: u32,
    edge: u32,
    wall: u32,
    gloss: f32,
) -> Pot {
    Pot {
        name,
        outline,
        glaze,
        edge,
        wall,
        gloss,
        has_handle: false,
        has_shade: false,
    }
}

const fn with_handle(pot: Pot) -> Pot {
    Pot {
        has_handle: true,
        ..pot
    }
}

const fn with_shade(pot: Pot) -> Pot {
    Pot {
        has_shade: true,
        ..pot
    }
}

/// Where the table meets the wall, and where the pot stands, from the top of the picture.
const HORIZON: f32 = 0.66;
const GROUND: f32 = 0.86;
/// How much a circle is flattened that is seen from a little above.
const TILT: f32 = 0.24;
/// Direction to the window: left, above, in front.
const LIGHT: (f32, f32, f32) = (-0.55, 0.55, 0.63);
/// The linen shade: its lower edge above the table, its height, its radii below and above.
const SHADE: (f32, f32, f32, f32) = (0.33, 0.30, 0.235, 0.165);

/// A pot ready to be drawn in one frame.
pub(crate) struct Still {
    pot: Pot,
    centre: f32,
    /// Small things are looked at from nearer.
    zoom: f32,
    wall: Noise,
    wood: Noise,
    glaze: Noise,
    octaves: u32,
}

impl Still {
    pub(crate) fn new(pot: Pot, frame: Frame, seed: u32) -> Self {
        let (top, rim) = pot.outline.first().copied().unwrap_or((0.3, 0.2));
        let zoom = if pot.has_shade {
            1.0
        } else {
            (0.62 / top).min(0.36 / rim)
        };
        Self {
            pot,
            centre: frame.aspect() * 0.5,
            zoom: zoom.clamp(1.0, 1.7),
            wall: Noise::new(seed),
            wood: Noise::new(seed ^ 0x51),
            glaze: Noise::new(seed ^ 0xa7),
            octaves: frame.octaves(40.0, 6),
        }
    }

    /// Radius of the outline at a height above the table: a smooth curve through its points.
    fn radius(&self, height: f32) -> Option<f32> {
        let outline = self.pot.outline;
        let height = height / self.zoom;
        let index = outline.windows(2).position(|pair| match pair {
            [(above, _), (below, _)] => (*below..=*above).contains(&height),
            _ => false,
        })?;
        let point = |at: usize| outline.get(at.min(outline.len() - 1)).copied();
        let (before, from) = (point(index.saturating_sub(1))?, point(index)?);
        let (to, after) = (point(index + 1)?, point(index + 2)?);
        let slope = |one: (f32, f32), other: (f32, f32)| {
            let rise = other.0 - one.0;
            if rise == 0.0 {
                0.0
            } else {
                (other.1 - one.1) / rise
            }
        };
        let span = to.0 - from.0;
        let t = (height - from.0) / span;
        let (t2, t3) = (t * t, t * t * t);
        let radius = (2.0 * t3 - 3.0 * t2 + 1.0) * from.1
            + (t3 - 2.0 * t2 + t) * span * slope(before, to)
            + (3.0 * t2 - 2.0 * t3) * to.1
            + (t3 - t2) * span * slope(from, after);
        Some(radius.max(0.01) * self.zoom)
    }

    fn rim(&self) -> (f32, f32) {
        let (top, radius) = self.pot.outline.first().copied().unwrap_or((0.3, 0.2));
        (top * self.zoom, radius * self.zoom)
    }

    /// The wall, brighter where the window's light falls.
    fn behind(&self, point: Point) -> Colour {
        let light = 1.12 - 0.35 * (point.x - self.centre + 0.45).abs() - 0.25 * point.y;
        let plaster = self
            .wall
            .fractal(point.x * 3.0, point.y * 3.0, self.octaves);
        Colour::srgb(self.pot.wall) * (light * (1.0 + 0.05 * plaster))
    }

    /// The table, with the pot's shadow to the right.
    fn table(&self, point: Point) -> Colour {
        let depth = (point.y - HORIZON) / (1.0 - HORIZON);
        let grain = self
            .wood
            .fractal(point.x * 2.2, point.y * 46.0 / (0.5 + depth), self.octaves);
        let wood = Colour::srgb(0xb9_9a76).mix(Colour::srgb(0x8e_6d4b), 0.5 + 0.45 * grain);
        let (_, rim) = self.rim();
        let foot = self.zoom * self.pot.outline.last().map_or(0.1, |(_, radius)| *radius);
        let reach = rim.max(foot) + 0.12;
        let (dx, dy) = (point.x - self.centre - 0.10, (point.y - GROUND) / TILT);
        let soft = (dx * dx / (reach * reach) + dy * dy / (reach * reach * 0.45)).sqrt();
        let (cx, cy) = (point.x - self.centre, (point.y - GROUND) / TILT);
        let contact = (cx * cx + cy * cy).sqrt() / (foot * 1.15);
        let shadow = 0.45 * (1.0 - smoothstep(0.35, 1.15, soft))
            + 0.4 * (1.0 - smoothstep(0.7, 1.35, contact));
        wood * ((0.72 + 0.4 * depth) * (1.0 - shadow.min(0.8)))
    }

    /// The pot's outside at a point of it; `across` is -1 at its left edge and 1 at its right.
    fn surface(&self, across: f32, height: f32, point: Point) -> Colour {
        let facing = (1.0 - across * across).max(0.0).sqrt();
        let slope = match (self.radius(height + 0.01), self.radius(height - 0.01)) {
            (Some(above), Some(below)) => ((below - above) / 0.02).clamp(-2.0, 2.0),
            _ => 0.0,
        };
        let length = (1.0 + slope * slope).sqrt();
        let (nx, ny, nz) = (across / length, slope / length, facing / length);
        let lit = (nx * LIGHT.0 + ny * LIGHT.1 + nz * LIGHT.2).max(0.0);
        let bounce = 0.16 + 0.10 * (1.0 - height * 2.0).max(0.0);
        let (top, _) = self.rim();
        let thin = smoothstep(0.045, 0.0, top - height).max(smoothstep(0.05, 0.0, height));
        let drift = self
            .glaze
            .fractal(point.x * 7.0, point.y * 7.0, self.octaves);
        let speckle = self.glaze.smooth(point.x * 260.0, point.y * 260.0);
        let body = Colour::srgb(self.pot.glaze).mix(
            Colour::srgb(self.pot.edge),
            (thin * 0.8 + 0.18 * drift).clamp(0.0, 1.0),
        );
        let body = body * (1.0 - 0.16 * smoothstep(0.55, 0.9, speckle));
        // Turning marks, faint rings.
        let rings = 1.0 + 0.015 * (height * 420.0).sin();
        let half = (nx * -0.42 + ny * 0.42 + nz * 0.80).max(0.0);
        let shine = self.pot.gloss * half.powf(38.0) * 0.85;
        body * ((bounce + 0.95 * lit) * rings) + Colour::grey(shine)
    }

    /// The pot, where the point is on it.
    fn on_pot(&self, point: Point) -> Option<Colour> {
        let dx = point.x - self.centre;
        let (top, rim) = self.rim();
        // The open mouth: an ellipse, dark inside, lighter towards the far wall.
        let rise = (point.y - (GROUND - top)) / TILT;
        let mouth = (dx * dx + rise * rise).sqrt() / rim;
        if mouth < 1.0 && !self.pot.has_shade {
            return Some(self.inside(mouth, dx / rim, rise / rim, point));
        }
        // Every ring of the pot is such an ellipse; the near half of the lowest that covers
        // the point is what is seen.
        let near = |height: f32| {
            let radius = self.radius(height)?;
            let across = dx / radius;
            (across.abs() <= 1.0).then(|| {
                let drop = TILT * radius * (1.0 - across * across).sqrt();
                (GROUND - height + drop - point.y, across)
            })
        };
        let steps = 160;
        let mut seen = None;
        let mut before: Option<f32> = None;
        for step in 0..=steps {
            let height = top * (1.0 - step as f32 / steps as f32);
            if let Some((offset, across)) = near(height) {
                if before.is_some_and(|before| before < 0.0 && offset >= 0.0) {
                    seen = Some((across, height));
                }
                before = Some(offset);
            } else {
                before = None;
            }
        }
        seen.map(|(across, height)| self.surface(across, height, point))
    }

    fn inside(&self, mouth: f32, across: f32, back: f32, point: Point) -> Colour {
        let lip = smoothstep(0.9, 0.97, mouth);
        let depth = self.rim().0 / (self.rim().1 * 2.0);
        let light = (0.75 - 0.55 * depth.min(1.1) + 0.22 * across - 0.10 * back).max(0.08);
        let drift = self
            .glaze
            .fractal(point.x * 6.0, point.y * 9.0, self.octaves);
        let wall = Colour::srgb(self.pot.glaze) * (light * (1.0 + 0.1 * drift));
        wall.mix(Colour::srgb(self.pot.edge) * 1.05, lip)
    }

    fn on_handle(&self, point: Point) -> Option<Colour> {
        let (top, rim) = self.rim();
        let (dx, dy) = (
            (point.x - self.centre - rim * 0.98) / (0.105 * self.zoom),
            (point.y - (GROUND - top * 0.52)) / (top * 0.36),
        );
        let ring = (dx * dx + dy * dy).sqrt();
        let inside = (ring - 1.0) / 0.17;
        if inside.abs() >= 1.0 || dx < -0.12 {
            return None;
        }
        Some(self.surface(inside * 0.9, top * 0.5, point) * 0.92)
    }

    /// The lamp's shade, lit from within, and the light that it throws.
    fn on_shade(&self, point: Point) -> Option<Colour> {
        let (bottom, height, below, above) = SHADE;
        let up = (GROUND - bottom - point.y) / height;
        if !(0.0..=1.0).contains(&up) {
            return None;
        }
        let radius = below + (above - below) * up;
        let across = (point.x - self.centre) / radius;
        if across.abs() > 1.0 {
            return None;
        }
        let weave = self.glaze.smooth(point.x * 240.0, point.y * 40.0)
            + self.glaze.smooth(point.x * 40.0, point.y * 240.0);
        let glow = 1.25 - 0.55 * across * across - 0.5 * (up - 0.4) * (up - 0.4);
        Some(Colour::srgb(0xff_e2b0) * (glow * (1.0 + 0.05 * weave)))
    }
}

impl Shader for Still {
    fn shade(&self, point: Point) -> Colour {
        let lamp = if self.pot.has_shade {
            let (dx, dy) = (point.x - self.centre, point.y - (GROUND - 0.42));
            Colour::srgb(0xff_c98a) * (0.40 / (1.0 + 14.0 * (dx * dx + dy * dy)))
        } else {
            Colour::BLACK
        };
        let shade = self.pot.has_shade.then(|| self.on_shade(point)).flatten();
        if let Some(colour) = shade {
            return colour;
        }
        let handle = self.pot.has_handle.then(|| self.on_handle(point)).flatten();
        let solid = self.on_pot(point).or(handle);
        let seen = solid.unwrap_or_else(|| {
            if point.y < HORIZON {
                self.behind(point)
            } else {
                self.table(point)
            }
        });
        seen + seen.tint(lamp) * 1.6
    }
}

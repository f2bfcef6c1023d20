//! Pots on a table: surfaces of revolution in the light of a window.

use crate::colour::{Colour, smoothstep};
use crate::noise::Noise;
use crate::pots::Pot;
use crate::render::{Frame, Point, Shader};

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

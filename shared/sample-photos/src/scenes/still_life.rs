//! Fruit on a plate: a small ray tracer with one big soft window for a lamp.

use std::ops::Add;

use crate::colour::{Colour, smoothstep};
use crate::noise::Noise;
use crate::render::{Frame, Point, Shader};
use crate::scenes::vector::Vector;

/// An ellipsoid with the skin of a fruit (or the glaze of a plate).
struct Solid {
    centre: Vector,
    /// Half-axes.
    radii: Vector,
    skin: Skin,
}

#[derive(Clone, Copy)]
enum Skin {
    Orange,
    Lemon,
    Plum,
    Apple,
    Glaze,
}

pub(crate) struct StillLife {
    solids: Vec<Solid>,
    noise: Noise,
    aspect: f32,
    pixel: f32,
    octaves: u32,
    window: Vector,
}

/// The table top is the plane y = 0, the wall the plane z = `WALL`.
const WALL: f32 = 2.6;
const EYE: Vector = Vector::new(0.0, 1.75, -4.6);

impl StillLife {
    pub(crate) fn new(frame: Frame, seed: u32) -> Self {
        let fruit = |x: f32, y: f32, z: f32, radii: [f32; 3], skin| Solid {
            centre: Vector { x, y, z },
            radii: Vector::new(radii[0], radii[1], radii[2]),
            skin,
        };
        Self {
            solids: vec![
                fruit(-0.34, 0.5, 0.15, [0.42; 3], Skin::Orange),
                fruit(0.42, 0.52, 0.3, [0.44, 0.42, 0.44], Skin::Apple),
                fruit(0.05, 0.46, -0.42, [0.36, 0.34, 0.36], Skin::Orange),
                fruit(0.06, 1.02, 0.12, [0.35, 0.26, 0.27], Skin::Lemon),
                fruit(0.93, 0.2, -1.0, [0.22, 0.2, 0.22], Skin::Plum),
                fruit(0.52, 0.19, -1.38, [0.2, 0.19, 0.2], Skin::Plum),
                fruit(0.0, 0.06, 0.0, [1.12, 0.09, 1.12], Skin::Glaze),
            ],
            noise: Noise::new(seed ^ 0x77),
            aspect: frame.aspect(),
            pixel: frame.pixel(),
            octaves: frame.octaves(20.0, 6),
            window: Vector::new(-0.72, 0.86, -0.5).unit(),
        }
    }

    /// Nearest solid along a ray: its distance and index.
    fn hit(&self, from: Vector, towards: Vector) -> Option<(f32, &Solid)> {
        self.solids
            .iter()
            .filter_map(|solid| solid.hit(from, towards).map(|distance| (distance, solid)))
            .min_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// Share of the window's light that reaches `at`, 0 to 1: penumbras widen with distance.
    fn daylight(&self, at: Vector, except: Option<&Solid>) -> f32 {
        self.solids
            .iter()
            .filter(|solid| !except.is_some_and(|own| std::ptr::eq(own, *solid)))
            .map(|solid| {
                let scale = solid.radii;
                let to_centre = (solid.centre - at).over(scale);
                let direction = self.window.over(scale);
                let along = to_centre.dot(direction) / direction.dot(direction);
                if along <= 0.0 {
                    return 1.0;
                }
                let miss = (to_centre - direction * along).length();
                let softness = 0.12 + 0.28 * along;
                smoothstep(1.0 - softness, 1.0 + softness, miss)
            })
            .product()
    }

    /// Share of the open sky above `at` that solids leave free, 0 to 1.
    fn openness(&self, at: Vector, normal: Vector, except: Option<&Solid>) -> f32 {
        self.solids
            .iter()
            .filter(|solid| !except.is_some_and(|own| std::ptr::eq(own, *solid)))
            .map(|solid| {
                let towards = solid.centre - at;
                let distance = towards.length().max(0.01);
                let size = solid.radii.y.max(0.3 * solid.radii.x);
                let facing = (normal.dot(towards) / distance).max(0.0);
                1.0 - facing * (size / distance).powi(2).min(1.0) * 0.75
            })
            .product()
    }

    fn table(&self, at: Vector) -> Colour {
        let board = (at.z * 1.1 + 40.0).floor();
        let seam = ((at.z * 1.1).rem_euclid(1.0) - 0.5).abs();
        let along = at.x * 0.7 + board * 17.3;
        let warp = self.noise.fractal(along * 0.6, at.z * 2.0, 3);
        let rings = self
            .noise
            .fractal(along * 1.2, at.z * 26.0 + 3.0 * warp, self.octaves);
        let pores = self.noise.fractal(along * 9.0, at.z * 210.0, 3).max(0.0);
        let tone = 0.5 + 0.5 * rings + 0.18 * self.noise.uniform(board as i32, 5);
        let wood = Colour::srgb(0x54_33_1d).mix(Colour::srgb(0xb0_7f_4c), tone.clamp(0.0, 1.0));
        wood * ((1.0 - 0.45 * pores) * smoothstep(0.5, 0.488, seam).mul_add(0.8, 0.2))
    }

    fn wall(&self, at: Vector) -> Colour {
        let plaster = self.noise.fractal(at.x * 1.5, at.y * 1.5, 7);
        let fall = smoothstep(3.2, -3.0, at.x - 0.35 * at.y);
        Colour::srgb(0x4c_56_62).mix(Colour::srgb(0xd2_c9_b6), fall) * (1.0 + 0.16 * plaster)
    }

    /// Light of a skin: diffuse window and room light, and the window mirrored in it.
    fn skin(&self, solid: &Solid, at: Vector, view: Vector) -> Colour {
        let smooth = (at - solid.centre)
            .over(solid.radii)
            .over(solid.radii)
            .unit();
        let (normal, albedo, gloss) = self.surface(solid, at, smooth);
        let sun = self.daylight(at, Some(solid));
        let lambert = (normal.dot(self.window) * 0.9 + 0.1).max(0.0) * sun;
        let open = self.openness(at, smooth, Some(solid)) * (0.65 + 0.35 * normal.y);
        let bounce = Colour::srgb(0xb0_7f_4c) * (0.16 * (0.5 - 0.5 * normal.y));
        let light = Colour::linear(2.0, 1.9, 1.72) * lambert
            + Colour::linear(0.2, 0.24, 0.3) * open
            + bounce;
        let mirrored = view - normal * (2.0 * view.dot(normal));
        let shine = smoothstep(0.968, 0.99, mirrored.unit().dot(self.window)) * sun;
        let rim = (1.0 + view.unit().dot(smooth)).max(0.0).powi(4) * 0.16 * open;
        albedo.tint(light) + Colour::grey(gloss * shine + rim)
    }

    /// Bumped normal, colour and gloss of a skin.
    fn surface(&self, solid: &Solid, at: Vector, normal: Vector) -> (Vector, Colour, f32) {
        let local = (at - solid.centre).over(solid.radii);
        let (u, v) = (local.x + 1.7 * local.z, local.y + 0.6 * local.z);
        let skin = self.noise.fractal(u * 7.0, v * 7.0, self.octaves);
        let bumped = |strength: f32, frequency: f32| {
            let a = self.noise.fractal(u * frequency, v * frequency, 2);
            let b = self.noise.fractal(v * frequency + 40.0, u * frequency, 2);
            (normal + Vector::new(a, b, a - b) * strength).unit()
        };
        match solid.skin {
            Skin::Orange => {
                let peel = Colour::srgb(0xe8_7a_12).mix(Colour::srgb(0xf0_9a_30), 0.5 + 0.5 * skin);
                (bumped(0.1, 26.0), peel, 0.75)
            }
            Skin::Lemon => {
                let peel = Colour::srgb(0xe6_c8_2a).mix(Colour::srgb(0xd9_b0_20), 0.5 + 0.5 * skin);
                (bumped(0.07, 18.0), peel, 0.6)
            }
            Skin::Plum => {
                let bloom = smoothstep(-0.6, 1.2, skin);
                let flesh = Colour::srgb(0x3a_16_34).mix(Colour::srgb(0x6c_66_90), 0.6 * bloom);
                (bumped(0.02, 9.0), flesh, 0.9 * (1.0 - bloom))
            }
            Skin::Apple => {
                let around = local.z.atan2(local.x);
                let streak = self
                    .noise
                    .fractal(around * 9.0, local.y * 1.3, self.octaves);
                let blush = smoothstep(-0.5, 0.7, local.x + 0.3 * local.y + 0.8 * streak);
                let peel = Colour::srgb(0x9d_a8_35).mix(Colour::srgb(0xa8_1c_1c), blush);
                let lenticel = self.noise.smooth(u * 30.0, v * 30.0) > 0.72;
                (normal, if lenticel { peel * 1.5 } else { peel }, 1.3)
            }
            Skin::Glaze => {
                let radius = local.x.hypot(local.z);
                let band = smoothstep(0.006, 0.0, (radius - 0.86).abs() - 0.012);
                let glaze = Colour::srgb(0xb4_b2_aa).mix(Colour::srgb(0x2a_4a_84), band);
                (normal, glaze * (1.0 + 0.03 * skin), 0.25)
            }
        }
    }
}

impl StillLife {
    /// Direction from the eye through a point of the picture.
    fn view(&self, x: f32, y: f32) -> Vector {
        let (right, down) = ((x - 0.5 * self.aspect) * 0.82, (y - 0.5) * 0.82);
        Vector::new(right, -0.27 - down, 1.0).unit()
    }

    fn light_from(&self, view: Vector) -> Colour {
        if let Some((distance, solid)) = self.hit(EYE, view) {
            return self.skin(solid, EYE + view * distance, view);
        }
        let to_table = -EYE.y / view.y;
        let to_wall = (WALL - EYE.z) / view.z;
        if to_table > 0.0 && to_table < to_wall {
            let at = EYE + view * to_table;
            let up = Vector::new(0.0, 1.0, 0.0);
            let open =
                self.openness(at, up, None) * smoothstep(0.0, 1.2, WALL - at.z).mul_add(0.5, 0.5);
            let sun = self.daylight(at, None) * smoothstep(4.5, 1.0, (at.x + 0.4).abs());
            let light =
                Colour::linear(1.25, 1.18, 1.05) * sun + Colour::linear(0.2, 0.24, 0.3) * open;
            return self.table(at).tint(light);
        }
        let at = EYE + view * to_wall;
        self.wall(at) * (0.55 * smoothstep(-0.4, 1.4, at.y).mul_add(0.5, 0.5))
    }
}

impl Shader for StillLife {
    /// One ray a pixel, four where an outline passes through it.
    fn shade(&self, point: Point) -> Colour {
        let step = 0.25 * self.pixel;
        let rays = [(-step, -step), (step, -step), (-step, step), (step, step)]
            .map(|(dx, dy)| self.view(point.x + dx, point.y + dy));
        let seen = rays.map(|ray| {
            self.hit(EYE, ray)
                .map(|(_, solid)| std::ptr::from_ref(solid))
        });
        if seen.iter().all(|solid| *solid == seen[0]) {
            return self.light_from(self.view(point.x, point.y));
        }
        rays.map(|ray| self.light_from(ray))
            .into_iter()
            .fold(Colour::BLACK, Colour::add)
            * 0.25
    }
}

impl Solid {
    /// Distance along the ray to the near side.
    fn hit(&self, from: Vector, towards: Vector) -> Option<f32> {
        let start = (from - self.centre).over(self.radii);
        let step = towards.over(self.radii);
        let a = step.dot(step);
        let b = start.dot(step);
        let discriminant = b * b - a * (start.dot(start) - 1.0);
        (discriminant > 0.0 && b < 0.0).then(|| (-b - discriminant.sqrt()) / a)
    }
}

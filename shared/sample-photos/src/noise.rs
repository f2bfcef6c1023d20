//! Gradient noise and its fractal sum: the stuff every texture is made of.

/// A field of noise, fixed by its seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noise {
    seed: u32,
}

impl Noise {
    pub(crate) const fn new(seed: u32) -> Self {
        Self {
            seed: seed.wrapping_mul(0x9e37_79b9) ^ 0x5bd1_e995,
        }
    }

    /// 32 well-mixed bits for a lattice point.
    fn hash(self, x: i32, y: i32) -> u32 {
        let mut h = (x as u32).wrapping_mul(0x85eb_ca6b) ^ (y as u32).wrapping_mul(0xc2b2_ae35);
        h = (h ^ self.seed ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
        h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
        h ^ (h >> 15)
    }

    /// Uniform in 0..1, independent from point to point.
    pub(crate) fn uniform(self, x: i32, y: i32) -> f32 {
        (self.hash(x, y) >> 8) as f32 / (1 << 24) as f32
    }

    /// Dot product of a pseudo-random gradient at a lattice point with an offset.
    fn gradient(self, x: i32, y: i32, dx: f32, dy: f32) -> f32 {
        let h = self.hash(x, y);
        let (a, b) = if h & 4 == 0 { (dx, dy) } else { (dy, dx) };
        let a = if h & 1 == 0 { a } else { -a };
        let b = if h & 2 == 0 { b } else { -b };
        a + 0.5 * b
    }

    /// One octave of smooth noise, about -1..1, features one unit apart
    /// (Perlin, "Improving Noise", 2002: <https://mrl.cs.nyu.edu/~perlin/paper445.pdf>).
    pub(crate) fn smooth(self, x: f32, y: f32) -> f32 {
        let (floor_x, floor_y) = (x.floor(), y.floor());
        let (ix, iy) = (floor_x as i32, floor_y as i32);
        let (dx, dy) = (x - floor_x, y - floor_y);
        let fade = |t: f32| t * t * t * (t * (t * 6.0 - 15.0) + 10.0);
        let (u, v) = (fade(dx), fade(dy));
        let lerp = |a: f32, b: f32, t: f32| a + (b - a) * t;
        let top = lerp(
            self.gradient(ix, iy, dx, dy),
            self.gradient(ix + 1, iy, dx - 1.0, dy),
            u,
        );
        let bottom = lerp(
            self.gradient(ix, iy + 1, dx, dy - 1.0),
            self.gradient(ix + 1, iy + 1, dx - 1.0, dy - 1.0),
            u,
        );
        1.4 * lerp(top, bottom, v)
    }

    /// Octaves of [`Noise::smooth`], each twice as fine and half as strong (1/f), about -1..1.
    pub(crate) fn fractal(self, x: f32, y: f32, octaves: u32) -> f32 {
        let (mut x, mut y, mut amplitude, mut sum) = (x, y, 0.6, 0.0);
        for _ in 0..octaves {
            sum += amplitude * self.smooth(x, y);
            amplitude *= 0.5;
            // Twice the frequency, turned by about 37 degrees so that lattices do not line up.
            (x, y) = (1.6 * x - 1.2 * y + 5.3, 1.2 * x + 1.6 * y - 2.7);
        }
        sum
    }

    /// Like [`Noise::fractal`], but with sharp crests: rock, ripples. About 0..1.
    pub(crate) fn ridged(self, x: f32, y: f32, octaves: u32) -> f32 {
        let (mut x, mut y, mut amplitude, mut sum) = (x, y, 0.5, 0.0);
        for _ in 0..octaves {
            sum += amplitude * (1.0 - self.smooth(x, y).abs());
            amplitude *= 0.5;
            (x, y) = (1.6 * x - 1.2 * y + 5.3, 1.2 * x + 1.6 * y - 2.7);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractal_noise_is_centred_and_bounded() {
        let noise = Noise::new(3);
        let samples: Vec<f32> = (0..10_000)
            .map(|i| noise.fractal(i as f32 * 0.37, (i / 100) as f32 * 0.53, 5))
            .collect();
        let mean = samples.iter().sum::<f32>() / samples.len() as f32;
        assert!(mean.abs() < 0.1, "mean {mean}");
        assert!(samples.iter().all(|sample| sample.abs() < 1.6));
        assert!(samples.iter().any(|sample| sample.abs() > 0.4));
    }

    #[test]
    fn uniform_fills_the_unit_interval_evenly() {
        let noise = Noise::new(11);
        let mut buckets = [0u32; 10];
        for i in 0..10_000 {
            buckets[(noise.uniform(i % 100, i / 100) * 10.0) as usize] += 1;
        }
        assert!(
            buckets.iter().all(|count| (800..1200).contains(count)),
            "{buckets:?}"
        );
    }
}

//! Which way up a picture is to be shown.

/// The EXIF orientation tag (0x0112), 1 to 8
/// ([CIPA DC-008](https://www.cipa.jp/std/documents/download_e.html?DC-008-Translation-2023-E), 4.6.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Orientation(u8);

impl Orientation {
    /// Shown as stored.
    pub const UPRIGHT: Self = Self(1);

    /// The orientation with this tag value; `None` outside 1 to 8.
    #[must_use]
    pub const fn new(value: u8) -> Option<Self> {
        if matches!(value, 1..=8) {
            Some(Self(value))
        } else {
            None
        }
    }

    /// The tag value, 1 to 8.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// True where the shown picture is as wide as the stored one is high (5 to 8).
    #[must_use]
    pub const fn swaps_axes(self) -> bool {
        self.0 >= 5
    }
}

impl Default for Orientation {
    fn default() -> Self {
        Self::UPRIGHT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_only_one_to_eight() {
        assert_eq!(Orientation::new(0), None);
        assert_eq!(Orientation::new(9), None);
        let all: Vec<u8> = (1..=8)
            .filter_map(Orientation::new)
            .map(Orientation::get)
            .collect();
        assert_eq!(all, [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn swaps_axes_from_five_on() {
        let swapping: Vec<u8> = (1..=8)
            .filter_map(Orientation::new)
            .filter(|orientation| orientation.swaps_axes())
            .map(Orientation::get)
            .collect();
        assert_eq!(swapping, [5, 6, 7, 8]);
    }
}

//! Turning stored pixels upright (EXIF orientation 1 to 8,
//! <https://www.cipa.jp/std/documents/e/DC-008-Translation-2019-E.pdf> §4.6.4 A).
//!
//! Every orientation is a transposition or none, followed by a flip of each
//! axis or none. Pictures are turned after the resize, where there is least to move.

use image_codecs::{Orientation, Picture, Plane, Rgba, Yuv};

use crate::plan::CropBox;

/// Side of the square blocks of a transposition: 32 rows of 32 samples stay in
/// the first-level cache, whatever the picture's stride.
const BLOCK: usize = 32;

/// An orientation as the steps that make it upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    /// Rows become columns first.
    pub(crate) transpose: bool,
    /// Then left and right change places.
    pub(crate) flip_x: bool,
    /// And top and bottom.
    pub(crate) flip_y: bool,
}

impl Turn {
    /// The steps for an EXIF orientation.
    pub(crate) fn of(orientation: Orientation) -> Self {
        let (transpose, flip_x, flip_y) = match orientation.get() {
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, true, false),
            7 => (true, true, true),
            8 => (true, false, true),
            _ => (false, false, false),
        };
        Self {
            transpose,
            flip_x,
            flip_y,
        }
    }

    /// True where there is nothing to do.
    pub(crate) fn is_none(self) -> bool {
        !(self.transpose || self.flip_x || self.flip_y)
    }

    /// A pair of sizes along the upright axes, along the stored axes (and back).
    pub(crate) fn swap<T>(self, (x, y): (T, T)) -> (T, T) {
        if self.transpose { (y, x) } else { (x, y) }
    }

    /// Which stored axes run backwards: (columns, rows).
    pub(crate) fn mirrored(self) -> (bool, bool) {
        self.swap((self.flip_x, self.flip_y))
    }

    /// A box of the upright picture, whose size is `upright`, in stored coordinates.
    pub(crate) fn to_stored(self, area: CropBox, upright: (f64, f64)) -> CropBox {
        let left = if self.flip_x {
            upright.0 - area.left - area.width
        } else {
            area.left
        };
        let top = if self.flip_y {
            upright.1 - area.top - area.height
        } else {
            area.top
        };
        let (left, top) = self.swap((left, top));
        let (width, height) = self.swap((area.width, area.height));
        CropBox {
            left,
            top,
            width,
            height,
        }
    }
}

/// Turns a picture upright. Planes must have no more samples than their width says is seen.
pub(crate) fn upright(picture: Picture, turn: Turn) -> Picture {
    if turn.is_none() {
        return picture;
    }
    match picture {
        Picture::Yuv(yuv) => Picture::Yuv(upright_yuv(&yuv, turn)),
        Picture::Rgba(rgba) => Picture::Rgba(upright_rgba(&rgba, turn)),
    }
}

fn upright_yuv(yuv: &Yuv, turn: Turn) -> Yuv {
    let (width, height) = turn.swap((yuv.width, yuv.height));
    let (true_width, true_height) = turn.swap((yuv.true_width, yuv.true_height));
    Yuv {
        y: upright_plane(&yuv.y, turn),
        u: upright_plane(&yuv.u, turn),
        v: upright_plane(&yuv.v, turn),
        // Only resized pictures come here: 4:2:0, 4:4:4 or grey, which have no axis of their own.
        subsampling: yuv.subsampling,
        width,
        height,
        true_width,
        true_height,
    }
}

fn upright_plane(plane: &Plane, turn: Turn) -> Plane {
    let (width, height) = turn.swap((plane.width, plane.height));
    Plane {
        data: turned(&plane.data, plane.stride, (plane.width, plane.height), turn),
        stride: width,
        width,
        height,
    }
}

fn upright_rgba(rgba: &Rgba, turn: Turn) -> Rgba {
    let (pixels, _) = rgba.data.as_chunks::<4>();
    let size = (rgba.width as usize, rgba.height as usize);
    let (width, height) = turn.swap((rgba.width, rgba.height));
    Rgba {
        data: turned(pixels, size.0, size, turn).into_flattened(),
        width,
        height,
        opaque: rgba.opaque,
    }
}

/// The turned samples, row by row without padding.
fn turned<T: Copy + Default>(
    samples: &[T],
    stride: usize,
    (width, height): (usize, usize),
    turn: Turn,
) -> Vec<T> {
    if width == 0 || height == 0 {
        return Vec::new();
    }
    let mut out = vec![T::default(); width * height];
    if turn.transpose {
        transpose(samples, stride, (width, height), turn, &mut out);
        return out;
    }
    for (y, row) in samples.chunks(stride).take(height).enumerate() {
        let to = if turn.flip_y { height - 1 - y } else { y };
        let target = &mut out[to * width..][..width];
        target.copy_from_slice(&row[..width]);
        if turn.flip_x {
            target.reverse();
        }
    }
    out
}

/// Writes stored column `x` as output row `x` (or its mirror), block by block.
fn transpose<T: Copy>(
    samples: &[T],
    stride: usize,
    (width, height): (usize, usize),
    turn: Turn,
    out: &mut [T],
) {
    for block_y in (0..height).step_by(BLOCK) {
        let rows = BLOCK.min(height - block_y);
        // An output row's run of `rows` samples, in its final place.
        let start = if turn.flip_x {
            height - block_y - rows
        } else {
            block_y
        };
        for block_x in (0..width).step_by(BLOCK) {
            for x in block_x..width.min(block_x + BLOCK) {
                let to = if turn.flip_y { width - 1 - x } else { x };
                let target = &mut out[to * height + start..][..rows];
                let column = samples[block_y * stride + x..].iter().step_by(stride);
                if turn.flip_x {
                    target
                        .iter_mut()
                        .rev()
                        .zip(column)
                        .for_each(|(to, from)| *to = *from);
                } else {
                    target
                        .iter_mut()
                        .zip(column)
                        .for_each(|(to, from)| *to = *from);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> Plane {
        // 1 2 3
        // 4 5 6
        Plane {
            data: vec![1, 2, 3, 0, 4, 5, 6, 0],
            stride: 4,
            width: 3,
            height: 2,
        }
    }

    fn turn(value: u8) -> Turn {
        Turn::of(Orientation::new(value).unwrap())
    }

    #[test]
    fn turns_all_eight_orientations() {
        let expected: [(u8, [u8; 6], usize); 8] = [
            (1, [1, 2, 3, 4, 5, 6], 3),
            (2, [3, 2, 1, 6, 5, 4], 3),
            (3, [6, 5, 4, 3, 2, 1], 3),
            (4, [4, 5, 6, 1, 2, 3], 3),
            (5, [1, 4, 2, 5, 3, 6], 2),
            (6, [4, 1, 5, 2, 6, 3], 2),
            (7, [6, 3, 5, 2, 4, 1], 2),
            (8, [3, 6, 2, 5, 1, 4], 2),
        ];
        for (orientation, data, width) in expected {
            let plane = upright_plane(&card(), turn(orientation));
            assert_eq!(
                (plane.width, plane.data.as_slice()),
                (width, &data[..]),
                "{orientation}"
            );
        }
    }

    #[test]
    fn maps_an_upright_box_to_the_stored_picture() {
        // The stored 30x20 picture is 20x30 upright; its top left corner is the
        // stored bottom left one.
        let area = CropBox {
            left: 0.0,
            top: 0.0,
            width: 5.0,
            height: 10.0,
        };
        let stored = turn(6).to_stored(area, (20.0, 30.0));
        assert_eq!(
            stored,
            CropBox {
                left: 0.0,
                top: 15.0,
                width: 10.0,
                height: 5.0
            }
        );
    }

    #[test]
    fn transposes_across_block_borders() {
        let (width, height) = (2 * BLOCK + 3, BLOCK + 5);
        let samples: Vec<u32> = (0..(width * height) as u32).collect();
        let out = turned(&samples, width, (width, height), turn(7));
        for (index, sample) in out.iter().enumerate() {
            let (x, y) = (index % height, index / height);
            let stored = (height - 1 - x) * width + (width - 1 - y);
            assert_eq!(*sample, stored as u32);
        }
    }
}

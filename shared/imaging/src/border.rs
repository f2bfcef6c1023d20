//! Areas that hang over the border of a plane.

use std::borrow::Cow;

use image_codecs::Plane;

use crate::plan::CropBox;

/// Width and height in samples.
pub(crate) fn plane_size(plane: &Plane) -> (u32, u32) {
    (plane.width as u32, plane.height as u32)
}

/// The plane and the area on it; where the area hangs over an edge by more than
/// a rounding error, the plane is extended by repeating its border samples.
pub(crate) fn reach(plane: &Plane, area: CropBox) -> (Cow<'_, Plane>, CropBox) {
    let over = |start: f64, extent: f64, length: usize| {
        let before = (-start - 1e-6).ceil().max(0.0) as usize;
        let after = (start + extent - length as f64 - 1e-6).ceil().max(0.0) as usize;
        (before, after)
    };
    let (left, right) = over(area.left, area.width, plane.width);
    let (top, bottom) = over(area.top, area.height, plane.height);
    if left + right + top + bottom == 0 || plane.width == 0 || plane.height == 0 {
        return (Cow::Borrowed(plane), inside(area, plane_size(plane)));
    }
    let extended = extend(plane, (left, right), (top, bottom));
    let area = CropBox {
        left: area.left + left as f64,
        top: area.top + top as f64,
        ..area
    };
    let size = plane_size(&extended);
    (Cow::Owned(extended), inside(area, size))
}

fn extend(plane: &Plane, columns: (usize, usize), rows: (usize, usize)) -> Plane {
    let width = columns.0 + plane.width + columns.1;
    let height = rows.0 + plane.height + rows.1;
    let mut data = Vec::with_capacity(width * height);
    for y in 0..height {
        let from = y.saturating_sub(rows.0).min(plane.height - 1) * plane.stride;
        let row = &plane.data[from..][..plane.width];
        data.resize(data.len() + columns.0, row[0]);
        data.extend_from_slice(row);
        data.resize(data.len() + columns.1, row[plane.width - 1]);
    }
    Plane {
        data,
        stride: width,
        width,
        height,
    }
}

/// The area without what rounding errors let stick out.
pub(crate) fn inside(area: CropBox, (width, height): (u32, u32)) -> CropBox {
    let clip = |start: f64, extent: f64, length: u32| {
        let start = start.clamp(0.0, f64::from(length));
        (start, extent.min(f64::from(length) - start))
    };
    let (left, width) = clip(area.left, area.width, width);
    let (top, height) = clip(area.top, area.height, height);
    CropBox {
        left,
        top,
        width,
        height,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overhanging_area_repeats_the_border() {
        let row: Vec<u8> = (0..8).map(|x| x * 4).collect();
        let plane = Plane {
            data: row.repeat(2),
            stride: 8,
            width: 8,
            height: 2,
        };
        let area = CropBox {
            left: -1.5,
            top: 0.0,
            width: 10.0,
            height: 3.0,
        };
        let (extended, area) = reach(&plane, area);
        assert_eq!((extended.width, extended.height), (11, 3));
        assert_eq!(&extended.data[..4], [0, 0, 0, 4]);
        assert_eq!(extended.data[10], 28);
        assert_eq!((area.left, area.width), (0.5, 10.0));
    }
}

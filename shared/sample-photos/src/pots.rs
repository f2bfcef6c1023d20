//! The pots of the reference site's shop: outlines and glazes.

/// A pot and what stands around it. Lengths are in heights of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pot {
    /// File name, such as `shop/tide-vase.jpg`.
    pub name: &'static str,
    /// Outline from the rim down to the foot: height above the table and radius.
    pub(crate) outline: &'static [(f32, f32)],
    /// Colour of the glaze, sRGB.
    pub(crate) glaze: u32,
    /// Colour where the glaze runs thin, at the rim and the foot.
    pub(crate) edge: u32,
    /// Colour of the wall behind.
    pub(crate) wall: u32,
    /// 0 for a matt surface, 1 for a wet one.
    pub(crate) gloss: f32,
    /// Whether it has a handle.
    pub(crate) has_handle: bool,
    /// Whether it carries a linen shade with a lamp in it.
    pub(crate) has_shade: bool,
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

use std::fmt;

use imaging::{Fit, MetadataPolicy, Quality};

use crate::values::{self, Colour, GravityValue, Hundredths, WatermarkValue};
use crate::{AcceptedFormats, FormatChoice, RequestError};

/// What an image URL asks for: the `{options}` segment of `/img/{options}/{key}`.
///
/// Options are `name=value`, joined by commas, each at most once; `-` stands for
/// none. [`Options::to_string`] writes them in canonical order, and parsing that
/// yields the same options: one wish, one URL, one stored object.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    pub(crate) preset: Option<String>,
    pub(crate) width: Option<u32>,
    pub(crate) height: Option<u32>,
    pub(crate) fit: Option<Fit>,
    pub(crate) gravity: Option<GravityValue>,
    pub(crate) pixel_ratio: Option<Hundredths>,
    pub(crate) format: FormatChoice,
    pub(crate) quality: Option<Quality>,
    pub(crate) background: Option<Colour>,
    pub(crate) blur: Option<Hundredths>,
    pub(crate) sharpen: Option<Hundredths>,
    pub(crate) watermark: Option<WatermarkValue>,
    pub(crate) animate: Option<bool>,
    pub(crate) enlarge: Option<bool>,
    pub(crate) metadata: Option<MetadataPolicy>,
    pub(crate) fallback: bool,
    pub(crate) version: Option<String>,
    pub(crate) expires_at: Option<u64>,
    pub(crate) signature: Option<String>,
}

/// Options that one URL may carry.
const MAX_OPTIONS: usize = 20;
/// Width and height an option may ask for, before the pixel ratio.
const MAX_SIDE: u64 = 8192;

impl Options {
    /// Reads the options segment, already percent-decoded.
    ///
    /// # Errors
    /// Names the first option that is unknown, repeated or out of range.
    pub fn parse(segment: &str) -> Result<Self, RequestError> {
        let mut options = Self::default();
        if segment == "-" {
            return Ok(options);
        }
        let mut seen: Vec<&str> = Vec::new();
        for option in segment.split(',') {
            let refuse = |problem, allowed| RequestError::Option {
                option: option.to_owned(),
                problem,
                allowed,
            };
            let (name, value) = option
                .split_once('=')
                .ok_or_else(|| refuse("it is not of the form name=value", NAMES))?;
            if seen.contains(&name) {
                return Err(refuse("it is given twice", "each option once"));
            }
            if seen.len() == MAX_OPTIONS {
                return Err(refuse("there are too many options", "20 options"));
            }
            seen.push(name);
            options.set(name, value).map_err(|allowed| {
                refuse(
                    if allowed == NAMES {
                        "it is unknown"
                    } else {
                        "the value is not allowed"
                    },
                    allowed,
                )
            })?;
        }
        Ok(options)
    }

    /// Sets one option; the error is what would have been allowed.
    fn set(&mut self, name: &str, value: &str) -> Result<(), &'static str> {
        match name {
            "p" => self.preset = Some(name_of(value).ok_or("a preset's name")?),
            "w" => self.width = Some(side(value)?),
            "h" => self.height = Some(side(value)?),
            "fit" => {
                let allowed = "inside, cover, contain, fill, outside";
                self.fit = Some(values::fit(value).ok_or(allowed)?);
            }
            "g" => {
                let allowed =
                    "center, n, ne, e, se, s, sw, w, nw, smart, or a focal point such as 0.3x0.7";
                self.gravity = Some(GravityValue::parse(value).ok_or(allowed)?);
            }
            "dpr" => self.pixel_ratio = Some(decimal(value, 100..=400, "1 to 4")?),
            "f" => self.format = FormatChoice::parse(value).ok_or(FormatChoice::ALLOWED)?,
            "q" => self.quality = Some(values::quality(value).ok_or("1 to 100, or auto")?),
            "bg" => {
                let allowed = "a colour rrggbb or rrggbbaa in lower-case hexadecimal";
                self.background = Some(Colour::parse(value).ok_or(allowed)?);
            }
            "blur" => self.blur = Some(decimal(value, 30..=10_000, "0.3 to 100")?),
            "sharpen" => self.sharpen = Some(decimal(value, 1..=1_000, "0.01 to 10")?),
            "wm" => {
                let allowed =
                    "a compass point such as se, or with opacity and width in percent: se:80:33";
                self.watermark = Some(WatermarkValue::parse(value).ok_or(allowed)?);
            }
            "anim" => self.animate = Some(switch(value)?),
            "enlarge" => self.enlarge = Some(switch(value)?),
            "meta" => self.metadata = Some(metadata(value)?),
            "fb" if value == "1" => self.fallback = true,
            "fb" => return Err("1"),
            "v" => self.version = Some(name_of(value).ok_or("1 to 32 of a-z, 0-9, - and _")?),
            "exp" => self.expires_at = Some(values::whole(value).ok_or("a time in Unix seconds")?),
            "s" => {
                let allowed = "43 characters of base64url";
                self.signature = Some(signature(value).ok_or(allowed)?);
            }
            _ => return Err(NAMES),
        }
        Ok(())
    }

    /// The same options with `f=auto` decided for a client.
    #[must_use]
    pub fn negotiated(mut self, accepted: AcceptedFormats) -> Self {
        if self.format == FormatChoice::Auto {
            self.format = FormatChoice::Negotiated(accepted);
        }
        self
    }

    /// Whether a picture of the site's own is wanted where the photo cannot be shown.
    #[must_use]
    pub const fn wants_fallback(&self) -> bool {
        self.fallback
    }

    /// Whether the answer depends on the client's `Accept` header.
    #[must_use]
    pub fn is_negotiated(&self) -> bool {
        !matches!(self.format, FormatChoice::Fixed(_))
    }

    /// When a signed URL ends, in Unix seconds.
    #[must_use]
    pub const fn expires_at(&self) -> Option<u64> {
        self.expires_at
    }

    /// Whether a version (`v`) makes this URL unique to one state of the photo.
    #[must_use]
    pub const fn is_versioned(&self) -> bool {
        self.version.is_some()
    }
}

const NAMES: &str =
    "p, w, h, fit, g, dpr, f, q, bg, blur, sharpen, wm, anim, enlarge, meta, fb, v, exp, s";

fn side(value: &str) -> Result<u32, &'static str> {
    values::whole(value)
        .filter(|side| (1..=MAX_SIDE).contains(side))
        .and_then(|side| u32::try_from(side).ok())
        .ok_or("1 to 8192 pixels")
}

fn decimal(
    value: &str,
    range: std::ops::RangeInclusive<u32>,
    allowed: &'static str,
) -> Result<Hundredths, &'static str> {
    Hundredths::parse(value)
        .filter(|number| range.contains(&number.0))
        .ok_or(allowed)
}

fn switch(value: &str) -> Result<bool, &'static str> {
    match value {
        "0" => Ok(false),
        "1" => Ok(true),
        _ => Err("0 or 1"),
    }
}

fn metadata(value: &str) -> Result<MetadataPolicy, &'static str> {
    match value {
        "none" => Ok(MetadataPolicy::Strip),
        "copyright" => Ok(MetadataPolicy::Copyright),
        _ => Err("none or copyright"),
    }
}

fn name_of(value: &str) -> Option<String> {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    let fits = (1..=32).contains(&value.len()) && value.bytes().all(allowed);
    fits.then(|| value.to_owned())
}

fn signature(value: &str) -> Option<String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (value.len() == 43 && value.bytes().all(allowed)).then(|| value.to_owned())
}

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bit = |value: bool| u8::from(value).to_string();
        let quality = |quality: Quality| match quality {
            Quality::Auto => "auto".to_owned(),
            Quality::Fixed(value) => value.to_string(),
        };
        let metadata = |policy| match policy {
            MetadataPolicy::Strip => "none".to_owned(),
            MetadataPolicy::Copyright => "copyright".to_owned(),
        };
        let values = [
            ("p", self.preset.clone()),
            ("w", self.width.map(|value| value.to_string())),
            ("h", self.height.map(|value| value.to_string())),
            (
                "fit",
                self.fit.map(|value| values::fit_word(value).to_owned()),
            ),
            ("g", self.gravity.map(|value| value.to_string())),
            ("dpr", self.pixel_ratio.map(|value| value.to_string())),
            ("f", Some(self.format.to_string())),
            ("q", self.quality.map(quality)),
            ("bg", self.background.map(|value| value.to_string())),
            ("blur", self.blur.map(|value| value.to_string())),
            ("sharpen", self.sharpen.map(|value| value.to_string())),
            ("wm", self.watermark.map(|value| value.to_string())),
            ("anim", self.animate.map(bit)),
            ("enlarge", self.enlarge.map(bit)),
            ("meta", self.metadata.map(metadata)),
            ("fb", self.fallback.then(|| "1".to_owned())),
            ("v", self.version.clone()),
            ("exp", self.expires_at.map(|value| value.to_string())),
            ("s", self.signature.clone()),
        ];
        let mut separator = "";
        for (name, value) in values {
            if let Some(value) = value {
                write!(f, "{separator}{name}={value}")?;
                separator = ",";
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn writes_options_in_canonical_order() {
        let options = Options::parse("q=auto,h=480,w=640,g=smart,fit=cover").unwrap();
        assert_eq!(
            options.to_string(),
            "w=640,h=480,fit=cover,g=smart,f=auto,q=auto"
        );
        assert_eq!(Options::parse("-").unwrap().to_string(), "f=auto");
    }

    #[test]
    fn negotiates_only_what_is_open() {
        let open = Options::parse("w=10")
            .unwrap()
            .negotiated(AcceptedFormats::WebP);
        assert_eq!(open.to_string(), "w=10,f=auto-webp");
        let fixed = Options::parse("w=10,f=png")
            .unwrap()
            .negotiated(AcceptedFormats::Avif);
        assert_eq!(fixed.to_string(), "w=10,f=png");
        assert!(open.is_negotiated() && !fixed.is_negotiated());
    }

    #[test]
    fn says_what_is_allowed() {
        for (segment, message) in [
            (
                "w=0",
                "read the image option `w=0`: the value is not allowed; allowed: 1 to 8192 pixels",
            ),
            (
                "w=1,w=2",
                "read the image option `w=2`: it is given twice; allowed: each option once",
            ),
            (
                "width",
                "read the image option `width`: it is not of the form name=value; allowed: ",
            ),
            (
                "zoom=2",
                "read the image option `zoom=2`: it is unknown; allowed: p, w, h, fit",
            ),
            (
                "fit=crop",
                "the value is not allowed; allowed: inside, cover, contain, fill, outside",
            ),
            (
                "",
                "read the image option ``: it is not of the form name=value",
            ),
        ] {
            let error = Options::parse(segment).unwrap_err().to_string();
            assert!(error.contains(message), "{segment}: {error}");
        }
    }

    fn any_option() -> impl Strategy<Value = String> {
        prop_oneof![
            (1..=8192_u32).prop_map(|w| format!("w={w}")),
            (1..=8192_u32).prop_map(|h| format!("h={h}")),
            prop::sample::select(vec!["fit=inside", "fit=cover", "fit=contain", "fit=fill"])
                .prop_map(str::to_owned),
            prop::sample::select(vec!["g=smart", "g=nw", "g=0.3x0.75", "g=0x1"])
                .prop_map(str::to_owned),
            (100..=400_u32).prop_map(|dpr| format!("dpr={}", Hundredths(dpr))),
            prop::sample::select(vec!["f=auto", "f=avif", "f=auto-base", "f=gif"])
                .prop_map(str::to_owned),
            (1..=100_u32).prop_map(|q| format!("q={q}")),
            any::<[u8; 4]>().prop_map(|colour| format!("bg={}", Colour(colour))),
            (30..=10_000_u32).prop_map(|blur| format!("blur={}", Hundredths(blur))),
            prop::sample::select(vec![
                "wm=se",
                "wm=n:10:100",
                "anim=0",
                "enlarge=1",
                "meta=copyright",
                "fb=1"
            ])
            .prop_map(str::to_owned),
            "[a-z0-9_-]{1,32}".prop_map(|version| format!("v={version}")),
            "[A-Za-z0-9_-]{43}".prop_map(|signature| format!("s={signature}")),
        ]
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            let _either = Options::parse(&text);
        }

        #[test]
        fn canonical_form_is_a_fixed_point(options in prop::collection::vec(any_option(), 0..8)) {
            if let Ok(parsed) = Options::parse(&options.join(",")) {
                let canonical = parsed.to_string();
                let again = Options::parse(&canonical).unwrap();
                prop_assert_eq!(again.to_string(), canonical);
                prop_assert_eq!(again, parsed);
            }
        }
    }
}

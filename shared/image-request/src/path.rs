use percent_encoding::percent_decode_str;

use crate::{Options, RequestError, SourceKey};

/// The path of an on-demand image, read.
#[derive(Debug, Clone, PartialEq)]
pub struct ImagePath {
    /// What is asked for.
    pub options: Options,
    /// Which photo.
    pub key: SourceKey,
}

impl ImagePath {
    /// The prefix of every image URL.
    pub const PREFIX: &str = "/img/";

    /// Reads a raw (percent-encoded) URL path. `+` is a plus sign, as in every path.
    ///
    /// # Errors
    /// When it is not `/img/{options}/{key}`, or either part is not allowed.
    pub fn parse(raw_path: &str) -> Result<Self, RequestError> {
        let rest = raw_path
            .strip_prefix(Self::PREFIX)
            .ok_or(RequestError::Path {
                problem: "it does not begin with /img/",
            })?;
        let (options, key) = rest.split_once('/').ok_or(RequestError::Path {
            problem: "it has no object key",
        })?;
        Ok(Self {
            options: Options::parse(&decode(options)?)?,
            key: SourceKey::parse(&decode(key)?)?,
        })
    }

    /// Where the answer is stored in the media bucket. `f=auto` must have been negotiated.
    #[must_use]
    pub fn stored_key(&self) -> String {
        format!("derived{}{}/{}", Self::PREFIX, self.options, self.key)
    }
}

fn decode(text: &str) -> Result<String, RequestError> {
    let decoded = percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| RequestError::Path {
            problem: "it is not UTF-8 after percent-decoding",
        })?;
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    #[test]
    fn reads_options_and_key() {
        let path = ImagePath::parse("/img/w=640,f=webp/products/a%20b+c%20%C3%A9.png").unwrap();
        assert_eq!(path.key.as_str(), "products/a b+c é.png");
        assert_eq!(
            path.stored_key(),
            "derived/img/w=640,f=webp/products/a b+c é.png"
        );
    }

    #[test]
    fn accepts_encoded_separators() {
        let path = ImagePath::parse("/img/w%3D640%2Cf%3Dwebp/a.png").unwrap();
        assert_eq!(path.options.to_string(), "w=640,f=webp");
    }

    #[test]
    fn refuses_other_paths() {
        for path in [
            "/img",
            "/img/w=1",
            "/images/w=1/a",
            "/img/w=1/",
            "/img/w=1/%2e%2e/a",
            "/img/w=1/%ff.jpg",
            "/img/w=1/a/%2E%2E/b",
        ] {
            assert!(ImagePath::parse(path).is_err(), "{path}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(path in "/img/\\PC{0,60}") {
            let _either = ImagePath::parse(&path);
        }

        #[test]
        fn reads_back_every_key(key in "[^\\p{Cc}/]{1,40}(/[^\\p{Cc}/]{1,20}){0,3}") {
            let encoded: Vec<String> =
                key.split('/').map(|s| utf8_percent_encode(s, NON_ALPHANUMERIC).to_string()).collect();
            if SourceKey::parse(&key).is_ok() {
                let path = ImagePath::parse(&format!("/img/-/{}", encoded.join("/"))).unwrap();
                prop_assert_eq!(path.key.as_str(), key);
            }
        }
    }
}

/// The word in the names of digests; log files have `CloudTrail` in its place.
const KIND: &str = "_CloudTrail-Digest_";

/// What the name of a digest says: whose trail it is of, and where its events happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestName {
    /// The account.
    pub account: String,
    /// The region of the events: each has a chain and keys of its own.
    pub region: String,
    /// The trail.
    pub trail: String,
}

impl DigestName {
    /// Reads the end of a key: `{account}_CloudTrail-Digest_{region}_{trail}_{home}_{time}.json.gz`,
    /// where `home` is the trail's own region. `None` for anything else.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        let (_, file) = key.rsplit_once('/')?;
        let (account, rest) = file.strip_suffix(".json.gz")?.split_once(KIND)?;
        // A trail's name may have underscores itself.
        let (region, rest) = rest.split_once('_')?;
        let (rest, _time) = rest.rsplit_once('_')?;
        let (trail, _home) = rest.rsplit_once('_')?;
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        // The folder says it, too: a region that is made up has no keys to ask for.
        let is_in_its_folder = key.contains(&format!("/CloudTrail-Digest/{region}/"));
        if !is_account || !is_region(region) || !is_in_its_folder || !is_trail(trail) {
            return None;
        }
        Some(Self {
            account: account.to_owned(),
            region: region.to_owned(),
            trail: trail.to_owned(),
        })
    }
}

/// Whether it is made as the names of regions are, for it becomes part of a host's: words and
/// a number.
fn is_region(text: &str) -> bool {
    let Some((words, number)) = text.rsplit_once('-') else {
        return false;
    };
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 32 && is_number && words.contains('-') && words.split('-').all(is_word)
}

/// What CloudTrail allows in a trail's name:
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-naming-requirements.html>
fn is_trail(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (3..=128).contains(&text.len()) && text.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FOLDER: &str =
        "cloudtrail/AWSLogs/123456789012/CloudTrail-Digest/eu-central-1/2026/11/27/";

    fn named(file: &str) -> Option<DigestName> {
        DigestName::of_key(&format!("{FOLDER}{file}"))
    }

    #[test]
    fn a_name_says_account_region_and_trail() {
        for trail in ["audit", "shop_audit_2", "a.b-c"] {
            let file = format!(
                "123456789012_CloudTrail-Digest_eu-central-1_{trail}_us-east-1_20261127T100000Z.json.gz"
            );
            let expected = DigestName {
                account: "123456789012".to_owned(),
                region: "eu-central-1".to_owned(),
                trail: trail.to_owned(),
            };
            assert_eq!(named(&file), Some(expected), "{file}");
        }
    }

    #[test]
    fn other_names_are_none() {
        for file in [
            "",
            "123456789012_CloudTrail_eu-central-1_20261127T1000Z_a1B2c3D4.json.gz",
            "123456789012_CloudTrail-Digest_eu-central-1_audit_20261127T100000Z.json.gz",
            "123456789012_CloudTrail-Digest_eu-central-1_audit_eu-central-1_20261127T100000Z.json",
            "12345_CloudTrail-Digest_eu-central-1_audit_eu-central-1_20261127T100000Z.json.gz",
            "123456789012_CloudTrail-Digest_us-east-1_audit_eu-central-1_20261127T100000Z.json.gz",
            "123456789012_CloudTrail-Digest_eu-central-1_au\ndit_eu-central-1_20261127T100000Z.json.gz",
            "123456789012_CloudTrail-Digest_evil.example#_audit_eu-central-1_20261127T100000Z.json.gz",
            "123456789012_CloudTrail-Digest_eu-central-1__eu-central-1_20261127T100000Z.json.gz",
        ] {
            assert_eq!(named(file), None, "{file}");
        }
    }

    proptest! {
        #[test]
        fn no_key_makes_it_panic(key in "[/_.a-zA-Z0-9é-]{0,120}") {
            let _ = DigestName::of_key(&key);
        }
    }
}

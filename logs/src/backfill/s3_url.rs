use std::fmt;
use std::str::FromStr;

/// A bucket, and what the names of its objects begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct S3Url {
    pub(crate) bucket: String,
    /// May be empty. As it is, not URL-encoded.
    pub(crate) prefix: String,
}

impl FromStr for S3Url {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rest = text
            .strip_prefix("s3://")
            .ok_or("an address like s3://bucket/prefix is needed")?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
        if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(allowed) {
            return Err(format!(
                "the name of a bucket has 3 to 63 small letters, digits, dots and hyphens, not \"{bucket}\""
            ));
        }
        Ok(Self {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        })
    }
}

impl fmt::Display for S3Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_bucket_and_maybe_a_prefix() {
        let cases = [
            ("s3://my.logs-1", "my.logs-1", ""),
            ("s3://my-logs/", "my-logs", ""),
            ("s3://my-logs/alb/AWSLogs/", "my-logs", "alb/AWSLogs/"),
            ("s3://my-logs/a b+c%20d?e", "my-logs", "a b+c%20d?e"),
            ("s3://my-logs//x", "my-logs", "/x"),
        ];
        for (text, bucket, prefix) in cases {
            let url: S3Url = text.parse().unwrap();
            assert_eq!((&*url.bucket, &*url.prefix), (bucket, prefix), "{text}");
            assert_eq!(url.to_string().parse(), Ok(url), "{text}");
        }
    }

    #[test]
    fn other_addresses_are_refused() {
        let form = "like s3://bucket/prefix";
        let name = "the name of a bucket";
        let cases = [
            ("", form),
            ("my-logs/alb/", form),
            ("S3://my-logs/", form),
            ("https://my-logs.s3.amazonaws.com/alb/", form),
            ("arn:aws:s3:::my-logs", form),
            ("s3://", name),
            ("s3:///alb/", name),
            ("s3://My_Logs/alb/", name),
            ("s3://lo/", name),
        ];
        for (text, said) in cases {
            let fault = text.parse::<S3Url>().unwrap_err();
            assert!(fault.contains(said), "{text}: {fault}");
        }
    }
}

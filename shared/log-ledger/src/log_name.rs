use sha2::{Digest, Sha256};

/// Which log it is and which content of it, as far as that is known from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogName {
    /// The same whenever the same log is read, and part of the names of what is made of it:
    /// twenty hexadecimal digits.
    pub id: String,
    /// Later contents of the same log are greater.
    pub version: String,
    /// Where it is, for people.
    pub origin: String,
}

impl LogName {
    /// An object of a bucket, with what S3 says of it when it is read.
    #[must_use]
    pub fn of_object(bucket: &str, key: &str, modified_ms: i64, etag: &str) -> Self {
        let origin = format!("s3://{bucket}/{key}");
        Self {
            id: id_of(&origin),
            version: format!("{modified_ms:015}-{etag}"),
            origin,
        }
    }

    /// A delivery of CloudWatch Logs, which never changes.
    #[must_use]
    pub fn of_delivery(name: &str) -> Self {
        let origin = format!("logs://{name}");
        Self {
            id: id_of(&origin),
            version: String::new(),
            origin,
        }
    }
}

fn id_of(origin: &str) -> String {
    hex(&Sha256::digest(origin.as_bytes())[..10])
}

/// Eight hexadecimal digits that tell texts apart.
pub(crate) fn short_hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes())[..4])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_has_one_name_and_its_contents_an_order() {
        let at = |modified_ms, etag| LogName::of_object("logs", "alb/a b.gz", modified_ms, etag);
        assert_eq!(at(1, "x").id, at(2, "y").id);
        assert!(at(999, "z").version < at(1000, "a").version);
        assert_eq!(at(1, "x").id.len(), 20);
        assert_ne!(at(1, "x").id, LogName::of_delivery("alb/a b.gz").id);
    }
}

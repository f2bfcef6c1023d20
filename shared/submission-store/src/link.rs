use crate::{IdError, SubmissionId};

/// What a link in a mail is about: the sealed payload of the confirmation, unsubscribe,
/// receipt and attachment links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSubject {
    /// The submission.
    pub submission: SubmissionId,
    /// Its form.
    pub form: String,
    /// A number whose meaning is the link's own: until when the submission is kept
    /// (seconds since 1970), or when it arrived (milliseconds).
    pub at: u64,
    /// Attachments uploaded so far; zero for other links.
    pub count: u32,
}

/// A payload that is not a [`LinkSubject`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read what a link is about")]
pub struct LinkError;

impl From<IdError> for LinkError {
    fn from(_: IdError) -> Self {
        Self
    }
}

impl LinkSubject {
    /// The payload to be sealed: `{submission}.{form}.{at}.{count}`.
    #[must_use]
    pub fn payload(&self) -> String {
        format!(
            "{}.{}.{}.{}",
            self.submission, self.form, self.at, self.count
        )
    }

    /// Reads a payload.
    ///
    /// # Errors
    /// A payload of another shape.
    pub fn parse(payload: &str) -> Result<Self, LinkError> {
        let mut parts = payload.split('.');
        let mut next = || parts.next().ok_or(LinkError);
        let subject = Self {
            submission: next()?.parse()?,
            form: next()?.to_owned(),
            at: next()?.parse().map_err(|_| LinkError)?,
            count: next()?.parse().map_err(|_| LinkError)?,
        };
        if parts.next().is_some() {
            return Err(LinkError);
        }
        Ok(subject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_writes() {
        let subject = LinkSubject {
            submission: "00112233445566778899aabbccddeeff".parse().unwrap(),
            form: "newsletter".to_owned(),
            at: 1_800_000_000,
            count: 2,
        };
        assert_eq!(LinkSubject::parse(&subject.payload()), Ok(subject));
        for bad in ["", "x.y.z", "00112233445566778899aabbccddeeff.f.1.2.3"] {
            assert_eq!(LinkSubject::parse(bad), Err(LinkError), "{bad}");
        }
    }
}

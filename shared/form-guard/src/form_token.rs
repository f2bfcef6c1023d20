use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{Key, Purpose, TokenError, open, seal};

/// What a form's token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormToken {
    /// When the form was shown, in milliseconds since 1970.
    pub issued_at_ms: u64,
    /// Its own name: posts with the same token are the same visit.
    pub id: String,
}

/// A token of a form shown at `now_ms`. `random` makes it unlike every other.
#[must_use]
pub fn issue_form_token(key: &Key, form: &str, now_ms: u64, random: [u8; 16]) -> String {
    let id = URL_SAFE_NO_PAD.encode(random);
    // Its end is judged on reading: each form has its own limit.
    seal(
        key,
        Purpose::FormToken,
        &format!("{form}.{now_ms}.{id}"),
        u64::MAX,
    )
}

/// Reads a token of `form`, at most `max_age_ms` old.
///
/// # Errors
/// A token that is none, was changed, is too old, or belongs to another form.
pub fn read_form_token(
    key: &Key,
    token: &str,
    form: &str,
    now_ms: u64,
    max_age_ms: u64,
) -> Result<FormToken, TokenError> {
    let opened = open(key, Purpose::FormToken, token, 0)?;
    let mut parts = opened.payload.splitn(3, '.');
    let mut next = || parts.next().ok_or(TokenError::Malformed);
    let (owner, issued, id) = (next()?, next()?, next()?);
    if owner != form {
        return Err(TokenError::WrongForm);
    }
    let issued_at_ms: u64 = issued.parse().map_err(|_| TokenError::Malformed)?;
    if now_ms.saturating_sub(issued_at_ms) > max_age_ms {
        return Err(TokenError::Expired);
    }
    Ok(FormToken {
        issued_at_ms,
        id: id.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::key;

    #[test]
    fn a_token_is_good_for_its_form_and_its_time() {
        let token = issue_form_token(&key(), "contact", 1_000, [7; 16]);
        let read = |form, now| read_form_token(&key(), &token, form, now, 500);
        assert_eq!(read("contact", 1_500).unwrap().issued_at_ms, 1_000);
        assert_eq!(read("contact", 1_501), Err(TokenError::Expired));
        assert_eq!(read("quote", 1_100), Err(TokenError::WrongForm));
        assert_ne!(token, issue_form_token(&key(), "contact", 1_000, [8; 16]));
    }
}

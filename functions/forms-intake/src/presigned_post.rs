//! Uploads straight from a browser to the bucket, by a signed policy:
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html>.

use std::time::{Duration, SystemTime};

use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{Deps, IntakeError};

/// How long an upload may begin after its page was made.
const VALID: Duration = Duration::from_mins(30);

/// What one upload may be.
pub(crate) struct UploadRule<'a> {
    /// Object key, fixed.
    pub key: &'a str,
    /// Media type, fixed.
    pub media_type: &'a str,
    /// Most bytes.
    pub max_bytes: u64,
    /// Where S3 sends the browser afterwards.
    pub redirect: &'a str,
}

/// The hidden fields of the upload's form, in the order they are written. The file comes
/// last, in a field named `file`.
pub(crate) async fn sign(
    rule: &UploadRule<'_>,
    deps: &Deps,
    now: SystemTime,
) -> Result<Vec<(String, String)>, IntakeError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| IntakeError::Sign(error);
    let credentials = deps
        .credentials
        .provide_credentials()
        .await
        .map_err(|error| failed(Box::new(error)))?;
    let time = Timestamp::try_from(now).map_err(|error| failed(Box::new(error)))?;
    let expires = Timestamp::try_from(now + VALID).map_err(|error| failed(Box::new(error)))?;
    let scope = format!(
        "{}/{}/{}/s3/aws4_request",
        credentials.access_key_id(),
        time.strftime("%Y%m%d"),
        deps.region
    );
    let mut fields = vec![
        ("key".to_owned(), rule.key.to_owned()),
        ("Content-Type".to_owned(), rule.media_type.to_owned()),
        (
            "success_action_redirect".to_owned(),
            rule.redirect.to_owned(),
        ),
        ("x-amz-algorithm".to_owned(), "AWS4-HMAC-SHA256".to_owned()),
        ("x-amz-credential".to_owned(), scope),
        (
            "x-amz-date".to_owned(),
            time.strftime("%Y%m%dT%H%M%SZ").to_string(),
        ),
    ];
    if let Some(token) = credentials.session_token() {
        fields.push(("x-amz-security-token".to_owned(), token.to_owned()));
    }
    let policy = policy(&fields, rule, &deps.config.forms_bucket, expires);
    let policy = STANDARD.encode(policy.to_string());
    let key = generate_signing_key(credentials.secret_access_key(), now, &deps.region, "s3");
    let signature = calculate_signature(key, policy.as_bytes());
    fields.push(("policy".to_owned(), policy));
    fields.push(("x-amz-signature".to_owned(), signature));
    Ok(fields)
}

/// Every field is fixed by the policy; the size has a range.
fn policy(
    fields: &[(String, String)],
    rule: &UploadRule<'_>,
    bucket: &str,
    expires: Timestamp,
) -> Value {
    let mut conditions: Vec<Value> = fields
        .iter()
        .map(|(name, value)| {
            Value::Object([(name.clone(), value.clone().into())].into_iter().collect())
        })
        .collect();
    conditions.push(json!({"bucket": bucket}));
    conditions.push(json!(["content-length-range", 1, rule.max_bytes]));
    json!({
        "expiration": expires.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(),
        "conditions": conditions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_fixes_everything_but_the_file() {
        let rule = UploadRule {
            key: "incoming/a/1",
            media_type: "image/png",
            max_bytes: 1_000,
            redirect: "https://example.com/next",
        };
        let fields = [("key".to_owned(), rule.key.to_owned())];
        let policy = policy(&fields, &rule, "forms", Timestamp::UNIX_EPOCH);
        assert_eq!(policy["expiration"], "1970-01-01T00:00:00.000Z");
        assert_eq!(
            policy["conditions"],
            json!([{"key": "incoming/a/1"}, {"bucket": "forms"}, ["content-length-range", 1, 1000]])
        );
    }
}

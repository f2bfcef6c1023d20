use serde_json::Value;

/// The longest JSON that is kept of parameters and resources, in bytes.
const MAX_JSON_BYTES: usize = 4096;
/// The longest text that is kept of a field, in bytes.
const MAX_TEXT_BYTES: usize = 512;

/// One call of an AWS API, or something that AWS did.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
///
/// It is the record as it came, but for access keys, of which the last four characters are
/// kept: enough to tell them apart. Fields of later versions are there, absent ones are empty.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEvent {
    record: Value,
    /// When, in milliseconds since 1970.
    pub time_ms: i64,
}

impl AuditEvent {
    /// Reads a record. `None` without a time: such a record belongs nowhere.
    #[must_use]
    pub fn of(mut record: Value) -> Option<Self> {
        let time_ms = log_formats::rfc3339_ms(record.get("eventTime")?.as_str()?)?;
        if let Some(Value::String(key)) = record.pointer_mut("/userIdentity/accessKeyId") {
            let end = key
                .char_indices()
                .rev()
                .nth(3)
                .map_or(0, |(index, _)| index);
            key.drain(..end);
        }
        Some(Self { record, time_ms })
    }

    /// A field's text by its dotted path, such as `userIdentity.sessionContext.attributes`.
    /// Numbers and booleans are texts, too; empty for what is absent, null or has fields of
    /// its own.
    #[must_use]
    pub fn text(&self, path: &str) -> String {
        match self.value(path) {
            Some(Value::String(text)) => cut(text, MAX_TEXT_BYTES).to_owned(),
            Some(value @ (Value::Bool(_) | Value::Number(_))) => value.to_string(),
            _ => String::new(),
        }
    }

    /// A field and all below it as JSON, cut where it is long; empty for what is absent.
    #[must_use]
    pub fn json(&self, path: &str) -> String {
        match self.value(path) {
            None | Some(Value::Null) => String::new(),
            Some(value) => cut(&value.to_string(), MAX_JSON_BYTES).to_owned(),
        }
    }

    /// Whether the field is there and not null.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.value(path).is_some_and(|value| !value.is_null())
    }

    /// All of a field as JSON, to look for a part in it.
    pub(crate) fn whole_json(&self, path: &str) -> String {
        self.value(path)
            .map_or_else(String::new, ToString::to_string)
    }

    /// Who did it, in words that stay the same: an ARN, an AWS service, or an account.
    #[must_use]
    pub fn actor(&self) -> String {
        let paths = [
            "userIdentity.arn",
            "userIdentity.invokedBy",
            "userIdentity.userName",
            "userIdentity.principalId",
            "userIdentity.accountId",
        ];
        let mut texts = paths.iter().map(|path| self.text(path));
        texts.find(|text| !text.is_empty()).unwrap_or_default()
    }

    pub(crate) fn value(&self, path: &str) -> Option<&Value> {
        path.split('.')
            .try_fold(&self.record, |value, name| value.get(name))
    }
}

/// The beginning of a text that is whole in its characters.
fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_found_by_their_path_and_absent_ones_are_empty() {
        let event = AuditEvent::of(json!({
            "eventVersion": "9.99",
            "eventTime": "2026-11-27T10:20:30Z",
            "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::1:user/anna"},
            "readOnly": false,
            "requestParameters": {"name": "é".repeat(3000)},
            "errorCode": null,
        }))
        .unwrap();
        assert_eq!(event.time_ms, 1_795_774_830_000);
        assert_eq!(
            (event.text("userIdentity.type"), event.text("readOnly")),
            ("IAMUser".into(), "false".into())
        );
        assert_eq!(
            (event.text("a.b.c"), event.text("errorCode")),
            (String::new(), String::new())
        );
        assert!(!event.has("errorCode") && event.has("requestParameters.name"));
        assert!(event.json("requestParameters").len() <= MAX_JSON_BYTES);
        assert_eq!(event.actor(), "arn:aws:iam::1:user/anna");
    }

    #[test]
    fn of_an_access_key_only_the_end_is_kept() {
        let of_key = |key: &str| {
            let record = json!({
                "eventTime": "2026-11-27T10:20:30Z",
                "userIdentity": {"accessKeyId": key},
            });
            AuditEvent::of(record)
                .unwrap()
                .text("userIdentity.accessKeyId")
        };
        assert_eq!(of_key("AKIAIOSFODNN7EXAMPLE"), "MPLE");
        assert_eq!(of_key("éé"), "éé");
        assert_eq!(of_key(""), "");
    }

    #[test]
    fn a_record_without_a_time_is_none() {
        assert_eq!(AuditEvent::of(json!({"eventName": "x"})), None);
        assert_eq!(AuditEvent::of(json!({"eventTime": "yesterday"})), None);
        assert_eq!(AuditEvent::of(json!([1])), None);
    }
}

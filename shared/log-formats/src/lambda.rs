//! JSON logs of Lambda functions: what they say themselves, and what the platform says of
//! them. <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>

use serde_json::Value;

use crate::json_text::FlatObject;
use crate::{BadLine, Message, Record, Severity, time};

pub(crate) fn parse(line: &[u8], each: impl FnOnce(&Record<'_>)) -> Result<(), BadLine> {
    let line = String::from_utf8_lossy(line);
    // What a process writes before it dies need not be JSON.
    if !line.starts_with('{') {
        return Err(BadLine::Json);
    }
    let object = FlatObject::parse(&line)?;
    if object.raw("_aws").is_some() {
        // A document of metrics, which CloudWatch reads itself.
        return Ok(());
    }
    if object.raw("record").is_some() {
        return parse_platform(&line, &object, each);
    }
    let time = object.first_text(&["timestamp", "time"]);
    let text = object.text("message");
    let error = object.text("error");
    let text = if error.is_empty() {
        text
    } else {
        format!("{text}: {error}").into()
    };
    let id = object.first_text(&["function_request_id", "requestId", "request_id"]);
    each(&Record::Message(Message {
        time_ms: time::of_rfc3339(time.as_bytes()).ok_or(BadLine::Time)?,
        severity: severity(&object.text("level")),
        program: object.first_text(&["service", "function_name"]).as_bytes(),
        text: text.as_bytes(),
        request_id: id.as_bytes(),
        duration_ms: object.text("duration_ms").parse().ok(),
    }));
    Ok(())
}

fn severity(level: &str) -> Severity {
    match level.to_ascii_lowercase().as_str() {
        "trace" | "debug" => Severity::Debug,
        "warn" | "warning" => Severity::Warning,
        "error" => Severity::Error,
        "fatal" | "critical" => Severity::Fatal,
        _ => Severity::Info,
    }
}

/// `platform.report`, `platform.start` and their like; only the report says something.
fn parse_platform(
    line: &str,
    object: &FlatObject<'_>,
    each: impl FnOnce(&Record<'_>),
) -> Result<(), BadLine> {
    if object.text("type") != "platform.report" {
        return Ok(());
    }
    let value: Value = serde_json::from_str(line).map_err(|_| BadLine::Json)?;
    let text = |pointer| value.pointer(pointer).and_then(Value::as_str).unwrap_or("");
    let status = text("/record/status");
    let severity = if matches!(status, "success" | "") {
        Severity::Info
    } else {
        Severity::Error
    };
    each(&Record::Message(Message {
        time_ms: time::of_rfc3339(object.text("time").as_bytes()).ok_or(BadLine::Time)?,
        severity,
        program: b"platform",
        text: format!("report {status}").trim_end().as_bytes(),
        request_id: text("/record/requestId").as_bytes(),
        duration_ms: value
            .pointer("/record/metrics/durationMs")
            .and_then(Value::as_f64),
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LineParser, Source};

    type Seen = Option<(Severity, String, String, Option<f64>)>;

    fn message(line: &str) -> Result<Seen, BadLine> {
        let mut parser = LineParser::new(Source::Lambda, None).unwrap();
        let mut seen = None;
        parser.parse(line.as_bytes(), |record| {
            let Record::Message(message) = record else {
                panic!()
            };
            let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
            let (program, said) = (text(message.program), text(message.text));
            seen = Some((message.severity, program, said, message.duration_ms));
        })?;
        Ok(seen)
    }

    #[test]
    fn what_functions_say_is_a_message() {
        let line = r#"{"level":"WARN","service":"forms-intake","timestamp":"2026-11-27T10:20:30.1Z",
            "message":"Kept it","error":"put item","duration_ms":3,"function_request_id":"r"}"#;
        let expected = (
            Severity::Warning,
            "forms-intake".into(),
            "Kept it: put item".into(),
            Some(3.0),
        );
        assert_eq!(message(line), Ok(Some(expected)));
    }

    #[test]
    fn the_platforms_report_has_the_duration() {
        let line = r#"{"time":"2026-11-27T10:20:30.1Z","type":"platform.report","record":
            {"requestId":"r","status":"timeout","metrics":{"durationMs":12.5}}}"#;
        let expected = (
            Severity::Error,
            "platform".into(),
            "report timeout".into(),
            Some(12.5),
        );
        assert_eq!(message(line), Ok(Some(expected)));
    }

    #[test]
    fn metrics_and_starts_are_no_messages() {
        assert_eq!(message(r#"{"_aws":{"Timestamp":1},"x":1}"#), Ok(None));
        assert_eq!(
            message(r#"{"type":"platform.start","record":{}}"#),
            Ok(None)
        );
        assert_eq!(message("thread panicked"), Err(BadLine::Json));
        assert_eq!(message(r#"{"message":"no time"}"#), Err(BadLine::Time));
    }
}

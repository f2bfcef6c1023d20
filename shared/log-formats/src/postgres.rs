//! PostgreSQL's log with the line prefix that RDS sets, `%t:%r:%u@%d:[%p]:`.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html>

use crate::{BadLine, Message, Record, Severity, time};

/// `2026-11-27 10:20:30 UTC:10.0.1.5(44232):app@shop:[123]:LOG:  duration: 12.3 ms  …`.
pub(crate) fn parse(line: &[u8], each: impl FnOnce(&Record<'_>)) -> Result<(), BadLine> {
    // Statements go on in lines that begin with a tab.
    if line.starts_with(b"\t") {
        return Ok(());
    }
    let line = String::from_utf8_lossy(line);
    let time_ms = line
        .get(..23)
        .and_then(|time| time::of_rfc3339(time.as_bytes()))
        .ok_or(BadLine::Time)?;
    let (_, rest) = line.split_once("]:").ok_or(BadLine::Form)?;
    let (level, text) = rest.split_once(':').ok_or(BadLine::Form)?;
    let severity = match level {
        "DEBUG" | "DEBUG1" | "DEBUG2" | "DEBUG3" | "DEBUG4" | "DEBUG5" => Severity::Debug,
        "LOG" | "INFO" | "NOTICE" => Severity::Info,
        "WARNING" => Severity::Warning,
        "ERROR" => Severity::Error,
        "FATAL" | "PANIC" => Severity::Fatal,
        // They belong to the message before.
        "DETAIL" | "HINT" | "STATEMENT" | "CONTEXT" | "QUERY" | "LOCATION" => return Ok(()),
        _ => return Err(BadLine::Form),
    };
    let text = text.trim_start();
    each(&Record::Message(Message {
        time_ms,
        severity,
        program: b"postgresql",
        text: text.as_bytes(),
        request_id: &[],
        duration_ms: duration(text),
    }));
    Ok(())
}

fn duration(text: &str) -> Option<f64> {
    let (ms, _) = text.strip_prefix("duration: ")?.split_once(" ms")?;
    ms.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LineParser, Source};

    fn message(line: &str) -> Result<Option<(Severity, Option<f64>)>, BadLine> {
        let mut parser = LineParser::new(Source::Postgres, None).unwrap();
        let mut seen = None;
        parser.parse(line.as_bytes(), |record| {
            let Record::Message(message) = record else {
                panic!()
            };
            assert_eq!(message.time_ms, 1_795_774_830_000);
            seen = Some((message.severity, message.duration_ms));
        })?;
        Ok(seen)
    }

    #[test]
    fn slow_statements_and_errors_are_messages() {
        let prefix = "2026-11-27 10:20:30 UTC:10.0.1.5(44232):app@shop:[123]:";
        let slow = message(&format!(
            "{prefix}LOG:  duration: 1234.5 ms  statement: SELECT 1"
        ));
        assert_eq!(slow, Ok(Some((Severity::Info, Some(1234.5)))));
        let fatal = message(&format!(
            "{prefix}FATAL:  the database system is shutting down"
        ));
        assert_eq!(fatal, Ok(Some((Severity::Fatal, None))));
        assert_eq!(message(&format!("{prefix}DETAIL:  more")), Ok(None));
        assert_eq!(message("\tFROM orders"), Ok(None));
        assert_eq!(message("2026-11-27 10:20:30 UTC"), Err(BadLine::Form));
    }
}

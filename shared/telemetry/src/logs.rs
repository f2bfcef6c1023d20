use std::io;

use json_subscriber::JsonLayer;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::time::SystemTime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Registry, fmt::MakeWriter};

/// The level that a setting such as `AWS_LAMBDA_LOG_LEVEL` asks for; `INFO`
/// where it is unset. Lambda's own names are accepted in any case, `FATAL` as `ERROR`.
#[must_use]
pub fn level_from(text: Option<&str>) -> LevelFilter {
    match text.map(str::to_ascii_lowercase).as_deref() {
        Some("trace") => LevelFilter::TRACE,
        Some("debug") => LevelFilter::DEBUG,
        Some("warn") => LevelFilter::WARN,
        Some("error" | "fatal") => LevelFilter::ERROR,
        _ => LevelFilter::INFO,
    }
}

/// Installs the log subscriber of this process: one flat JSON object a line
/// with `timestamp`, `level`, `service`, `message` and the event's own fields.
///
/// Lambda reads `timestamp` and `level` at the top of the object to apply the
/// function's log level
/// (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>).
/// A second call keeps the first subscriber.
pub fn init(service: &str, level: LevelFilter) {
    let subscriber = subscriber(service, level, io::stdout);
    // A test process calls this once per test; the first subscriber serves them all.
    let _already_set = tracing::subscriber::set_global_default(subscriber);
}

fn subscriber<W>(service: &str, level: LevelFilter, writer: W) -> impl tracing::Subscriber
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let mut layer = JsonLayer::<Registry>::new(writer);
    layer.with_level("level");
    layer.with_timer("timestamp", SystemTime);
    layer.with_flattened_event();
    layer.with_top_level_flattened_span_list();
    layer.add_static_field("service", service.into());
    Registry::default().with(layer).with(level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Capture(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Capture {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn writes_flat_objects_with_level_and_timestamp() {
        let capture = Capture::default();
        let writer = capture.clone();
        let subscriber = subscriber("image-serve", LevelFilter::INFO, move || writer.clone());
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("invocation", function_request_id = "r-1");
            let _entered = span.enter();
            tracing::warn!(
                object.key = "a.jpg",
                duration_ms = 3_u64,
                "Refused the photo"
            );
            tracing::debug!("Not shown");
        });
        let text = String::from_utf8(capture.0.lock().unwrap().clone()).unwrap();
        let line: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!(line["level"], "WARN");
        assert_eq!(line["service"], "image-serve");
        assert_eq!(line["message"], "Refused the photo");
        assert_eq!(line["object.key"], "a.jpg");
        assert_eq!(line["duration_ms"], 3);
        assert_eq!(line["function_request_id"], "r-1");
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
    }

    #[test]
    fn understands_lambda_level_names() {
        assert_eq!(level_from(Some("FATAL")), LevelFilter::ERROR);
        assert_eq!(level_from(Some("debug")), LevelFilter::DEBUG);
        assert_eq!(level_from(None), LevelFilter::INFO);
    }
}

//! A file of Gatus. <https://github.com/TwiN/gatus#configuration>

use serde_json::Value;

use crate::gatus::take_alerts;
use crate::import::go_duration;
use crate::import_file::{Importer, without_nulls};
use crate::{Import, ImportError, ImportedFile, Period, Probe, PushCheck, import_gatus};

/// How long Gatus waits for an answer where its file does not say.
const TIMEOUT: Period = Period::from_seconds(10);
/// A job may be silent for so long at least.
const MIN_GRACE: Period = Period::from_seconds(60);

/// Parts of the file that say something of checks and are not taken over. Others are about
/// Gatus itself, such as where it listens.
const LEFT: [(&str, &str); 7] = [
    (
        "alerting",
        "who is told is not part of the file of checks here",
    ),
    ("suites", "there are no suites of checks here"),
    ("maintenance", "see `maintenance`, which has a zone and ids"),
    ("connectivity", "see `guard`, which is the same"),
    ("remote", "checks of others are not shown here"),
    ("tunneling", "hosts behind others are not asked here"),
    ("announcements", "the status page has none"),
];

/// Makes checks of a file of Gatus, whose YAML was read as if it were JSON.
///
/// # Errors
/// It has no endpoints.
pub fn import_gatus_file(document: Value) -> Result<ImportedFile, ImportError> {
    let document = without_nulls(document);
    let list = |key: &str| document.get(key).and_then(Value::as_array);
    let endpoints = list("endpoints").into_iter().flatten();
    let external = list("external-endpoints").into_iter().flatten();
    let mut imports: Vec<Import> = endpoints.map(of_endpoint).collect();
    imports.extend(external.map(of_external_endpoint));
    if imports.is_empty() {
        return Err(ImportError::Nothing("`endpoints`"));
    }
    let mut file = ImportedFile::new("Checks of a file of Gatus.");
    for (key, reason) in LEFT {
        if document.get(key).is_some() {
            file.leave(key, reason);
        }
    }
    let mut importer = Importer::new(file);
    for import in imports {
        let parts = [import.group.as_deref(), import.name.as_deref()];
        let name: Vec<&str> = parts.into_iter().flatten().collect();
        importer.add(&name.join(" / "), import);
    }
    Ok(importer.finish())
}

fn of_endpoint(endpoint: &Value) -> Import {
    let mut import = import_gatus(endpoint);
    import.timeout.get_or_insert(TIMEOUT);
    import
}

/// A job that tells Gatus how it went. <https://github.com/TwiN/gatus#external-endpoints>
fn of_external_endpoint(endpoint: &Value) -> Import {
    let mut import = Import::default();
    let text = |key: &str| endpoint.get(key).and_then(Value::as_str).map(str::to_owned);
    (import.name, import.group) = (text("name"), text("group"));
    let heartbeat = endpoint.get("heartbeat");
    let interval = heartbeat.and_then(|heartbeat| heartbeat.get("interval"));
    match interval.and_then(Value::as_str).and_then(go_duration) {
        Some(interval) => {
            let grace = interval.max(MIN_GRACE);
            if grace != interval {
                import.leave(
                    "heartbeat.interval",
                    format!("{interval} is less than {MIN_GRACE}: it is {grace}"),
                );
            }
            import.probe = Some(Probe::Push(PushCheck { grace }));
        }
        None => import.leave(
            "heartbeat.interval",
            "without it nobody knows how long the job may be silent",
        ),
    }
    for (key, value) in endpoint.as_object().into_iter().flatten() {
        match key.as_str() {
            "name" | "group" | "heartbeat" => {}
            "enabled" if value == &Value::Bool(true) => {}
            "enabled" => import.leave(key, "a check that is in the file is made"),
            "token" => import.leave(key, "the job gets another: each is made of the check's id"),
            "alerts" => take_alerts(value, &mut import),
            _ => import.leave(key, "there is nothing like it here"),
        }
    }
    import
}

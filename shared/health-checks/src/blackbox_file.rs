//! Modules of the `blackbox_exporter`, and what Prometheus has them asked.

use serde_json::Value;

use crate::import_file::{Importer, without_nulls};
use crate::{Import, ImportError, ImportedFile, Period, Unmapped, import_blackbox};

/// How long the exporter waits for an answer where nobody says: half a second less than the
/// ten seconds that Prometheus waits for the exporter.
const TIMEOUT: Period = Period::from_ms(9_500);

/// What a module is to ask, which its own file does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlackboxTarget {
    /// The name of the module.
    pub module: String,
    /// An address, a host and port, or for DNS a name server.
    pub address: String,
    /// How long from one run to the next.
    pub every: Option<Period>,
    /// How long the exporter waits for an answer, when its module does not say less.
    pub timeout: Option<Period>,
}

/// What the exporter is to ask.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BlackboxTargets {
    /// Each address of each module.
    pub targets: Vec<BlackboxTarget>,
    /// Those that are not known.
    pub unmapped: Vec<Unmapped>,
}

/// Makes checks of a file of the `blackbox_exporter`, whose YAML was read as if it were JSON:
/// one of each target.
///
/// # Errors
/// It has no modules.
pub fn import_blackbox_file(
    document: Value,
    known: &BlackboxTargets,
) -> Result<ImportedFile, ImportError> {
    let document = without_nulls(document);
    let modules = document.get("modules").and_then(Value::as_object);
    let modules = modules
        .filter(|modules| !modules.is_empty())
        .ok_or(ImportError::Nothing("`modules`"))?;
    let mut file = ImportedFile::new("Checks of a file of the blackbox_exporter.");
    for Unmapped { source, reason } in &known.unmapped {
        file.leave(source, reason);
    }
    let targets = &known.targets;
    for name in modules.keys() {
        if !targets.iter().any(|target| target.module == *name) {
            file.leave(
                &format!("modules.{name}"),
                "no target of it is known: they are in Prometheus' file",
            );
        }
    }
    let mut importer = Importer::new(file);
    for target in targets {
        let BlackboxTarget {
            module, address, ..
        } = target;
        let import = match modules.get(module) {
            Some(module) => of_target(module, target),
            None => unknown(module),
        };
        let host = address
            .split_once("://")
            .map_or(&**address, |(_, host)| host);
        importer.add(&format!("{module} {host}"), import);
    }
    Ok(importer.finish())
}

fn of_target(module: &Value, target: &BlackboxTarget) -> Import {
    let mut import = import_blackbox(module, &target.address);
    import.every = target.every;
    let most = target.timeout.unwrap_or(TIMEOUT);
    import.timeout = Some(import.timeout.map_or(most, |timeout| timeout.min(most)));
    import
}

fn unknown(module: &str) -> Import {
    let mut import = Import::default();
    import.leave(module, "the file has no such module");
    import
}

//! What judges find and the template keeps, each with its reason.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

/// Where those are written down that are not in a resource's metadata.
pub(super) const FILE: &str = "local/template/decisions.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    keep: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    check: String,
    reason: String,
    resources: BTreeSet<String>,
    /// The renders that it holds for; all, where there are none.
    #[serde(default)]
    deployments: BTreeSet<String>,
}

/// A finding that is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Decision {
    /// The judge's check.
    pub(super) check: String,
    /// Logical id.
    pub(super) resource: String,
    /// Why it is kept.
    pub(super) reason: String,
}

/// Everything of `decisions.toml`.
pub(super) struct Decisions(Vec<Entry>);

impl Decisions {
    /// # Errors
    /// When it is not what it has to be, or a reason is missing.
    pub(super) fn parse(file: &str, renders: &BTreeSet<&str>) -> Result<Self> {
        let file: File = toml::from_str(file).with_context(|| format!("read {FILE}"))?;
        for entry in &file.keep {
            let check = &entry.check;
            ensure!(
                !entry.reason.trim().is_empty(),
                "read {FILE}: {check} has no reason"
            );
            for name in &entry.deployments {
                ensure!(
                    renders.contains(name.as_str()),
                    "read {FILE}: {check} is kept in {name}, which is no deployment"
                );
            }
        }
        Ok(Self(file.keep))
    }

    /// Writes the decisions into a render's metadata, where checkov looks for them, and returns
    /// them with those that were there before.
    pub(super) fn note(&self, render: &mut Value, name: &str) -> Result<BTreeSet<Decision>> {
        let mut noted = BTreeSet::new();
        let Some(resources) = render.get_mut("Resources").and_then(Value::as_object_mut) else {
            return Ok(noted);
        };
        for (id, resource) in resources.iter_mut() {
            let here = self.0.iter().filter(|entry| {
                entry.resources.contains(id)
                    && (entry.deployments.is_empty() || entry.deployments.contains(name))
            });
            let mut skips: Vec<Value> = here
                .map(|entry| json!({"id": entry.check, "comment": entry.reason}))
                .collect();
            let written = resource.pointer("/Metadata/checkov/skip");
            skips.extend(
                written
                    .and_then(Value::as_array)
                    .cloned()
                    .unwrap_or_default(),
            );
            if skips.is_empty() {
                continue;
            }
            for skip in &skips {
                let text = |key: &str| {
                    let text = skip.get(key).and_then(Value::as_str);
                    let text = text.filter(|text| !text.trim().is_empty());
                    text.map(str::to_owned)
                        .with_context(|| format!("read the metadata of {id}: a skip has no {key}"))
                };
                noted.insert(Decision {
                    check: text("id")?,
                    resource: id.clone(),
                    reason: text("comment")?,
                });
            }
            resource["Metadata"]["checkov"]["skip"] = Value::Array(skips);
        }
        Ok(noted)
    }

    /// The checks and resources that the file names.
    pub(super) fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|entry| {
            let resources = entry.resources.iter();
            resources.map(|resource| (entry.check.as_str(), resource.as_str()))
        })
    }
}

/// A render without any decision in its metadata.
pub(super) fn without(render: &Value) -> Value {
    let mut bare = render.clone();
    let resources = bare.get_mut("Resources").and_then(Value::as_object_mut);
    for resource in resources.into_iter().flat_map(|all| all.values_mut()) {
        let metadata = resource.get_mut("Metadata").and_then(Value::as_object_mut);
        if let Some(metadata) = metadata {
            metadata.remove("checkov");
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: &str = r#"
        [[keep]]
        check = "CKV_1"
        reason = "because"
        resources = ["Queue", "Gone"]
        [[keep]]
        check = "CKV_2"
        reason = "dev is cheap"
        resources = ["Queue"]
        deployments = ["dev"]
    "#;

    fn decision(check: &str, resource: &str, reason: &str) -> Decision {
        Decision {
            check: check.to_owned(),
            resource: resource.to_owned(),
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn decisions_are_written_where_checkov_reads_them() {
        let decisions = Decisions::parse(KEPT, &BTreeSet::from(["dev"])).unwrap();
        let mut render = json!({"Resources": {
            "Queue": {"Type": "Q"},
            "Bucket": {"Metadata": {"checkov": {"skip": [{"id": "CKV_3", "comment": "here"}]}}},
            "Topic": {"Type": "T"},
        }});
        let noted = decisions.note(&mut render, "small").unwrap();
        let expected = [
            decision("CKV_1", "Queue", "because"),
            decision("CKV_3", "Bucket", "here"),
        ];
        assert_eq!(noted, BTreeSet::from(expected));
        assert_eq!(
            render["Resources"]["Queue"]["Metadata"],
            json!({"checkov": {"skip": [{"id": "CKV_1", "comment": "because"}]}})
        );
        assert_eq!(render["Resources"]["Topic"], json!({"Type": "T"}));
        let bare = without(&render);
        assert!(!bare.to_string().contains("CKV"), "{bare}");
        let dev = decisions.note(&mut render.clone(), "dev").unwrap();
        assert!(dev.contains(&decision("CKV_2", "Queue", "dev is cheap")));
        let named: Vec<_> = decisions.named().collect();
        assert_eq!(
            named,
            [("CKV_1", "Gone"), ("CKV_1", "Queue"), ("CKV_2", "Queue")]
        );
    }

    #[test]
    fn every_decision_has_a_reason_and_a_deployment() {
        let parse = |file: &str| Decisions::parse(file, &BTreeSet::from(["dev"])).is_ok();
        assert!(!parse(
            "keep = [{check = 'C', reason = ' ', resources = []}]"
        ));
        assert!(!parse(
            "keep = [{check = 'C', reason = 'r', resources = [], deployments = ['x']}]"
        ));
        let decisions = Decisions::parse("keep = []", &BTreeSet::new()).unwrap();
        let mut silent =
            json!({"Resources": {"Q": {"Metadata": {"checkov": {"skip": [{"id": "C"}]}}}}});
        assert!(decisions.note(&mut silent, "dev").is_err());
    }
}

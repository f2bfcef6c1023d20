//! Rules on templates that are not as CloudFormation wants them.

use serde_json::{Value, json};
use template_rules::{Class, Subject, check_subject};

use crate::{cases, template};

/// Every template that is `value` with one thing in it replaced.
fn replaced(value: &Value, by: &Value, found: &mut dyn FnMut(Value)) {
    found(by.clone());
    let mut within = |inner: &Value, put: &dyn Fn(Value) -> Value| {
        replaced(inner, by, &mut |changed| found(put(changed)));
    };
    match value {
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                within(item, &|changed| {
                    let mut items = items.clone();
                    items[place] = changed;
                    Value::Array(items)
                });
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                within(item, &|changed| {
                    let mut map = map.clone();
                    map.insert(key.clone(), changed);
                    Value::Object(map)
                });
            }
        }
        _ => {}
    }
}

#[test]
fn rules_take_whatever_a_template_has() {
    let mut found = 0;
    let mut texts: Vec<&str> = cases().map(|case| case.1).collect();
    texts.sort_unstable();
    texts.dedup();
    let strange = [
        json!(null),
        json!(u64::MAX),
        json!("$"),
        json!([{}]),
        json!({"Ref": []}),
    ];
    for text in texts {
        let template = template(text);
        for by in &strange {
            replaced(&template, by, &mut |changed| {
                for subject in [Subject::Transformed, Subject::Render(Class::Production)] {
                    found += check_subject(subject, &changed).len();
                }
            });
        }
    }
    assert!(found > 0);
}

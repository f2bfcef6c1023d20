use serde_json::Value;

/// Whether a resource's policy lets everyone in: a statement that allows, to `*`, on no
/// condition. It may be JSON, as S3 logs it, or JSON in a text, as other services do.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
///
/// A statement with a condition passes: most of them confine it to a network or an
/// organization, and what a condition amounts to cannot be told without evaluating it.
pub(crate) fn grants_everyone(policy: &Value) -> bool {
    match policy {
        Value::String(text) => {
            // Objects only: a text in a text would never end.
            let inner: Result<serde_json::Map<_, _>, _> = serde_json::from_str(text);
            inner.is_ok_and(|inner| statements(inner.get("Statement")).iter().any(is_open))
        }
        _ => statements(policy.get("Statement")).iter().any(is_open),
    }
}

/// One statement may stand without its array.
fn statements(statement: Option<&Value>) -> &[Value] {
    match statement {
        Some(Value::Array(statements)) => statements,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

fn is_open(statement: &Value) -> bool {
    let allows = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
    let unconditional = match statement.get("Condition") {
        None | Some(Value::Null) => true,
        Some(condition) => condition.as_object().is_some_and(serde_json::Map::is_empty),
    };
    // Everyone but those named is everyone.
    let but = statement.get("NotPrincipal").is_some();
    let principal = statement.get("Principal");
    let aws = principal.and_then(|principal| principal.get("AWS"));
    allows && unconditional && (but || has_star(principal) || has_star(aws))
}

fn has_star(principal: Option<&Value>) -> bool {
    match principal {
        Some(Value::String(name)) => name == "*",
        Some(Value::Array(names)) => names.iter().any(|name| name == "*"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn grants(statement: Value) -> bool {
        grants_everyone(&json!({"Version": "2012-10-17", "Statement": statement}))
    }

    #[test]
    fn everyone_is_let_in_however_it_is_written() {
        assert!(grants(json!({"Effect": "Allow", "Principal": "*"})));
        assert!(grants(
            json!([{"Effect": "Deny"}, {"Effect": "Allow", "Principal": {"AWS": "*"}}])
        ));
        assert!(grants(
            json!([{"Effect": "Allow", "Principal": {"AWS": ["1", "*"]}, "Condition": {}}])
        ));
        assert!(grants(
            json!([{"Effect": "Allow", "NotPrincipal": {"AWS": "1"}}])
        ));
        let text = r#"{"Statement":[{"Effect":"Allow","Principal":"*"}]}"#;
        assert!(grants_everyone(&json!(text)));
    }

    #[test]
    fn others_are_not_everyone() {
        assert!(!grants(json!([{"Effect": "Deny", "Principal": "*"}])));
        assert!(!grants(
            json!([{"Effect": "Allow", "Principal": {"AWS": "123456789012"}}])
        ));
        assert!(!grants(
            json!([{"Effect": "Allow", "Principal": {"Service": "*.amazonaws.com"}}])
        ));
        assert!(!grants(json!([{
            "Effect": "Allow",
            "Principal": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
        }])));
        for none in [json!(null), json!("*"), json!("{"), json!([]), json!(7)] {
            assert!(!grants(none.clone()) && !grants_everyone(&none), "{none}");
        }
    }
}

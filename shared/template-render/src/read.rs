//! Reading what a render has, as CloudFormation takes it.

use serde_json::Value;

static NOTHING: Value = Value::Null;

/// What is at a path with `/` between its names and indices; null where there is nothing.
pub fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('/').fold(value, |value, step| {
        let found = match value {
            Value::Array(items) => step.parse::<usize>().ok().and_then(|n| items.get(n)),
            _ => value.get(step),
        };
        found.unwrap_or(&NOTHING)
    })
}

/// A list, or the one thing that CloudFormation takes for a list; nothing for null.
pub fn list(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

/// The texts of a list, or the one text.
pub fn texts(value: &Value) -> impl Iterator<Item = &str> {
    list(value).iter().filter_map(Value::as_str)
}

/// A number, also one that is written as text.
pub fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_thing_is_a_list_of_it_and_nothing_an_empty_one() {
        let policy = json!({"Statement": [{"Action": "s3:GetObject"}, {"Action": ["a", "b"]}]});
        let actions = |n: u8| texts(at(&policy, &format!("Statement/{n}/Action"))).collect();
        let found: [Vec<&str>; 3] = [0, 1, 2].map(actions);
        assert_eq!(found, [vec!["s3:GetObject"], vec!["a", "b"], vec![]]);
    }

    #[test]
    fn numbers_may_be_written_as_text() {
        assert_eq!(
            [json!(5), json!("5"), json!("x")].map(|value| number(&value)),
            [Some(5), Some(5), None]
        );
    }
}

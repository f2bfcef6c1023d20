//! An entry of the file of checks, as it is written.

use toml::{Table, Value};

use crate::excerpt::excerpt;
use crate::{Import, Probe};

/// Characters of a name on the status page at most, as it is suggested.
const MAX_NAME: usize = 60;

/// A check of that id. What the public may see is the owner's choice: it is in a comment.
///
/// # Errors
/// Why it cannot be written.
pub(crate) fn entry(id: &str, import: &Import, probe: &Probe) -> Result<String, String> {
    let mut text = String::from("[[check]]\n");
    write_key(&mut text, "id", &id.into());
    let periods = [("every", import.every), ("timeout", import.timeout)];
    for (name, period) in periods {
        if let Some(period) = period {
            write_key(&mut text, name, &period.to_string().into());
        }
    }
    let counts = [
        ("fail_after", import.fail_after),
        ("pass_after", import.pass_after),
    ];
    for (name, count) in counts {
        if let Some(count) = count {
            write_key(&mut text, name, &i64::from(count).into());
        }
    }
    if let Some(public) = public(import) {
        text.push_str("# ");
        write_key(&mut text, "public", &public);
    }
    write_probe(&mut text, probe.name(), &written(probe)?);
    Ok(text)
}

/// The place on the status page that it had at the other tool.
fn public(import: &Import) -> Option<Value> {
    let short = |text: &String| Value::from(excerpt(text.as_bytes(), MAX_NAME, &[]));
    let mut public = Table::new();
    public.insert("name".to_owned(), import.name.as_ref().map(short)?);
    if let Some(group) = import.group.as_ref().map(short) {
        public.insert("group".to_owned(), group);
    }
    Some(Value::Table(public))
}

fn written(probe: &Probe) -> Result<Value, String> {
    let value = match probe {
        Probe::Http(check) => Value::try_from(check),
        Probe::Tcp(check) => Value::try_from(check),
        Probe::Tls(check) => Value::try_from(check),
        Probe::Dns(check) => Value::try_from(check),
        Probe::Push(check) => Value::try_from(check),
        other => return Err(format!("no other tool asks `{}`", other.name())),
    };
    value.map_err(|error| error.to_string())
}

/// What is expected of a page is long: it has a table of its own.
fn write_probe(text: &mut String, kind: &str, value: &Value) {
    let expect = value.get("expect").and_then(Value::as_table);
    let (Some(expect), Some(keys), "http") = (expect, value.as_table(), kind) else {
        write_key(text, kind, value);
        return;
    };
    text.push_str("\n[check.http]\n");
    for (name, value) in keys.iter().filter(|(name, _)| *name != "expect") {
        write_key(text, name, value);
    }
    text.push_str("\n[check.http.expect]\n");
    for (name, value) in expect {
        write_key(text, name, value);
    }
}

/// Tables in a list have a line each.
fn write_key(text: &mut String, name: &str, value: &Value) {
    let tables = value.as_array().filter(|values| {
        let is_table = |value: &Value| value.is_table();
        values.iter().any(is_table)
    });
    let Some(tables) = tables else {
        text.push_str(&format!("{name} = {value}\n"));
        return;
    };
    text.push_str(&format!("{name} = [\n"));
    for table in tables {
        text.push_str(&format!("    {table},\n"));
    }
    text.push_str("]\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SiteChecks;

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let full = SiteChecks::parse(include_str!("../test_data/full.toml")).unwrap();
        let mut kinds = Vec::new();
        for check in full.checks {
            let Ok(text) = entry("a", &Import::default(), &check.probe) else {
                continue;
            };
            kinds.push(check.probe.name());
            // What the file's own check waits for may be more.
            let text = text.replacen("id = \"a\"", "id = \"a\"\ntimeout = \"20s\"", 1);
            let read = SiteChecks::parse(&text).unwrap();
            assert_eq!(read.checks[0].probe, check.probe, "{text}");
        }
        assert_eq!(kinds, ["http", "http", "tcp", "tls", "dns", "push"]);
    }

    #[test]
    fn the_public_name_is_a_comment_on_one_line() {
        let import = Import {
            name: Some("a\nb".to_owned()),
            group: Some("\"c\"".to_owned()),
            ..Import::default()
        };
        let push = crate::PushCheck {
            grace: crate::Period::from_seconds(60),
        };
        let text = entry("x", &import, &Probe::Push(push)).unwrap();
        let expected = "[[check]]\nid = \"x\"\n# public = { name = \"a·b\", group = '\"c\"' }\npush = { grace = \"1m\" }\n";
        assert_eq!(text, expected);
    }
}

//! Gatus's conditions on what an answer says.

use crate::gatus_condition::Operator::{self, AtLeast, AtMost, Equal, Less, More, NotEqual};
use crate::gatus_condition::{Mapped, Operand};
use crate::{GatusExpectation, HeaderExpectation, JsonAspect, JsonExpectation, JsonPath, Scalar};

/// The path of a placeholder such as `[BODY].items[0]`; `None` for another placeholder.
pub(crate) fn body_path(placeholder: &str) -> Option<Result<JsonPath, String>> {
    let begin = placeholder.get(..6)?;
    let rest = placeholder
        .get(6..)
        .filter(|_| begin.eq_ignore_ascii_case("[BODY]"))?;
    let path = format!("${rest}").parse();
    let is_wild = rest.contains("[*]");
    Some(path.map_err(|error: crate::JsonPathError| {
        if is_wild {
            "all elements at once are not looked at here".to_owned()
        } else {
            error.to_string()
        }
    }))
}

pub(crate) fn body(operator: Operator, operand: &Operand<'_>) -> Mapped {
    match (operator, operand) {
        (Equal, Operand::Literal(text)) => Ok(GatusExpectation::BodyEquals((*text).to_owned())),
        (Equal | NotEqual, Operand::Pattern(pattern)) => {
            let part = pattern
                .strip_prefix('*')
                .and_then(|rest| rest.strip_suffix('*'));
            let part = part.filter(|part| !part.is_empty() && !part.contains('*'));
            let part = part
                .ok_or("of all of a body only `pat(*text*)` is looked for here")?
                .to_owned();
            Ok(if operator == Equal {
                GatusExpectation::BodyContains(part)
            } else {
                GatusExpectation::BodyLacks(part)
            })
        }
        _ => Err("all of a body is only compared by `==`, or with `pat(*text*)`, here".to_owned()),
    }
}

pub(crate) fn header(placeholder: &str, operator: Operator, operand: &Operand<'_>) -> Mapped {
    let name = placeholder.split_once("].").map_or("", |(_, name)| name);
    let mut header = HeaderExpectation {
        name: name.to_owned(),
        ..HeaderExpectation::default()
    };
    let part = |pattern: &str| {
        let part = pattern.strip_prefix('*')?.strip_suffix('*')?;
        (!part.is_empty() && !part.contains('*')).then(|| part.to_owned())
    };
    match (operator, operand) {
        (Equal, Operand::Literal(text)) => header.equals = Some((*text).to_owned()),
        (Equal, Operand::Pattern("*")) => header.present = Some(true),
        (Equal, Operand::Pattern(pattern)) if part(pattern).is_some() => {
            header.contains = part(pattern)
        }
        (NotEqual, Operand::Pattern(pattern)) if part(pattern).is_some() => {
            header.not_contains = part(pattern);
        }
        _ => {
            return Err(
                "a header is only compared by `==`, or with `pat(*text*)`, here".to_owned(),
            );
        }
    }
    Ok(GatusExpectation::Header(header))
}

pub(crate) fn has(path: JsonPath, operator: Operator, operand: &Operand<'_>) -> Mapped {
    let exists = match (operator, operand) {
        (Equal, Operand::Literal("true")) | (NotEqual, Operand::Literal("false")) => true,
        (Equal, Operand::Literal("false")) | (NotEqual, Operand::Literal("true")) => false,
        _ => return Err("`has()` is `true` or `false`".to_owned()),
    };
    let expectation = JsonExpectation {
        exists: Some(exists),
        ..JsonExpectation::of_path(path)
    };
    Ok(GatusExpectation::Json(Box::new(expectation)))
}

pub(crate) fn length(path: JsonPath, operator: Operator, operand: &Operand<'_>) -> Mapped {
    let Operand::Literal(text) = operand else {
        return Err("a length is only compared with a number here".to_owned());
    };
    let number: i64 = text
        .parse()
        .map_err(|_| "a length is only compared with a number here")?;
    let mut expectation = JsonExpectation {
        of: JsonAspect::Length,
        ..JsonExpectation::of_path(path)
    };
    match operator {
        Equal => expectation.equals = Some(Scalar::Integer(number)),
        NotEqual => expectation.not = Some(Scalar::Integer(number)),
        _ => bound(&mut expectation, operator, number),
    }
    Ok(GatusExpectation::Json(Box::new(expectation)))
}

pub(crate) fn json(
    path: JsonPath,
    of: JsonAspect,
    operator: Operator,
    operand: &Operand<'_>,
) -> Mapped {
    let mut expectation = JsonExpectation {
        of,
        ..JsonExpectation::of_path(path)
    };
    match (operator, operand) {
        (Equal, Operand::Literal(text)) => match scalars(text).as_slice() {
            [only] => expectation.equals = Some(only.clone()),
            several => expectation.any_of = Some(several.to_vec()),
        },
        (Equal, Operand::Any(options)) => {
            expectation.any_of = Some(options.iter().flat_map(|text| scalars(text)).collect());
        }
        (Equal, Operand::Pattern(pattern)) => expectation.like = Some((*pattern).to_owned()),
        (NotEqual, Operand::Pattern(pattern)) => expectation.unlike = Some((*pattern).to_owned()),
        (NotEqual, Operand::Literal(text)) => expectation.not = scalars(text).into_iter().next(),
        (_, Operand::Literal(text)) => {
            let number = text
                .parse()
                .map_err(|_| "only whole numbers are compared here")?;
            bound(&mut expectation, operator, number);
        }
        _ => return Err("`!=` is only compared with one value or `pat()` here".to_owned()),
    }
    Ok(GatusExpectation::Json(Box::new(expectation)))
}

fn bound(expectation: &mut JsonExpectation, operator: Operator, number: i64) {
    let next = number.saturating_add(1) as f64;
    match operator {
        AtLeast => expectation.at_least = Some(number as f64),
        More => expectation.at_least = Some(next),
        Less => expectation.less_than = Some(number as f64),
        AtMost => expectation.less_than = Some(next),
        Equal | NotEqual => {}
    }
}

/// The values that Gatus takes for the same as a text: it compares them as text.
fn scalars(text: &str) -> Vec<Scalar> {
    let typed = match (text, text.parse::<i64>(), text.parse::<f64>()) {
        ("true" | "false", _, _) => Some(Scalar::Bool(text == "true")),
        (_, Ok(number), _) => Some(Scalar::Integer(number)),
        (_, _, Ok(number)) if number.is_finite() => Some(Scalar::Number(number)),
        _ => None,
    };
    typed
        .into_iter()
        .chain([Scalar::Text(text.to_owned())])
        .collect()
}

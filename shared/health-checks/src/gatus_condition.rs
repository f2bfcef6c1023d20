//! Gatus's conditions, such as `[STATUS] == 200`.
//!
//! Gatus cuts decimals off before it compares by `<`, `<=`, `>` and `>=`, so that `> 5` means
//! at least 6. Unlike it, numbers in a text are no numbers here.
//! <https://github.com/TwiN/gatus#conditions>

use std::cmp::Ordering;

use crate::gatus_body::{body, body_path, has, header, json, length};
use crate::glob::is_like;
use crate::import::go_duration;
use crate::{
    HeaderExpectation, JsonAspect, JsonExpectation, JsonPath, Period, Rcode, StatusRange, Unmapped,
};

/// What a condition of Gatus says here.
#[derive(Debug, Clone, PartialEq)]
pub enum GatusExpectation {
    /// The status is one of these.
    Status(Vec<StatusRange>),
    /// It fails when it takes so long.
    Latency(Period),
    /// It fails at so few days until the certificate ends.
    CertificateDays(u32),
    /// The body is this.
    BodyEquals(String),
    /// The body has this in it.
    BodyContains(String),
    /// The body does not have this in it.
    BodyLacks(String),
    /// A value of the body, as JSON.
    Json(Box<JsonExpectation>),
    /// A header.
    Header(HeaderExpectation),
    /// It can be connected to, which all checks need.
    Connected,
    /// How a name server answers.
    Rcode(Rcode),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    AtMost,
    AtLeast,
    More,
    Less,
}

use Operator::{AtLeast, AtMost, Equal, Less, More, NotEqual};

/// In the order in which Gatus looks for them, each with what it is from the other side.
const OPERATORS: [(&str, Operator, Operator); 6] = [
    (" == ", Equal, Equal),
    (" != ", NotEqual, NotEqual),
    (" <= ", AtMost, AtLeast),
    (" >= ", AtLeast, AtMost),
    (" > ", More, Less),
    (" < ", Less, More),
];

impl Operator {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Equal => order.is_eq(),
            NotEqual => order.is_ne(),
            AtMost => order.is_le(),
            AtLeast => order.is_ge(),
            More => order.is_gt(),
            Less => order.is_lt(),
        }
    }
}

/// What something is compared with.
pub(crate) enum Operand<'a> {
    Literal(&'a str),
    Any(Vec<&'a str>),
    Pattern(&'a str),
}

pub(crate) type Mapped = Result<GatusExpectation, String>;

/// Makes an expectation of a condition.
///
/// # Errors
///
/// Why it says nothing that is known here.
pub fn gatus_condition(condition: &str) -> Result<GatusExpectation, Unmapped> {
    map(condition).map_err(|reason| Unmapped {
        source: crate::excerpt::excerpt(condition.as_bytes(), 120, &[]),
        reason,
    })
}

fn map(condition: &str) -> Mapped {
    let split = |(text, operator, flipped): (&str, Operator, Operator)| {
        let (left, right) = condition.split_once(text)?;
        Some((left.trim(), right.trim(), operator, flipped))
    };
    let (left, right, operator, flipped) = OPERATORS
        .into_iter()
        .find_map(split)
        .ok_or("it has none of the operators, with a space on each side")?;
    if is_placeholder(left) && is_placeholder(right) {
        return Err("only a placeholder and a value are compared here".to_owned());
    }
    if is_placeholder(left) {
        map_sides(left, operator, &operand(right))
    } else {
        map_sides(right, flipped, &operand(left))
    }
}

fn is_placeholder(text: &str) -> bool {
    text.starts_with('[') || text.starts_with("len(") || text.starts_with("has(")
}

fn operand(text: &str) -> Operand<'_> {
    let inside = |function: &str| text.strip_prefix(function)?.strip_suffix(')');
    match (inside("pat("), inside("any(")) {
        (Some(pattern), _) => Operand::Pattern(pattern),
        (None, Some(options)) => Operand::Any(options.split(',').map(str::trim).collect()),
        (None, None) => Operand::Literal(text),
    }
}

fn map_sides(placeholder: &str, operator: Operator, operand: &Operand<'_>) -> Mapped {
    if let (Operand::Any(_) | Operand::Pattern(_), AtMost | AtLeast | More | Less) =
        (operand, operator)
    {
        return Err("Gatus compares `any()` and `pat()` by `==` and `!=` only".to_owned());
    }
    if let Some(inside) = placeholder.strip_prefix("len(") {
        return length(path_inside(inside)?, operator, operand);
    }
    if let Some(inside) = placeholder.strip_prefix("has(") {
        return has(path_inside(inside)?, operator, operand);
    }
    match placeholder.to_ascii_uppercase().as_str() {
        "[STATUS]" => status(operator, operand),
        "[RESPONSE_TIME]" => response_time(operator, operand),
        "[CERTIFICATE_EXPIRATION]" => certificate(operator, operand),
        "[CONNECTED]" => connected(operator, operand),
        "[DNS_RCODE]" => rcode(operator, operand),
        "[BODY]" => body(operator, operand),
        "[IP]" => Err("which address answers is not looked at here".to_owned()),
        "[DOMAIN_EXPIRATION]" => Err("registries are not asked here".to_owned()),
        other if other.starts_with("[HEADERS].") => header(placeholder, operator, operand),
        other if other.starts_with("[CONTEXT]") => {
            Err("there are no suites of checks here".to_owned())
        }
        _ => match body_path(placeholder) {
            Some(path) => json(path?, JsonAspect::Value, operator, operand),
            None => Err("the placeholder is not known here".to_owned()),
        },
    }
}

/// The path that a function looks into.
fn path_inside(inside: &str) -> Result<JsonPath, String> {
    let inside = inside.strip_suffix(')').ok_or("a `)` is missing")?;
    body_path(inside).ok_or("only `[BODY]` and its parts are looked into here")?
}

fn status(operator: Operator, operand: &Operand<'_>) -> Mapped {
    let is_wanted: Box<dyn Fn(u16) -> bool> = match operand {
        Operand::Literal(text) => {
            let number: i64 = text.parse().map_err(|_| "the status is no number")?;
            Box::new(move |status| operator.holds(i64::from(status).cmp(&number)))
        }
        Operand::Any(options) => Box::new(move |status| {
            options.contains(&status.to_string().as_str()) == (operator == Equal)
        }),
        Operand::Pattern(pattern) => {
            Box::new(move |status| is_like(&status.to_string(), pattern) == (operator == Equal))
        }
    };
    let ranges = StatusRange::of_statuses(is_wanted);
    if ranges.is_empty() {
        return Err("no status is like that".to_owned());
    }
    Ok(GatusExpectation::Status(ranges))
}

/// A number of milliseconds, or a duration.
fn period(operand: &Operand<'_>) -> Result<Period, String> {
    let Operand::Literal(text) = operand else {
        return Err("only a duration is compared with here".to_owned());
    };
    let ms = text.parse().ok().map(Period::from_ms);
    ms.or_else(|| go_duration(text))
        .ok_or_else(|| "the duration is none of whole milliseconds".to_owned())
}

fn response_time(operator: Operator, operand: &Operand<'_>) -> Mapped {
    let period = period(operand)?;
    match operator {
        Less => Ok(GatusExpectation::Latency(period)),
        AtMost => Ok(GatusExpectation::Latency(Period::from_ms(period.ms() + 1))),
        _ => Err("only what is too slow fails here".to_owned()),
    }
}

/// Days that have begun do not count here, so more than two days are left until one is.
fn certificate(operator: Operator, operand: &Operand<'_>) -> Mapped {
    let ms = period(operand)?.ms();
    let days = u32::try_from(ms / 86_400_000).unwrap_or(u32::MAX);
    match operator {
        More | AtLeast if ms > 0 && ms.is_multiple_of(86_400_000) => {
            Ok(GatusExpectation::CertificateDays(days - 1))
        }
        More | AtLeast => Err("only whole days are looked at here".to_owned()),
        _ => Err("only a certificate that ends too soon fails here".to_owned()),
    }
}

fn connected(operator: Operator, operand: &Operand<'_>) -> Mapped {
    match (operator, operand) {
        (Equal, Operand::Literal("true")) | (NotEqual, Operand::Literal("false")) => {
            Ok(GatusExpectation::Connected)
        }
        _ => Err("what cannot be connected to always fails here".to_owned()),
    }
}

fn rcode(operator: Operator, operand: &Operand<'_>) -> Mapped {
    let (Equal, Operand::Literal(name)) = (operator, operand) else {
        return Err("one answer of a name server is expected here".to_owned());
    };
    let rcode = serde_json::from_value(serde_json::Value::from(*name));
    rcode
        .map(GatusExpectation::Rcode)
        .map_err(|_| "no such answer of a name server is known here".to_owned())
}

//! What is wrong with a check of HTTP.

use url::Url;

use crate::secrets::{has_secret, is_secret_name};
use crate::{HeaderExpectation, HttpCheck, HttpExpectation, HttpMethod, MAX_BODY_BYTES, Setting};

const MAX_REDIRECTS: u8 = 5;
const MAX_EXPECTATIONS: usize = 50;
/// Certificates are valid for less: a floor beyond would always fail.
const MAX_CERTIFICATE_DAYS: u32 = 398;

impl HttpCheck {
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        self.url_faults(&mut faults);
        for (name, value) in &self.headers {
            faults.extend(request_header_fault(name, value));
        }
        if self.redirects > MAX_REDIRECTS {
            faults.push(format!(
                "`redirects` {} is more than {MAX_REDIRECTS}, which is the most",
                self.redirects
            ));
        }
        let expect = &self.expect;
        let wants_body = expect.body.is_set() || !expect.json.is_empty();
        if self.method == HttpMethod::Head && wants_body {
            faults.push(
                "what is expected can never hold: there is no body with HEAD, only with GET"
                    .to_owned(),
            );
        }
        expect.faults(&mut faults);
        faults
    }

    fn url_faults(&self, faults: &mut Vec<String>) {
        if let Some(fault) = self.url.fault("url") {
            faults.push(fault);
            return;
        }
        let Some(text) = self.url.literal() else {
            if let Some((_, after)) = self.url.variable() {
                query_fault(after, faults);
            }
            return;
        };
        let Ok(url) = Url::parse(text) else {
            let fault = "`url` is no address with a host, such as `https://www.shop.example/`, or `env:NAME`";
            faults.push(fault.to_owned());
            return;
        };
        if !matches!(url.scheme(), "http" | "https") {
            faults.push(format!(
                "`url` has the scheme `{}`: `http` and `https` are allowed",
                url.scheme()
            ));
        } else if text
            .split_once("://")
            .is_none_or(|(_, rest)| rest.starts_with(['/', '?', '#']))
        {
            faults.push("`url` has no host: one is needed after `://`".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            faults.push("`url` has credentials: a header with `env:NAME` is allowed".to_owned());
        }
        query_fault(text, faults);
        let is_plain = url.scheme() == "http" && self.redirects == 0;
        let is_never =
            url.scheme() == "https" && self.redirects == 0 && self.expect.tls == Some(false);
        let wants_tls = self.expect.tls == Some(true) || self.expect.certificate_days.is_set();
        if (is_plain && wants_tls) || is_never {
            faults.push(format!("what is expected can never hold: `expect.tls` and `expect.certificate_days` must suit `{}`", url.scheme()));
        }
    }
}

/// What of a query has the name of a secret.
fn query_fault(text: &str, faults: &mut Vec<String>) {
    let query = text.split_once('?').map_or("", |(_, query)| query);
    for pair in query.split('&') {
        if let Some((name, value)) = pair.split_once('=')
            && is_secret_name(name)
            && !value.is_empty()
        {
            faults.push("`url` has a parameter with the name of a secret: a header with `env:NAME` is allowed".to_owned());
            return;
        }
    }
}

fn request_header_fault(name: &str, value: &Setting) -> Option<String> {
    let key = format!("headers.{name}");
    if !is_header_name(name) {
        return Some(
            "`headers` has a name that is none: letters, digits and `-` are allowed".to_owned(),
        );
    }
    if is_secret_name(name) {
        return value.fault_unless_variable(&key);
    }
    let has_controls = value.as_written().contains(char::is_control);
    let controls =
        has_controls.then(|| format!("`{key}` has control characters: none are allowed"));
    value.fault(&key).or(controls)
}

fn is_header_name(name: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_token)
}

impl HttpExpectation {
    fn faults(&self, faults: &mut Vec<String>) {
        if self.status.is_empty() {
            faults.push(
                "what is expected can never hold: `expect.status` is empty, one status is needed"
                    .to_owned(),
            );
        }
        faults.extend(self.latency.fault("latency"));
        faults.extend(self.certificate_days.fault("certificate_days"));
        if self
            .certificate_days
            .fail
            .is_some_and(|days| days >= MAX_CERTIFICATE_DAYS)
        {
            faults.push(format!(
                "`certificate_days` can never hold: less than {MAX_CERTIFICATE_DAYS} is allowed"
            ));
        }
        let count = self.headers.len()
            + self.json.len()
            + self.body.contains.len()
            + self.body.not_contains.len();
        if count > MAX_EXPECTATIONS {
            faults.push(format!(
                "{count} expectations are more than {MAX_EXPECTATIONS}, which is the most"
            ));
        }
        faults.extend(self.headers.iter().filter_map(header_fault));
        faults.extend(self.json.iter().filter_map(crate::JsonExpectation::fault));
        self.body_faults(faults);
        if self.expects_secret() {
            faults.push(
                "`expect` has what looks like a secret: none is allowed, as it is shown".to_owned(),
            );
        }
    }

    fn body_faults(&self, faults: &mut Vec<String>) {
        let body = &self.body;
        let wanted = body.contains.iter().chain(&body.equals);
        for (text, unwanted) in wanted.clone().flat_map(|text| {
            body.not_contains
                .iter()
                .map(move |unwanted| (text, unwanted))
        }) {
            if text.contains(unwanted.as_str()) {
                faults.push("what is expected can never hold: a text of `body.not_contains` is part of one that is wanted".to_owned());
                break;
            }
        }
        if let Some(whole) = &body.equals
            && body
                .contains
                .iter()
                .any(|part| !whole.contains(part.as_str()))
        {
            faults.push("what is expected can never hold: `body.equals` has not all of `body.contains` in it".to_owned());
        }
        if wanted.clone().any(|text| text.len() > MAX_BODY_BYTES) {
            faults.push(format!(
                "what is expected can never hold: {MAX_BODY_BYTES} bytes of a body are read"
            ));
        }
        if body
            .contains
            .iter()
            .chain(&body.not_contains)
            .any(String::is_empty)
        {
            faults.push("a text of `body` is empty: what is in every body is of no use".to_owned());
        }
    }

    fn expects_secret(&self) -> bool {
        let body = self
            .body
            .equals
            .iter()
            .chain(&self.body.contains)
            .chain(&self.body.not_contains);
        let headers = self.headers.iter().flat_map(|header| {
            [&header.equals, &header.contains, &header.not_contains]
                .into_iter()
                .flatten()
        });
        body.chain(headers).any(|text| has_secret(text))
    }
}

fn header_fault(header: &HeaderExpectation) -> Option<String> {
    let name = crate::fault::shown(&header.name);
    if !is_header_name(&header.name) {
        return Some(format!(
            "`expect.headers` has `{name}`, which is no header's name"
        ));
    }
    let wants = header.equals.is_some() || header.contains.is_some();
    if header.present.is_none() && !wants && header.not_contains.is_none() {
        return Some(format!(
            "nothing is expected of header `{name}`: `present`, `equals`, `contains` or `not_contains` is needed"
        ));
    }
    if wants && is_secret_name(&header.name) {
        return Some(format!(
            "the value of header `{name}` may be secret: only `present` and `not_contains` are allowed"
        ));
    }
    let is_missing = header.present == Some(false) && wants;
    let is_part = |whole: &Option<String>| {
        let parts = whole.as_ref().zip(header.not_contains.as_ref());
        parts.is_some_and(|(whole, unwanted)| whole.contains(unwanted.as_str()))
    };
    (is_missing || is_part(&header.equals) || is_part(&header.contains)).then(|| {
        format!(
            "what is expected of header `{name}` can never hold: one part of it forbids another"
        )
    })
}

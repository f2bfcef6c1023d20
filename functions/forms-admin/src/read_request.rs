//! What a request says: its query, its posted fields, and the names in its path.

use std::collections::BTreeMap;

use form_definition::Form;
use lambda_http::{Request, RequestExt};
use percent_encoding::percent_decode_str;
use submission_store::{State, SubmissionId};

use crate::AdminError;
use crate::actions::Filter;

/// Longest body of a form, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// Fields of a posted form, by name.
pub(crate) type Posted = BTreeMap<String, String>;

/// Which submissions of a form are asked for.
pub(crate) fn filter(request: &Request) -> Result<Filter, AdminError> {
    let state = query(request, "state").filter(|state| !state.is_empty());
    let state = state.map(|state| {
        State::named(&state).ok_or(AdminError::Value {
            name: "state",
            allowed: "accepted, quarantined or spam",
        })
    });
    Ok(Filter {
        state: state.transpose()?,
        words: query(request, "words").unwrap_or_default(),
        before: query(request, "before").filter(|before| !before.is_empty()),
    })
}

/// A parameter of the query; an ALB passes it on as the browser wrote it.
pub(crate) fn query(request: &Request, name: &str) -> Option<String> {
    let parameters = request.query_string_parameters();
    let text = parameters.first(name)?.replace('+', " ");
    Some(percent_decode_str(&text).decode_utf8_lossy().into_owned())
}

/// The fields of a posted form.
pub(crate) fn read(request: &Request) -> Result<Posted, AdminError> {
    let body = request.body();
    let body: &[u8] = body;
    let text = std::str::from_utf8(body).map_err(|_| AdminError::Body)?;
    if text.len() > MAX_BODY {
        return Err(AdminError::Body);
    }
    let decode = |part: &str| {
        let part = part.replace('+', " ");
        let decoded = percent_decode_str(&part).decode_utf8();
        decoded
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| AdminError::Body)
    };
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| Ok((decode(name)?, decode(value)?)))
        .collect()
}

/// The submission that a part of a path names.
pub(crate) fn read_id(text: &str) -> Result<SubmissionId, AdminError> {
    text.parse().map_err(|_| AdminError::NotFound)
}

/// The form that a part of a path names.
pub(crate) fn known(id: &str) -> Result<&'static Form, AdminError> {
    site_forms::form(id).ok_or(AdminError::NotFound)
}

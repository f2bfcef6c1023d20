//! Who is asking, and whether a post is from our own page.

use std::time::SystemTime;

use form_guard::{OriginVerdict, Purpose, judge_origin, network_of, open, seal, viewer_address};
use http::{HeaderMap, Response};
use lambda_http::Body;
use submission_store::Millis;

use crate::answer::{header, see_other, set};
use crate::config::Auth;
use crate::oidc::{OidcError, who};
use crate::{AdminError, Deps};

/// Name of the session's cookie on a developer's machine.
const COOKIE: &str = "sidetier_admin";
/// How long a session lasts, in seconds.
const SESSION: u64 = 12 * 3600;
/// Wrong passwords from one network in ten minutes.
const ATTEMPTS: u32 = 10;

/// Somebody who may see everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The identity provider's name for them, or `local`.
    pub name: String,
}

/// Who is asking; `None` where somebody has yet to sign in on a developer's machine.
pub(crate) async fn owner(headers: &HeaderMap, deps: &Deps) -> Result<Option<Owner>, AdminError> {
    let now = Millis::of(SystemTime::now()).seconds();
    match &deps.config.auth {
        Auth::Oidc { load_balancer_arn } => {
            let token = header(headers, "x-amzn-oidc-data").ok_or(OidcError::Missing)?;
            let name = who(token, load_balancer_arn, &deps.public_keys, now).await?;
            Ok(Some(Owner { name }))
        }
        Auth::Local { .. } => {
            let cookies = headers.get_all("cookie").into_iter();
            let session = cookies
                .filter_map(|cookies| cookies.to_str().ok())
                .flat_map(|cookies| cookies.split(';'))
                .filter_map(|cookie| cookie.trim().split_once('='))
                .find(|(name, _)| *name == COOKIE);
            let opened =
                session.and_then(|(_, token)| open(&deps.key, Purpose::Session, token, now).ok());
            Ok(opened.map(|opened| Owner {
                name: opened.payload,
            }))
        }
    }
}

/// Signs in with a password: `None` where it is wrong.
pub(crate) async fn sign_in(
    headers: &HeaderMap,
    given: &str,
    deps: &Deps,
) -> Result<Option<Response<Body>>, AdminError> {
    let Auth::Local { password } = &deps.config.auth else {
        return Err(AdminError::NotFound);
    };
    let now = Millis::of(SystemTime::now());
    let address = viewer_address(
        header(headers, "cloudfront-viewer-address"),
        header(headers, "x-forwarded-for"),
    );
    let network = address.map(network_of).unwrap_or_default();
    let digest = |text: &str| form_guard::digest(&deps.key, Purpose::Session, &[text.as_bytes()]);
    let attempts = format!("login#{}", form_guard::subject(&deps.key, &network));
    if deps.guard.count(&attempts, 600, now).await? > ATTEMPTS {
        return Err(AdminError::TooManyAttempts);
    }
    // Digests are compared, not passwords: how long it takes tells nothing.
    if digest(given) != digest(password.expose()) {
        return Ok(None);
    }
    let token = seal(
        &deps.key,
        Purpose::Session,
        "local",
        now.seconds() + SESSION,
    );
    Ok(Some(with_cookie(&token, SESSION, deps)))
}

/// Signs out.
pub(crate) fn sign_out(deps: &Deps) -> Response<Body> {
    with_cookie("", 0, deps)
}

fn with_cookie(token: &str, seconds: u64, deps: &Deps) -> Response<Body> {
    let secure = if deps.config.site_url.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!(
        "{COOKIE}={token}; Path=/forms/admin; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    );
    let mut response = see_other("/forms/admin");
    set(response.headers_mut(), http::header::SET_COOKIE, &cookie);
    response
}

/// A token for the forms of our own pages.
pub(crate) fn form_token(owner: &Owner, deps: &Deps) -> String {
    let until = Millis::of(SystemTime::now()).seconds() + SESSION;
    seal(&deps.key, Purpose::OwnerForm, &owner.name, until)
}

/// Makes sure that a post is from a page of ours, made for the same person.
pub(crate) fn check_post(
    headers: &HeaderMap,
    token: &str,
    owner: &Owner,
    deps: &Deps,
) -> Result<(), AdminError> {
    let now = Millis::of(SystemTime::now()).seconds();
    let opened = open(&deps.key, Purpose::OwnerForm, token, now);
    let ours = opened.is_ok_and(|opened| opened.payload == owner.name);
    if ours && is_from_here(headers, deps) {
        Ok(())
    } else {
        Err(AdminError::Forged)
    }
}

/// Whether the browser says that a post is from this site.
pub(crate) fn is_from_here(headers: &HeaderMap, deps: &Deps) -> bool {
    let verdict = judge_origin(
        header(headers, "sec-fetch-site"),
        header(headers, "origin"),
        header(headers, "referer"),
        &deps.config.site_url,
        &[],
    );
    verdict != OriginVerdict::Refused
}

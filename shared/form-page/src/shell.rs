use maud::{DOCTYPE, Markup, html};
use url::Url;

use crate::assets::{SCRIPT, STYLE, path};

/// The policy of every page: nothing but the site's own style, script and forms.
/// `upload_url` may be posted to as well. Redirects of a form count too, so the site's
/// own origin has to be among them.
#[must_use]
pub fn content_security_policy(upload_url: Option<&str>) -> String {
    let upload = upload_url
        .and_then(|url| Url::parse(url).ok())
        .map(|url| format!(" {}", url.origin().ascii_serialization()))
        .unwrap_or_default();
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
         img-src 'self'; form-action 'self'{upload}; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// A whole document around `content`.
pub(crate) fn document(language: &str, title: &str, with_script: bool, content: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="same-origin";
                title { (title) }
                link rel="stylesheet" href=(path(&STYLE));
                @if with_script { script src=(path(&SCRIPT)) defer {} }
            }
            body {
                main { (content) }
            }
        }
    };
    page.into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_go_to_one_origin_more() {
        assert!(content_security_policy(None).contains("form-action 'self';"));
        let policy = content_security_policy(Some("https://forms.s3.amazonaws.com/path"));
        assert!(policy.contains("form-action 'self' https://forms.s3.amazonaws.com;"));
    }
}

//! The site's forms in its own pages. They are posted to forms-intake, whose script fetches
//! a token for each visitor; so a page with a form may be cached like any other. Without
//! the script the form works too.

use form_definition::Fields;
use form_page::FormState;
use maud::{Markup, PreEscaped, html};

/// A form by its id, and the style and script that it needs.
pub(crate) fn embedded(id: &str) -> Option<(Markup, Markup)> {
    let form = site_forms::form(id)?;
    let state = FormState {
        values: &Fields::new(),
        faults: &[],
        token: None,
        notice: None,
        captcha_site_key: None,
    };
    let fragment = form_page::fragment(form, &state);
    let assets = html! {
        @for asset in form_page::assets() {
            @let address = format!("/forms/assets/{}", asset.name);
            @if asset.media_type.starts_with("text/css") {
                link rel="stylesheet" href=(address);
            } @else {
                script src=(address) defer {}
            }
        }
    };
    let panel = html! { div.form-panel { (PreEscaped(fragment)) } };
    Some((panel, assets))
}

/// The ids that a page may embed.
pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    site_forms::forms().iter().map(|form| form.id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embedded_form_is_posted_to_intake() {
        let (panel, assets) = embedded("contact").unwrap();
        assert!(panel.into_string().contains("action=\"/forms/contact\""));
        assert!(assets.into_string().contains("/forms/assets/form."));
        assert!(embedded("nothing").is_none());
    }
}

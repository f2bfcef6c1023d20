//! Markdown as HTML that cannot harm: raw HTML is shown as text, addresses are checked.

use maud::{Markup, PreEscaped};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html};

/// The HTML of a text. Headings begin at the second level: the first is the page's title.
pub(crate) fn render(text: &str) -> Markup {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(text, options).map(harmless);
    let mut output = String::with_capacity(text.len() * 2);
    html::push_html(&mut output, events);
    PreEscaped(output)
}

fn harmless(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Link {
            link_type,
            dest_url: checked(dest_url),
            title,
            id,
        }),
        Event::Start(Tag::Image {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Image {
            link_type,
            dest_url: checked(dest_url),
            title,
            id,
        }),
        other => other,
    }
}

/// An address of the web, of mail, or of this site; anything else leads nowhere.
fn checked(url: CowStr<'_>) -> CowStr<'_> {
    let lower = url.trim_start().to_ascii_lowercase();
    let is_own = (lower.starts_with('/') && !lower.starts_with("//")) || lower.starts_with('#');
    let schemes = ["https://", "http://", "mailto:"];
    if is_own || schemes.iter().any(|scheme| lower.starts_with(scheme)) {
        url
    } else {
        CowStr::Borrowed("#")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_html_is_text() {
        let page =
            render("Hi <script>alert(1)</script>\n\n<img src=x onerror=alert(1)>").into_string();
        assert!(
            !page.contains("<script") && !page.contains("<img"),
            "{page}"
        );
        assert!(page.contains("&lt;script&gt;"), "{page}");
    }

    #[test]
    fn addresses_that_run_code_lead_nowhere() {
        for url in [
            "javascript:alert(1)",
            "JaVaScRiPt:x",
            "data:text/html,x",
            "//evil.example",
        ] {
            let page = render(&format!("[a]({url})")).into_string();
            assert!(page.contains("href=\"#\""), "{page}");
        }
        let page = render("[a](/products/tide-vase) [b](https://example.com)").into_string();
        assert!(page.contains("/products/tide-vase") && page.contains("https://example.com"));
    }

    #[test]
    fn tables_are_tables() {
        assert!(
            render("| a |\n|---|\n| b |")
                .into_string()
                .contains("<table>")
        );
    }
}

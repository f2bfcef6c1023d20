use log_formats::Request;

use crate::SummaryRules;

/// The longest name of a page, in bytes; what is longer is cut.
pub(crate) const MAX_PAGE_BYTES: usize = 512;
/// Longest word of [`SummaryRules::page_words`].
const MAX_WORD: usize = 20;

/// Makes names of pages: the path, with the query's parameters that make another page, in the
/// query's order.
pub(crate) fn page_name(request: &Request<'_>, rules: &SummaryRules, name: &mut Vec<u8>) {
    name.clear();
    name.extend_from_slice(&request.path[..request.path.len().min(MAX_PAGE_BYTES)]);
    let has_none = rules.page_parameters.is_empty() && rules.page_words.is_empty();
    if request.query.is_empty() || has_none {
        return;
    }
    for pair in request.query.split(|byte| *byte == b'&').take(64) {
        let mut parts = pair.splitn(2, |byte| *byte == b'=');
        let (key, value) = (parts.next().unwrap_or(pair), parts.next().unwrap_or(&[]));
        let is_in = |names: &[String]| names.iter().any(|listed| listed.as_bytes() == key);
        let is_word = is_in(&rules.page_words) && is_plain_word(value);
        let is_kept = is_word || is_in(&rules.page_parameters);
        if is_kept && name.len() + pair.len() < MAX_PAGE_BYTES {
            name.push(if name.contains(&b'?') { b'&' } else { b'?' });
            let start = name.len();
            name.extend_from_slice(pair);
            if is_word {
                name[start..].make_ascii_lowercase();
            }
        }
    }
}

/// Nobody's number, address or whole name.
fn is_plain_word(value: &[u8]) -> bool {
    (1..=MAX_WORD).contains(&value.len()) && value.iter().all(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(path: &str, query: &str) -> String {
        let rules = SummaryRules {
            page_parameters: vec!["page".to_owned()],
            page_words: vec!["q".to_owned()],
            ..SummaryRules::default()
        };
        let request = Request {
            path: path.as_bytes(),
            query: query.as_bytes(),
            ..Request::default()
        };
        let mut name = Vec::new();
        page_name(&request, &rules, &mut name);
        String::from_utf8(name).unwrap()
    }

    #[test]
    fn parameters_that_make_no_other_page_are_left_out() {
        let query = "utm_source=mail&page=2&token=secret";
        assert_eq!(named("/shop", query), "/shop?page=2");
        assert_eq!(named("/shop", "page"), "/shop?page");
    }

    #[test]
    fn one_plain_word_is_kept_and_nothing_that_may_be_somebodys() {
        assert_eq!(named("/search", "q=Cup&page=2"), "/search?q=cup&page=2");
        let long = format!("q={}", "a".repeat(21));
        for query in [
            "q=",
            "q",
            "q=a%20b",
            "q=a+b",
            "q=a@b.example",
            "q=0301234",
            "q=a=b",
            "x=cup",
            &long,
        ] {
            assert_eq!(named("/search", query), "/search", "{query}");
        }
    }
}

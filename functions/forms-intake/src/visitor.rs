//! What a request tells about its sender.

use std::net::IpAddr;

use http::{HeaderMap, Request};

/// What a request tells about its sender, as the edge passes it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Visitor {
    /// The address that CloudFront saw.
    pub address: Option<IpAddr>,
    /// Two-letter country.
    pub country: Option<String>,
    /// Number of the network operator.
    pub asn: Option<u32>,
    /// Whether the client is a program that reads JSON.
    pub wants_json: bool,
    /// Whether a browser's usual headers are there.
    pub is_usual_client: bool,
}

impl Visitor {
    /// Reads the headers.
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html>.
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        let headers = request.headers();
        let country = header(headers, "cloudfront-viewer-country").filter(|country| {
            country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase())
        });
        Self {
            address: form_guard::viewer_address(
                header(headers, "cloudfront-viewer-address"),
                header(headers, "x-forwarded-for"),
            ),
            country: country.map(str::to_owned),
            asn: header(headers, "cloudfront-viewer-asn").and_then(|asn| asn.parse().ok()),
            wants_json: wants_json(headers),
            is_usual_client: headers.contains_key("accept-language")
                && headers.contains_key("user-agent"),
        }
    }
}

/// A header's value, where it is text.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// JSON where it is asked for, or posted without asking for a page.
fn wants_json(headers: &HeaderMap) -> bool {
    let accept = header(headers, "accept").unwrap_or_default();
    let asks = ["application/json", "application/problem+json"]
        .iter()
        .any(|media_type| accept.contains(media_type));
    let posts = header(headers, "content-type")
        .is_some_and(|media_type| media_type.starts_with("application/json"));
    asks || (posts && !accept.contains("text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitor(list: &[(&str, &str)]) -> Visitor {
        let mut request = Request::builder();
        for (name, value) in list {
            request = request.header(*name, *value);
        }
        Visitor::of(&request.body(()).unwrap())
    }

    #[test]
    fn programs_get_json_and_people_pages() {
        assert!(visitor(&[("accept", "application/json")]).wants_json);
        assert!(visitor(&[("content-type", "application/json")]).wants_json);
        assert!(!visitor(&[("accept", "text/html,*/*;q=0.8")]).wants_json);
        let both = [
            ("content-type", "application/json"),
            ("accept", "text/html"),
        ];
        assert!(!visitor(&both).wants_json);
    }

    #[test]
    fn takes_what_the_edge_says() {
        let visitor = visitor(&[
            ("cloudfront-viewer-address", "203.0.113.9:4711"),
            ("cloudfront-viewer-country", "de"),
            ("cloudfront-viewer-asn", "3320"),
        ]);
        assert_eq!(visitor.address, Some("203.0.113.9".parse().unwrap()));
        assert_eq!((visitor.country, visitor.asn), (None, Some(3320)));
        assert!(!visitor.is_usual_client);
    }
}

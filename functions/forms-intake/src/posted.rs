//! From the bytes of a post to values by name.

use form_definition::{Decoded, Form};
use http::HeaderMap;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::IntakeError;
use crate::visitor::header;

/// Most pairs of one post: every field, several times over.
const MAX_PAIRS: usize = 256;
/// Deepest nesting that is read at all; `form_definition` allows less.
const MAX_DEPTH: usize = 16;
/// What may be posted, for messages.
const ALLOWED: &str = "application/x-www-form-urlencoded, multipart/form-data, application/json";

/// Reads a post by its content type.
pub(crate) async fn read(
    form: &Form,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Decoded, IntakeError> {
    if body.len() > form.limits.body_bytes {
        return Err(IntakeError::TooLarge {
            bytes: body.len(),
            allowed: form.limits.body_bytes,
        });
    }
    let content_type = header(headers, "content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    match media_type.to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => Ok(form.decode_pairs(&urlencoded(body)?)),
        "multipart/form-data" => Ok(form.decode_pairs(&multipart(content_type, body).await?)),
        "application/json" => json(form, body),
        _ => Err(IntakeError::ContentType {
            found: media_type.chars().take(80).collect(),
            allowed: ALLOWED,
        }),
    }
}

/// Pairs as browsers write them: <https://url.spec.whatwg.org/#urlencoded-parsing>, but
/// strict about UTF-8: a replacement character would be stored as if it had been typed.
fn urlencoded(body: &[u8]) -> Result<Vec<(String, String)>, IntakeError> {
    let text = std::str::from_utf8(body).map_err(|_| IntakeError::Encoding)?;
    let decode = |part: &str| {
        let part = part.replace('+', " ");
        percent_decode_str(&part)
            .decode_utf8()
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| IntakeError::Encoding)
    };
    let mut pairs = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        pairs.push((decode(name)?, decode(value)?));
        check_count(pairs.len())?;
    }
    Ok(pairs)
}

/// The text parts of a multipart post. A file part is refused unless it is empty: files
/// are sent in a step of their own.
async fn multipart(content_type: &str, body: &[u8]) -> Result<Vec<(String, String)>, IntakeError> {
    let broken = |error: multer::Error| IntakeError::Multipart(Box::new(error));
    let boundary = multer::parse_boundary(content_type).map_err(broken)?;
    let mut parts = multer::Multipart::with_reader(body, boundary);
    let mut pairs = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let name = part.name().ok_or(IntakeError::UnnamedPart)?.to_owned();
        let is_file = part.file_name().is_some();
        let bytes = part.bytes().await.map_err(broken)?;
        if is_file && bytes.is_empty() {
            continue;
        }
        if is_file {
            return Err(IntakeError::FilePart);
        }
        let value = String::from_utf8(bytes.to_vec()).map_err(|_| IntakeError::Encoding)?;
        pairs.push((name, value));
        check_count(pairs.len())?;
    }
    Ok(pairs)
}

fn json(form: &Form, body: &[u8]) -> Result<Decoded, IntakeError> {
    let text = std::str::from_utf8(body).map_err(|_| IntakeError::Encoding)?;
    if nesting(text) > MAX_DEPTH {
        return Err(IntakeError::Depth { allowed: MAX_DEPTH });
    }
    match serde_json::from_str(text).map_err(IntakeError::Json)? {
        Value::Object(object) => {
            check_count(object.len())?;
            Ok(form.decode_json(object))
        }
        _ => Err(IntakeError::NotAnObject),
    }
}

/// How deep brackets are nested, texts apart.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let (mut in_text, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

const fn check_count(count: usize) -> Result<(), IntakeError> {
    if count > MAX_PAIRS {
        return Err(IntakeError::TooManyFields { allowed: MAX_PAIRS });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read_as(media_type: &str, body: &[u8]) -> Result<Decoded, IntakeError> {
        let form = site_forms::form("contact").unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("content-type", media_type.parse().unwrap());
        read(form, &headers, body).await
    }

    async fn code(media_type: &str, body: &[u8]) -> &'static str {
        use lambda_kit::Classified;
        read_as(media_type, body).await.unwrap_err().code()
    }

    #[tokio::test]
    async fn reads_the_three_kinds_alike() {
        let multipart = "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nAda é\r\n\
             --x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"\"\r\n\r\n\r\n--x--\r\n";
        let bodies: [(&str, &[u8]); 3] = [
            ("application/x-www-form-urlencoded", b"name=Ada+%C3%A9"),
            ("multipart/form-data; boundary=x", multipart.as_bytes()),
            (
                "application/json; charset=utf-8",
                "{\"name\":\"Ada é\"}".as_bytes(),
            ),
        ];
        for (media_type, body) in bodies {
            let decoded = read_as(media_type, body).await.unwrap();
            assert_eq!(decoded.fields["name"], "Ada é", "{media_type}");
            assert_eq!(decoded.faults, [], "{media_type}");
        }
    }

    #[tokio::test]
    async fn names_what_is_wrong() {
        const PAIRS: &str = "application/x-www-form-urlencoded";
        assert_eq!(code(PAIRS, b"name=%FF").await, "form.encoding");
        assert_eq!(code(PAIRS, b"name=\xFF").await, "form.encoding");
        assert_eq!(
            code(PAIRS, &b"a=1&".repeat(300)).await,
            "form.too_many_fields"
        );
        assert_eq!(code(PAIRS, &vec![b'a'; 300_000]).await, "form.too_large");
        assert_eq!(code("text/plain", b"hello").await, "form.content_type");
        assert_eq!(
            code("multipart/form-data", b"hello").await,
            "form.multipart"
        );
        assert_eq!(
            code("multipart/form-data; boundary=x", b"hello").await,
            "form.multipart"
        );
        assert_eq!(code("application/json", b"{\"name\":").await, "form.json");
        assert_eq!(code("application/json", b"[1]").await, "form.not_an_object");
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(
            code("application/json", deep.as_bytes()).await,
            "form.depth"
        );
    }

    #[tokio::test]
    async fn a_file_belongs_to_the_next_step() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\r\n\
             hello\r\n--x--\r\n";
        let code = code("multipart/form-data; boundary=x", body.as_bytes()).await;
        assert_eq!(code, "form.file_part");
    }

    #[test]
    fn brackets_in_texts_do_not_nest() {
        assert_eq!(nesting(r#"{"a":"[[[\"[["}"#), 1);
        assert_eq!(nesting(r#"{"a":[{"b":1}]}"#), 3);
    }
}

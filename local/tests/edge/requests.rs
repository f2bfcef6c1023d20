//! Lists of requests in text files: legitimate.tsv describes the format.

use std::fmt::Write as _;
use std::io;

use url::form_urlencoded::byte_serialize;

use crate::client::{self, Answer};

/// A long article with code samples, as an editor writes it.
const ARTICLE: &str = include_str!("article.md");
const BOUNDARY: &str = "----WebKitFormBoundary7MA4YWxkTrZu0gW";

/// One line of a list.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) name: &'static str,
    method: &'static str,
    target: &'static str,
    kind: &'static str,
    body: &'static str,
    headers: &'static str,
}

pub(crate) fn list(text: &'static str) -> Vec<Listed> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let mut columns = line.split('\t');
            let mut next = || columns.next().unwrap_or_default();
            Listed {
                name: next(),
                method: next(),
                target: next(),
                kind: next(),
                body: next(),
                headers: next(),
            }
        })
        .collect()
}

impl Listed {
    pub(crate) fn send(&self, port: u16) -> io::Result<Answer> {
        client::raw(port, &self.bytes())
    }

    fn bytes(&self) -> Vec<u8> {
        if self.kind == "raw" {
            return unescape(self.body);
        }
        let (kind, body) = self.encoded_body();
        let named: Vec<(&str, String)> = parts(self.headers)
            .filter_map(|header| header.split_once(':'))
            .map(|(name, value)| (name, unescaped_text(value.trim())))
            .collect();
        let mut headers: Vec<(&str, &str)> = named
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        headers.extend(kind.map(|kind| ("Content-Type", kind)));
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
        if !headers.iter().any(|(name, _)| *name == "User-Agent") {
            headers.push(("User-Agent", agent));
        }
        headers.push(("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"));
        headers.push(("Accept-Language", "en-GB,en;q=0.5"));
        client::request_bytes(self.method, &encoded_target(self.target), &headers, &body)
    }

    fn encoded_body(&self) -> (Option<&'static str>, Vec<u8>) {
        match self.kind {
            "" => (None, Vec::new()),
            "form" => {
                let fields = parts(self.body).filter_map(|field| field.split_once('='));
                let pairs: Vec<String> = fields
                    .map(|(name, value)| {
                        format!("{}={}", form_encoded(name.as_bytes()), field(value))
                    })
                    .collect();
                (
                    Some("application/x-www-form-urlencoded"),
                    pairs.join("&").into_bytes(),
                )
            }
            "multipart" => (
                Some("multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW"),
                multipart(self.body),
            ),
            "json" => (Some("application/json"), unescape(self.body)),
            "bytes" => (None, unescape(self.body)),
            other => panic!("{}: {other} is no kind of body", self.name),
        }
    }
}

fn parts(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split(" ¦ ").filter(|part| !part.is_empty())
}

fn form_encoded(bytes: &[u8]) -> String {
    byte_serialize(bytes).collect()
}

/// A field of a form: browsers send lines that end with CR LF.
fn field(value: &str) -> String {
    let text = unescaped_text(value);
    form_encoded(text.replace('\n', "\r\n").as_bytes())
}

/// As a browser sends it: the path's own characters stay, the query is a form's.
fn encoded_target(target: &str) -> String {
    if let Some(raw) = target.strip_prefix("raw:") {
        return unescaped_text(raw);
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut encoded = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_graphic() {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    // A name ends at the first "=", a pair at an "&" before a name: values have both.
    let mut pairs: Vec<(String, String)> = Vec::new();
    for piece in query.split('&').filter(|piece| !piece.is_empty()) {
        let named = piece
            .split_once('=')
            .filter(|(name, _)| !name.is_empty() && !name.contains(' '));
        match (named, pairs.last_mut()) {
            (Some((name, value)), _) => pairs.push((name.to_owned(), value.to_owned())),
            (None, Some((_, value))) => {
                let _ = write!(value, "&{piece}");
            }
            (None, None) => pairs.push((piece.to_owned(), String::new())),
        }
    }
    for (index, (name, value)) in pairs.iter().enumerate() {
        let separator = if index == 0 { '?' } else { '&' };
        let (name, value) = (
            form_encoded(name.as_bytes()),
            form_encoded(value.as_bytes()),
        );
        let _ = write!(encoded, "{separator}{name}={value}");
    }
    encoded
}

fn multipart(body: &'static str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, value) in parts(body).filter_map(|field| field.split_once('=')) {
        bytes.extend_from_slice(format!("--{BOUNDARY}\r\n").as_bytes());
        let disposition = format!("Content-Disposition: form-data; name=\"{name}\"");
        bytes.extend_from_slice(disposition.as_bytes());
        match value.strip_prefix('@') {
            // The type has a slash; a ";" before it belongs to the file's name.
            Some(file) => {
                let mut pieces = file.splitn(3, ';');
                let mut piece = || pieces.next().unwrap();
                let (file_name, kind, content) = (piece(), piece(), piece());
                let head = format!("; filename=\"{file_name}\"\r\nContent-Type: {kind}\r\n\r\n");
                bytes.extend_from_slice(head.as_bytes());
                bytes.extend(unescape(content));
            }
            None => {
                bytes.extend_from_slice(b"\r\n\r\n");
                bytes.extend(unescape(value));
            }
        }
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    bytes
}

fn unescaped_text(text: &str) -> String {
    String::from_utf8(unescape(text)).unwrap()
}

/// `\n`, `\xNN` and `{macro:N}`.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some((made, length)) = expanded(rest) {
            bytes.extend(made);
            rest = &rest[length..];
            continue;
        }
        bytes.extend_from_slice(&rest.as_bytes()[..first.len_utf8()]);
        rest = &rest[first.len_utf8()..];
    }
    bytes
}

/// What stands for something else at the start of `text`, and how long it is.
fn expanded(text: &str) -> Option<(Vec<u8>, usize)> {
    let short = |byte: u8| Some((vec![byte], 2));
    match text.as_bytes() {
        [b'\\', b'n', ..] => short(b'\n'),
        [b'\\', b'r', ..] => short(b'\r'),
        [b'\\', b't', ..] => short(b'\t'),
        [b'\\', b'\\', ..] => short(b'\\'),
        [b'\\', b'x', ..] => {
            let byte = u8::from_str_radix(text.get(2..4)?, 16).ok()?;
            Some((vec![byte], 4))
        }
        [b'{', ..] => {
            let name = &text[1..text.find('}')?];
            let made = made(name)?;
            Some((made, name.len() + 2))
        }
        _ => None,
    }
}

fn made(name: &str) -> Option<Vec<u8>> {
    if name == "article" {
        return Some(ARTICLE.repeat(8).into_bytes());
    }
    let (kind, count) = name.split_once(':')?;
    let count: usize = count.parse().ok()?;
    match kind {
        // No byte pattern repeats: Knuth's generator (MMIX).
        "binary" => {
            let mut state: u64 = 42;
            let mut next = || {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                state.to_be_bytes()[0]
            };
            Some((0..count).map(|_| next()).collect())
        }
        "zeros" => Some(vec![b'0'; count]),
        "text" => Some(b"abcdefghij".iter().copied().cycle().take(count).collect()),
        "deep" => Some([b"[".repeat(count), b"]".repeat(count)].concat()),
        _ => None,
    }
}

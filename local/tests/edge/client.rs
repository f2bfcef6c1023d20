//! An HTTP client that sends exactly what it is told, on a connection of its own.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpSocket;

/// No answer takes longer, on a machine however busy.
const TIME_LIMIT: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// A header's value; of several the last, as nothing here reads another one.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(found, _)| found == name);
        found.next_back().map_or("", |(_, value)| value.as_str())
    }

    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let found = self.headers.iter().filter(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str()).collect()
    }

    /// Whether the proxy's cache answered, in nginx's words.
    pub(crate) fn cache(&self) -> &str {
        self.header("x-proxy-cache")
    }

    /// What the web server was asked.
    pub(crate) fn asked(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no web server: {self:?}"))
    }
}

/// Gets a target with further headers.
pub(crate) fn get(port: u16, target: &str, headers: &[(&str, &str)]) -> Answer {
    request(port, "GET", target, headers, b"")
}

/// Sends a form as a browser does.
pub(crate) fn post(port: u16, target: &str, headers: &[(&str, &str)], form: &str) -> Answer {
    let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
    all.extend(headers);
    request(port, "POST", target, &all, form.as_bytes())
}

/// Sends a request that ends its connection; with a body, its length.
pub(crate) fn request(
    port: u16,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let bytes = request_bytes(method, target, headers, body);
    raw(port, &bytes).unwrap_or_else(|error| panic!("{method} {target}: {error}"))
}

pub(crate) fn request_bytes(
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Vec<u8> {
    let mut text = format!("{method} {target} HTTP/1.1\r\nconnection: close\r\n");
    let own_host = headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("host"));
    if !own_host {
        text.push_str("host: shop.example\r\n");
    }
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || method == "POST" {
        text.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// Sends bytes and reads the answer.
pub(crate) fn raw(port: u16, bytes: &[u8]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    exchange(&mut stream, bytes)
}

/// As [`get`], from another loopback address than 127.0.0.1.
pub(crate) fn get_from(
    source: Ipv4Addr,
    port: u16,
    target: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let stream = runtime.block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((source, 0))).unwrap();
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        socket.connect(to).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    let mut stream = stream;
    exchange(&mut stream, &request_bytes("GET", target, headers, b"")).unwrap()
}

fn exchange(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<Answer> {
    stream.set_read_timeout(Some(TIME_LIMIT))?;
    stream.set_write_timeout(Some(TIME_LIMIT))?;
    // A body that is refused is not read to its end; the answer is there all the same.
    let written = stream.write_all(bytes);
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(error) if answer.is_empty() => return written.and(Err(error)),
        _ => {}
    }
    let _ = stream.shutdown(Shutdown::Both);
    parse(&answer).ok_or_else(|| io::Error::other("the connection was closed with no answer"))
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let (head, body) = bytes.split_at(end);
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let chunked = headers.iter().any(|(name, _)| name == "transfer-encoding");
    let body = body.get(4..)?;
    let body = if chunked {
        dechunk(body)
    } else {
        body.to_vec()
    };
    Some(Answer {
        status,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}

fn dechunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = bytes.windows(2).position(|window| window == b"\r\n") {
        let length = std::str::from_utf8(&bytes[..end]).ok();
        let length = length.and_then(|text| usize::from_str_radix(text, 16).ok());
        let from = end + 2;
        match length {
            Some(length) if length > 0 && from + length <= bytes.len() => {
                body.extend_from_slice(&bytes[from..from + length]);
                bytes = bytes.get(from + length + 2..).unwrap_or_default();
            }
            _ => break,
        }
    }
    body
}

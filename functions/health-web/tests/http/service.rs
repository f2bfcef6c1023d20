//! What stands in for the bucket and the table.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A service that answers each GET with one body and each POST with `{}`.
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    pub(crate) posts: Arc<AtomicUsize>,
    pub(crate) gets: Arc<AtomicUsize>,
}

impl Service {
    pub(crate) async fn start(body: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (posts, gets) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counts = (Arc::clone(&posts), Arc::clone(&gets));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let is_post = serve(stream, &body).await;
                let count = if is_post { &counts.0 } else { &counts.1 };
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self {
            address,
            posts,
            gets,
        }
    }

    /// Where nobody listens.
    pub(crate) async fn gone() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self {
            address: listener.local_addr().unwrap(),
            posts: Arc::default(),
            gets: Arc::default(),
        }
    }
}

/// Answers one request and closes. Returns whether it was a POST.
async fn serve(mut stream: TcpStream, body: &str) -> bool {
    let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
    let whole = |read: &[u8]| {
        let text = String::from_utf8_lossy(read).to_lowercase();
        let Some((head, rest)) = text.split_once("\r\n\r\n") else {
            return false;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0);
        rest.len() >= length
    };
    while !whole(&read) {
        let count = stream.read(&mut buffer).await.unwrap();
        if count == 0 {
            break;
        }
        read.extend_from_slice(&buffer[..count]);
    }
    let is_post = read.starts_with(b"POST");
    let body = if is_post { "{}" } else { body };
    let head = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    is_post
}

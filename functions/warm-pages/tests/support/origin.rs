//! A site with a cache in front of it, as far as the warmer sees of it.

#![allow(dead_code, reason = "each test uses a part of it")]
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What a request is answered with.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
    pub(crate) after: Duration,
    /// Where the connection breaks off, in bytes of the body.
    pub(crate) breaks_at: Option<usize>,
}

impl Answer {
    /// A page that caches keep; `had` says whether one had it.
    pub(crate) fn page(had: bool) -> Self {
        let word = if had { "hit" } else { "miss" };
        Self {
            status: 200,
            headers: format!("cache-control: max-age=600\r\nserver-timing: cdn-cache-{word}\r\n"),
            body: b"a page".to_vec(),
            after: Duration::ZERO,
            breaks_at: None,
        }
    }
}

type Rule = dyn Fn(&str, u32) -> Answer + Send + Sync;

/// The site.
#[derive(Clone)]
pub(crate) struct Origin {
    pub(crate) port: u16,
    /// How often each path was asked for.
    pub(crate) asked: Arc<Mutex<BTreeMap<String, u32>>>,
    /// The most requests that were in flight at once.
    pub(crate) most: Arc<Mutex<(u32, u32)>>,
    total: watch::Receiver<u32>,
}

impl Origin {
    /// Answers by path and by how often it was asked for before.
    pub(crate) async fn start(rule: impl Fn(&str, u32) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (count, total) = watch::channel(0);
        let origin = Self {
            port: listener.local_addr().unwrap().port(),
            asked: Arc::default(),
            most: Arc::default(),
            total,
        };
        let (rule, count) = (Arc::new(rule), Arc::new(count));
        let served = origin.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (rule, count) = (Arc::clone(&rule), Arc::clone(&count));
                tokio::spawn(connection(stream, served.clone(), rule, count));
            }
        });
        origin
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn requests(&self) -> u32 {
        self.asked.lock().unwrap().values().sum()
    }

    /// Waits until so many requests came.
    pub(crate) async fn wait_for(&self, requests: u32) {
        let mut total = self.total.clone();
        total.wait_for(|total| *total >= requests).await.unwrap();
    }
}

async fn connection(
    mut stream: TcpStream,
    origin: Origin,
    rule: Arc<Rule>,
    count: Arc<watch::Sender<u32>>,
) {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let path = head.split(' ').nth(1).unwrap().to_owned();
        let before = {
            let mut asked = origin.asked.lock().unwrap();
            let times = asked.entry(path.clone()).or_default();
            *times += 1;
            *times - 1
        };
        count.send_modify(|total| *total += 1);
        {
            let mut most = origin.most.lock().unwrap();
            most.0 += 1;
            most.1 = most.1.max(most.0);
        }
        let answer = rule(&path, before);
        tokio::time::sleep(answer.after).await;
        origin.most.lock().unwrap().0 -= 1;
        let head = format!(
            "HTTP/1.1 {} X\r\n{}content-length: {}\r\n\r\n",
            answer.status,
            answer.headers,
            answer.body.len()
        );
        let end = answer.breaks_at.unwrap_or(answer.body.len());
        let sent = [head.as_bytes(), &answer.body[..end]].concat();
        if stream.write_all(&sent).await.is_err() || answer.breaks_at.is_some() {
            return;
        }
    }
}

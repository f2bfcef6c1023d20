//! Servers on this machine that answer what tests want.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket};
use tokio_rustls::TlsAcceptor;

/// A server, and what it was asked.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// The requests so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Answers each request with what `answer` makes of it, byte for byte, and ends the connection.
/// Before `|` in a request stands the server's name as TLS told it.
pub(crate) async fn http(
    tls: Option<ServerConfig>,
    answer: impl Fn(usize, &str) -> Vec<u8> + Send + Sync + 'static,
) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let answer = Arc::new(answer);
    let tls = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (log, answer, tls) = (Arc::clone(&log), Arc::clone(&answer), tls.clone());
            tokio::spawn(async move {
                let Some(tls) = tls else {
                    return respond(stream, "", &log, &*answer).await;
                };
                if let Ok(stream) = tls.accept(stream).await {
                    let name = stream.get_ref().1.server_name().unwrap_or("-").to_owned();
                    respond(stream, &name, &log, &*answer).await;
                }
            });
        }
    });
    Server { address, asked }
}

async fn respond(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    name: &str,
    log: &Mutex<Vec<String>>,
    answer: &(dyn Fn(usize, &str) -> Vec<u8> + Send + Sync),
) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let Ok(1..) = stream.read_buf(&mut request).await else {
            return;
        };
    }
    let request = String::from_utf8(request).unwrap();
    let place = {
        let mut log = log.lock().unwrap();
        log.push(format!("{name}|{request}"));
        log.len() - 1
    };
    // Whoever asked may have had enough.
    let _ = stream.write_all(&answer(place, &request)).await;
    let _ = stream.shutdown().await;
}

/// An answer whose body ends with the connection.
pub(crate) fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n{body}").into_bytes()
}

/// Takes connections, and never says anything.
pub(crate) async fn mute() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    address
}

/// A port whose queue of connections is full: further ones are neither taken nor refused. It is
/// so as long as what is returned is kept.
pub(crate) async fn full() -> (SocketAddr, Vec<Box<dyn Send>>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut held: Vec<Box<dyn Send>> = vec![Box::new(listener)];
    // Linux queues one more than was said.
    for _ in 0..2 {
        held.push(Box::new(TcpStream::connect(address).await.unwrap()));
    }
    (address, held)
}

/// Answers each question with a code and records, each of which is a type and its data.
pub(crate) async fn dns(code: u8, records: Vec<(u16, Vec<u8>)>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut query = [0; 512];
        while let Ok((_, from)) = socket.recv_from(&mut query).await {
            let name_end = query[12..].iter().position(|byte| *byte == 0).unwrap() + 13;
            let mut answer = query[..2].to_vec();
            answer.extend([
                0x81,
                0x80 | code,
                0,
                1,
                0,
                u8::try_from(records.len()).unwrap(),
            ]);
            answer.extend([0, 0, 0, 0]);
            answer.extend(&query[12..name_end + 4]);
            for (kind, data) in &records {
                answer.extend([0xc0, 12]);
                answer.extend(kind.to_be_bytes());
                answer.extend([0, 1, 0, 0, 0, 60]);
                answer.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
                answer.extend(data);
            }
            let _ = socket.send_to(&answer, from).await;
        }
    });
    address
}

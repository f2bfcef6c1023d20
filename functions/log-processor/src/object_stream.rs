//! An object's content, from the connection to the thread that reads it.

use std::io::{self, BufRead, Read};

use bytes::{Buf, Bytes};
use lambda_kit::Deadline;
use store::OpenObject;
use tokio::sync::mpsc;

use crate::ProcessError;

/// Pieces on their way: enough to keep both ends busy, few enough not to matter.
const PIECES: usize = 8;
/// Bytes of the first piece.
const FIRST_BYTES: usize = 4;

type Piece = Result<Bytes, io::Error>;

/// The end that is read.
pub(crate) struct ObjectStream {
    pieces: mpsc::Receiver<Piece>,
    current: Bytes,
    has_begun: bool,
}

/// The end that is fed.
pub(crate) struct Feed {
    pieces: mpsc::Sender<Piece>,
}

pub(crate) fn object_stream() -> (Feed, ObjectStream) {
    let (sender, receiver) = mpsc::channel(PIECES);
    let stream = ObjectStream {
        pieces: receiver,
        current: Bytes::new(),
        has_begun: false,
    };
    (Feed { pieces: sender }, stream)
}

impl Feed {
    /// Passes the whole object on. To the reader a connection that broke off looks like a log
    /// that does; it is an error here, so that such a log is not taken for what there is.
    pub(crate) async fn pass(
        self,
        mut object: OpenObject,
        (key, origin): (&str, &str),
        deadline: Deadline,
    ) -> Result<(), ProcessError> {
        let failed = loop {
            if deadline.has_passed() {
                let origin = origin.to_owned();
                break ProcessError::OutOfTime { origin };
            }
            match object.next(key).await {
                Ok(None) => return Ok(()),
                Ok(Some(bytes)) => {
                    if self.pieces.send(Ok(bytes)).await.is_err() {
                        // The reader has enough.
                        return Ok(());
                    }
                }
                Err(failed) => break failed.into(),
            }
        };
        let broken = io::Error::from(io::ErrorKind::ConnectionAborted);
        let _gone = self.pieces.send(Err(broken)).await;
        Err(failed)
    }
}

impl BufRead for ObjectStream {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        // What a log is compressed with is told by its first bytes, which must come together.
        let least = if self.has_begun { 1 } else { FIRST_BYTES };
        while self.current.len() < least {
            match self.pieces.blocking_recv() {
                None => break,
                Some(piece) => {
                    let piece = piece?;
                    self.current = if self.current.is_empty() {
                        piece
                    } else {
                        [&self.current[..], &piece].concat().into()
                    };
                }
            }
        }
        self.has_begun = true;
        Ok(&self.current)
    }

    fn consume(&mut self, amount: usize) {
        self.current.advance(amount);
    }
}

impl Read for ObjectStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let filled = self.fill_buf()?;
        let count = filled.len().min(buffer.len());
        buffer[..count].copy_from_slice(&filled[..count]);
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_read_as_one_stream() {
        let (feed, mut stream) = object_stream();
        for piece in ["ab", "", "cde", "f"] {
            feed.pieces.blocking_send(Ok(Bytes::from(piece))).unwrap();
        }
        drop(feed);
        assert_eq!(stream.fill_buf().unwrap(), b"abcde");
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abcdef");
        assert_eq!(stream.read(&mut [0; 8]).unwrap(), 0);
    }
}

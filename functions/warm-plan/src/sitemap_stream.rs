//! A sitemap, from the connection to the thread that reads it, and its entries from there back
//! to the plan. Both ways hold a few pieces at most: memory does not grow with the sitemap.

use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;
use std::time::SystemTime;

use bytes::{Buf, Bytes};
use lambda_kit::Deadline;
use reqwest::Response;
use sitemap::{Entry, Fault, ReadOptions, SitemapError, Totals, read_sitemap};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::PlanError;

/// Pieces of the answer on their way.
const PIECES: usize = 8;
/// Entries on their way.
const ENTRIES: usize = 64;

type Piece = Result<Bytes, io::Error>;

/// A sitemap that is being read. Dropping it ends that.
pub(crate) struct SitemapStream {
    entries: mpsc::Receiver<Entry>,
    reader: JoinHandle<Result<Totals, SitemapError>>,
    feed: JoinHandle<Result<(), reqwest::Error>>,
}

/// The deadline passed before the next entry came.
#[derive(Debug)]
pub(crate) struct OutOfTime;

/// How reading ended.
#[derive(Debug)]
pub(crate) struct SitemapEnd {
    /// Each entry that was handed over, and those that could not be.
    pub(crate) totals: Totals,
    /// What is wrong with the sitemap; another try finds the same.
    pub(crate) fault: Option<Fault>,
    /// The connection broke off; another try may not see that.
    pub(crate) broken: Option<reqwest::Error>,
}

impl SitemapStream {
    /// Begins to read.
    pub(crate) fn open(response: Response, options: ReadOptions) -> Self {
        let (to_reader, pieces) = mpsc::channel(PIECES);
        let (to_plan, entries) = mpsc::channel(ENTRIES);
        let reader = tokio::task::spawn_blocking(move || {
            let stream = PieceReader {
                pieces,
                current: Bytes::new(),
            };
            read_sitemap(stream, &options, |entry| {
                match to_plan.blocking_send(entry) {
                    Ok(()) => ControlFlow::Continue(()),
                    // The plan has enough.
                    Err(_) => ControlFlow::Break(()),
                }
            })
        });
        Self {
            entries,
            reader,
            feed: tokio::spawn(feed(response, to_reader)),
        }
    }

    /// The next entry; `None` after the last.
    pub(crate) async fn next(&mut self, deadline: Deadline) -> Result<Option<Entry>, OutOfTime> {
        let left = deadline.remaining(SystemTime::now());
        if left.is_zero() {
            // Entries that are there at once would be taken for as long as there are some.
            return Err(OutOfTime);
        }
        let next = timeout(left, self.entries.recv()).await;
        next.map_err(|_| OutOfTime)
    }

    /// How reading ended, once all entries were taken.
    pub(crate) async fn end(self) -> Result<SitemapEnd, PlanError> {
        drop(self.entries);
        let read = self.reader.await?;
        let broken = self.feed.await?.err();
        let (totals, fault) = match read {
            Ok(totals) => (totals, None),
            Err(error) => (*error.read, Some(error.fault)),
        };
        // A connection that broke off looks like a sitemap that does.
        let fault = fault.filter(|_| broken.is_none());
        Ok(SitemapEnd {
            totals,
            fault,
            broken,
        })
    }
}

async fn feed(mut response: Response, pieces: mpsc::Sender<Piece>) -> Result<(), reqwest::Error> {
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(()),
            Ok(Some(piece)) => {
                if pieces.send(Ok(piece)).await.is_err() {
                    // The reader has enough.
                    return Ok(());
                }
            }
            Err(error) => {
                let broken = io::Error::from(io::ErrorKind::ConnectionAborted);
                let _gone = pieces.send(Err(broken)).await;
                return Err(error.without_url());
            }
        }
    }
}

/// The end of the connection that is read, on a thread that may wait.
struct PieceReader {
    pieces: mpsc::Receiver<Piece>,
    current: Bytes,
}

impl BufRead for PieceReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.current.is_empty() {
            match self.pieces.blocking_recv() {
                None => break,
                Some(piece) => self.current = piece?,
            }
        }
        Ok(&self.current)
    }

    fn consume(&mut self, amount: usize) {
        self.current.advance(amount);
    }
}

impl Read for PieceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let filled = self.fill_buf()?;
        let count = filled.len().min(buffer.len());
        buffer[..count].copy_from_slice(&filled[..count]);
        self.consume(count);
        Ok(count)
    }
}

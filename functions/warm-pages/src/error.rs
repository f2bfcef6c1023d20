use lambda_kit::{Classified, ErrorClass};
use store::StoreError;

/// Why a chunk could not be worked on.
#[derive(Debug, thiserror::Error)]
pub enum PagesError {
    /// The message is not a chunk.
    #[error("read the message: it is not a chunk of pages")]
    Message(#[source] serde_json::Error),
    /// A table or a queue failed.
    #[error("reach the warmer's table and queues")]
    Store(#[from] StoreError),
    /// Another worker has taken the chunk: this one's lease had ended.
    #[error("keep the chunk {chunk} of `{run}`: another worker has taken it")]
    Lost {
        /// The run.
        run: String,
        /// The chunk's number.
        chunk: u32,
    },
    /// Results that do not follow those that are written: a fault of ours.
    #[error("write the results of chunk {chunk} of `{run}`")]
    Gap {
        /// The run.
        run: String,
        /// The chunk's number.
        chunk: u32,
        /// Where they do not meet.
        #[source]
        source: warming::Gap,
    },
    /// A request's task ended early: a panic, which is a fault of ours.
    #[error("ask for a page: its task stopped")]
    Task(#[from] tokio::task::JoinError),
}

impl Classified for PagesError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Message(_) => ErrorClass::Invalid,
            Self::Store(source) => source.class(),
            // Its message is to come again: the other worker may die.
            Self::Lost { .. } => ErrorClass::Transient,
            Self::Gap { .. } | Self::Task(_) => ErrorClass::Permanent,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Message(_) => "chunk.message",
            Self::Store(source) => source.code(),
            Self::Lost { .. } => "chunk.lost",
            Self::Gap { .. } => "chunk.gap",
            Self::Task(_) => "chunk.task",
        }
    }
}

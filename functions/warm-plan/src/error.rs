use lambda_kit::{Classified, ErrorClass};
use sitemap::HostError;
use store::StoreError;
use warming::MAX_REQUEST_PATHS;

/// Why a run could not be begun, planned or closed.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The event is none of those that trigger the function.
    #[error("use the event: it is neither of the schedule nor about pages to warm")]
    Event,
    /// What the event asks for cannot be understood.
    #[error("read the event's detail: `reason` and `paths` are needed")]
    Request(#[source] serde_json::Error),
    /// An event asks for more than one run may have.
    #[error(
        "read the event's detail: it has {paths} paths, at most {MAX_REQUEST_PATHS} are allowed"
    )]
    TooManyPaths {
        /// So many.
        paths: usize,
    },
    /// A table, a queue or the bucket failed.
    #[error("reach the warmer's table, queues and bucket")]
    Store(#[from] StoreError),
    /// The site did not answer, or said that it cannot now.
    #[error("get `{path}` of the site")]
    Site {
        /// The path.
        path: String,
        /// Why not.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The target's address has no host that a sitemap could name.
    #[error("read sitemaps of the target")]
    Host(#[from] HostError),
    /// Another invocation is at the run.
    #[error("go on with the run `{run}`: another invocation is at it")]
    Contended {
        /// The run.
        run: String,
    },
    /// A document could not be written.
    #[error("write the document `{key}`")]
    Json {
        /// Its name.
        key: String,
        /// The JSON writer's words.
        #[source]
        source: serde_json::Error,
    },
    /// The thread that reads a sitemap ended early: a panic, which is a fault of ours.
    #[error("read a sitemap: the worker stopped")]
    Thread(#[from] tokio::task::JoinError),
}

impl Classified for PlanError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Event | Self::Request(_) | Self::TooManyPaths { .. } => ErrorClass::Invalid,
            Self::Store(source) => source.class(),
            Self::Site { .. } => ErrorClass::Transient,
            Self::Contended { .. } => ErrorClass::Conflict,
            Self::Host(_) | Self::Json { .. } | Self::Thread(_) => ErrorClass::Permanent,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Event => "event.unknown",
            Self::Request(_) => "event.request",
            Self::TooManyPaths { .. } => "event.too_many_paths",
            Self::Store(source) => source.code(),
            Self::Site { .. } => "plan.site",
            Self::Host(_) => "plan.host",
            Self::Contended { .. } => "plan.contended",
            Self::Json { .. } => "plan.json",
            Self::Thread(_) => "plan.thread",
        }
    }
}

use std::fmt;
use std::io;

use crate::Totals;

/// Why reading ended before the stream did. The entries before it were handed over.
#[derive(Debug, thiserror::Error)]
#[error("read the sitemap: it ended after {} entries, at byte {at}", read.entries)]
pub struct SitemapError {
    /// What was read before.
    pub read: Box<Totals>,
    /// Where it ended, in bytes after decompression.
    pub at: u64,
    /// The fault.
    #[source]
    pub fault: Fault,
}

/// What ends reading.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The stream failed, or is not the gzip it begins as.
    #[error("the stream cannot be read")]
    Read(#[source] io::Error),
    /// The stream ends within the sitemap.
    #[error("the stream ends before the sitemap does")]
    Truncated,
    /// It is not well-formed.
    #[error("the sitemap is not well-formed XML")]
    Xml(#[source] Box<quick_xml::Error>),
    /// It has more of something than allowed.
    #[error("the sitemap has {limit} above {max}, which is the most that is read")]
    TooMuch {
        /// Of what.
        limit: Limit,
        /// The most.
        max: u64,
    },
    /// It has a document type, which could define entities. No sitemap needs one.
    #[error("the sitemap has a document type, which is not obeyed")]
    DocumentType,
    /// It is XML or HTML, but no sitemap.
    #[error("the stream is no sitemap: its root is `{root}`")]
    NotASitemap {
        /// The beginning of its root's name.
        root: String,
    },
    /// It is not in UTF-8.
    #[error("the sitemap is in UTF-16, not in UTF-8")]
    Encoding,
    /// It is neither XML nor text; gzip within gzip, for one.
    #[error("the stream is neither XML nor text")]
    Binary,
    /// There is nothing in it.
    #[error("the sitemap is empty")]
    Empty,
}

impl Fault {
    /// The name in metrics and counts.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Read(_) => "sitemap.read",
            Self::Truncated => "sitemap.truncated",
            Self::Xml(_) => "sitemap.xml",
            Self::TooMuch { .. } => "sitemap.too_much",
            Self::DocumentType => "sitemap.document_type",
            Self::NotASitemap { .. } => "sitemap.not_a_sitemap",
            Self::Encoding => "sitemap.encoding",
            Self::Binary => "sitemap.binary",
            Self::Empty => "sitemap.empty",
        }
    }

    /// A root that is not a sitemap's.
    pub(crate) fn root(name: &str) -> Self {
        Self::NotASitemap {
            root: name
                .chars()
                .filter(|char| !char.is_control())
                .take(64)
                .collect(),
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Truncated,
            _ => Self::Read(error),
        }
    }
}

/// A bound of [`Limits`](crate::Limits).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Entries of one sitemap.
    Entries,
    /// Bytes after decompression.
    Bytes,
    /// Bytes of one tag or text.
    TokenBytes,
    /// Elements within each other.
    Depth,
    /// Attributes of one element.
    Attributes,
    /// Other languages of one page.
    Alternates,
}

impl Limit {
    pub(crate) const fn exceeded(self, max: usize) -> Fault {
        Fault::TooMuch {
            limit: self,
            max: max as u64,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Entries => "a number of entries",
            Self::Bytes => "a number of bytes",
            Self::TokenBytes => "a number of bytes in one tag or text",
            Self::Depth => "a number of elements within each other",
            Self::Attributes => "a number of attributes of one element",
            Self::Alternates => "a number of other languages of one page",
        })
    }
}

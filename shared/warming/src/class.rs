use serde::{Deserialize, Serialize};

/// What an answer was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The point of presence had it.
    HitEdge,
    /// CloudFront's regional edge cache had it.
    HitRegional,
    /// The Origin Shield had it.
    HitShield,
    /// The site's own proxies had it; no cache is in front of them.
    HitProxy,
    /// A cache had it, too old, and was told that it still holds.
    Refreshed,
    /// No cache had it; now they do.
    Filled,
    /// No cache had it, and none will.
    Uncacheable(Uncacheable),
    /// It leads elsewhere, which is not followed.
    Redirect,
    /// It is an error, or nothing came.
    Error(Failure),
}

/// [`Class`] without what goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "they are those of Class")]
pub enum ClassKind {
    HitEdge,
    HitRegional,
    HitShield,
    HitProxy,
    Refreshed,
    Filled,
    Uncacheable,
    Redirect,
    Error,
}

/// Which layer answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// The point of presence next to the warmer.
    Edge,
    /// The regional edge cache.
    Regional,
    /// The Origin Shield.
    Shield,
    /// The site's own proxies.
    Proxy,
    /// The web servers.
    Origin,
}

/// Why no cache keeps an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Uncacheable {
    /// The cache keeps nothing under this path.
    CachingOff,
    /// `Cache-Control: no-store`.
    NoStore,
    /// `Cache-Control: private`.
    Private,
    /// It sets a cookie.
    SetCookie,
    /// `Vary: *`.
    VaryAll,
    /// `Vary: Authorization`.
    Authorization,
    /// It says that it holds for no time.
    ZeroLifetime,
    /// It says nothing of how long it holds, and the cache has no default.
    NoLifetime,
    /// It might be kept, and asked for again it was not there.
    NotKept,
}

/// Why there is no answer that could be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// This status, of 4xx or 5xx.
    Status(u16),
    /// Nothing came in time, or not all of it.
    Timeout,
    /// There was no connection.
    Connect,
    /// It is longer than is read.
    TooLarge,
    /// It ended before its end.
    CutShort,
}

impl Class {
    /// What it is, in a word.
    #[must_use]
    pub const fn kind(self) -> ClassKind {
        match self {
            Self::HitEdge => ClassKind::HitEdge,
            Self::HitRegional => ClassKind::HitRegional,
            Self::HitShield => ClassKind::HitShield,
            Self::HitProxy => ClassKind::HitProxy,
            Self::Refreshed => ClassKind::Refreshed,
            Self::Filled => ClassKind::Filled,
            Self::Uncacheable(_) => ClassKind::Uncacheable,
            Self::Redirect => ClassKind::Redirect,
            Self::Error(_) => ClassKind::Error,
        }
    }

    /// Whether a cache had it.
    #[must_use]
    pub const fn is_hit(self) -> bool {
        self.kind().is_hit()
    }
}

impl ClassKind {
    /// The name in counts and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::HitEdge => "hit-edge",
            Self::HitRegional => "hit-regional",
            Self::HitShield => "hit-shield",
            Self::HitProxy => "hit-proxy",
            Self::Refreshed => "refreshed",
            Self::Filled => "filled",
            Self::Uncacheable => "uncacheable",
            Self::Redirect => "redirect",
            Self::Error => "error",
        }
    }

    /// What the report says of it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::HitEdge => "in the edge location already",
            Self::HitRegional => "in the regional edge cache already",
            Self::HitShield => "in the Origin Shield already",
            Self::HitProxy => "in the proxies already",
            Self::Refreshed => "too old, and refreshed",
            Self::Filled => "not there, and filled",
            Self::Uncacheable => "cannot be kept",
            Self::Redirect => "leads elsewhere",
            Self::Error => "failed",
        }
    }

    /// Whether a cache had it.
    #[must_use]
    pub const fn is_hit(self) -> bool {
        matches!(
            self,
            Self::HitEdge | Self::HitRegional | Self::HitShield | Self::HitProxy
        )
    }
}

impl Layer {
    /// The name in the report.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Edge => "edge location",
            Self::Regional => "regional edge cache",
            Self::Shield => "Origin Shield",
            Self::Proxy => "proxies",
            Self::Origin => "web servers",
        }
    }
}

impl Uncacheable {
    /// What it is.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::CachingOff => "caching is off for this path",
            Self::NoStore => "Cache-Control: no-store",
            Self::Private => "Cache-Control: private",
            Self::SetCookie => "Set-Cookie",
            Self::VaryAll => "Vary: *",
            Self::Authorization => "Vary: Authorization",
            Self::ZeroLifetime => "a lifetime of 0",
            Self::NoLifetime => "no lifetime",
            Self::NotKept => "not kept",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn mending(self) -> &'static str {
        match self {
            Self::CachingOff => {
                "The cache policy of this path has a maximum of 0. Exclude the path in warming.toml, or give it another policy."
            }
            Self::NoStore | Self::Private => {
                "If everybody sees the same, say `public, s-maxage=60`; if not, exclude the path in warming.toml."
            }
            Self::SetCookie => {
                "Set cookies on pages that are one visitor's, or from a script: a kept cookie would be everybody's."
            }
            Self::VaryAll => "Name the headers that the answer depends on.",
            Self::Authorization => {
                "What depends on who asks is not for shared caches: exclude the path."
            }
            Self::ZeroLifetime => {
                "Say `s-maxage=60` or more, with `stale-while-revalidate`; browsers may still be told `max-age=0`."
            }
            Self::NoLifetime => {
                "Say `Cache-Control: s-maxage=60`, or give the cache policy a default."
            }
            Self::NotKept => {
                "Asked for again at once, it was not there: the answer is too large for the cache, the key has something that changes, or another server of the edge location answered."
            }
        }
    }
}

impl Failure {
    /// What the report says of it: `404`, `no answer in time`.
    #[must_use]
    pub fn title(self) -> String {
        match self {
            Self::Status(status) => status.to_string(),
            Self::Timeout => "no answer in time".to_owned(),
            Self::Connect => "no connection".to_owned(),
            Self::TooLarge => "too long".to_owned(),
            Self::CutShort => "ended too early".to_owned(),
        }
    }
}

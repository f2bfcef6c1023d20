//! The page about the local stack, `/_local/`: what runs, what was uploaded, what became
//! of it, and a form to upload more. Works without JavaScript.

mod architecture;
mod forms;
mod invalidation;
mod listing;
mod page;
mod photos;
mod placeholder;
mod server;
mod upload;
mod webhooks;

use std::path::PathBuf;

use crate::aws::Aws;
use crate::cdn::EdgeCache;
use crate::media::Media;
use crate::ports::PortPlan;

pub(crate) use forms::mails;
pub(crate) use invalidation::INVALIDATIONS;
pub(crate) use server::Home;
pub(crate) use upload::MAX_FORM_BYTES;
pub(crate) use webhooks::Webhooks;

/// What the pages show and link to.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    media: Media,
    aws: Aws,
    ports: PortPlan,
    webhooks: Webhooks,
    edge: EdgeCache,
    tier_logs: TierLogs,
}

/// The log files of the tiers that are no functions, by the name a page shows.
pub(crate) type TierLogs = Vec<(&'static str, PathBuf)>;

impl Site {
    pub(crate) const fn new(
        media: Media,
        aws: Aws,
        ports: PortPlan,
        webhooks: Webhooks,
        edge: EdgeCache,
        tier_logs: TierLogs,
    ) -> Self {
        Self {
            media,
            aws,
            ports,
            webhooks,
            edge,
            tier_logs,
        }
    }
}

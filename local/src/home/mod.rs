//! The home page of the local stack: what runs, what was uploaded, what became
//! of it, and a form to upload more. Works without JavaScript.

mod architecture;
mod listing;
mod page;
mod photos;
mod placeholder;
mod server;
mod upload;

use crate::aws::Aws;
use crate::media::Media;
use crate::ports::PortPlan;

pub(crate) use server::Home;
pub(crate) use upload::MAX_FORM_BYTES;

/// What the pages show and link to.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    media: Media,
    aws: Aws,
    ports: PortPlan,
}

impl Site {
    pub(crate) const fn new(media: Media, aws: Aws, ports: PortPlan) -> Self {
        Self { media, aws, ports }
    }
}

//! What the pictures show.

mod harbour;
mod meadow;
mod mountains;
mod still_life;
mod vector;

pub(crate) use harbour::Harbour;
pub(crate) use meadow::Meadow;
pub(crate) use mountains::Mountains;
pub(crate) use still_life::StillLife;

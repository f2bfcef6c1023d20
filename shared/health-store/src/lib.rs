//! The site's health in DynamoDB: what `health-state` makes of observations, kept.
//!
//! One table with the string keys `pk` and `sk` and TTL on `expires_at`:
//!
//! | `pk` | `sk` | what |
//! |---|---|---|
//! | `check#{id}` | `state` | the check's state, and its version |
//! | `check#{id}` | `day#{days since 1970}` | the seconds of a day, of its hours, and how fast answers came |
//! | `check#{id}` | `heartbeat` | what a job said of itself last |
//! | `alerts` | `-` | open alerts, and notices that are still to be put out |
//! | `notice` | a notice's key | a notice that was decided, for 90 days after it was told |
//! | `due` | a notice's key | the same while somebody is still to be told |
//! | `incidents` | `-` | what goes wrong, and did of late |
//! | `now` | `-` | how all checks are, for other functions |
//!
//! Everything may be done twice and at once. A state is written with its days in one
//! transaction, on condition of its version, and so are the alerts with their notices: who
//! loses reads again, and finds that what it knows is known already. Nothing of this is a
//! queue or a lock; a run that dies leaves what it had written, and the next one goes on.
//!
//! A process that goes on need not read what it wrote: states and days are kept, and the
//! condition on the version says when somebody else was there.

mod alert_rows;
mod bounded;
mod check_rows;
mod day_row;
mod heartbeats;
mod history;
mod incident_rows;
mod incidents;
mod item;
mod now;
mod outbox;
mod plan;
mod store;

pub use check_rows::Recorded;
pub use heartbeats::Heartbeat;
pub use history::{History, LatencyPercentiles};
pub use incidents::{Seen, TrackedIncident};
pub use now::{HealthNow, NowCheck};
pub use outbox::{Delivery, Destination, DueNotice, UnknownDestination};
pub use store::HealthStore;

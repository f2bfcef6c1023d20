//! Asks what checks are about.
//!
//! A probe only asks: it gives the answer, which `health-checks` judges, or says why there is
//! none. It opens connections of its own, reads no more than its bounds allow, and is cut off
//! from outside when its time is over; what it was at then is in its [`phases::Phases`].

mod ask;
pub(crate) mod attempt;
mod aws_error;
mod canary;
mod certificate;
mod clients;
mod connect;
mod dns;
mod dynamodb;
mod error;
pub(crate) mod guard;
mod http;
mod http_exchange;
mod lambda;
pub(crate) mod memory;
mod metrics;
mod phases;
mod postgres;
mod push;
mod rds;
mod redis;
mod redis_info;
mod s3;
pub(crate) mod shared;
pub(crate) mod slots;
mod sqs;
mod target_group;
mod tcp;
mod tls;
mod trust;
mod variables;

#[cfg(test)]
mod dns_tests;
#[cfg(test)]
mod http_tests;
#[cfg(test)]
mod test_certificates;
#[cfg(test)]
pub(crate) mod test_servers;
#[cfg(test)]
mod tls_tests;

pub(crate) use clients::Clients;
pub(crate) use error::ProbeError;
pub(crate) use trust::Trust;
pub(crate) use variables::Variables;

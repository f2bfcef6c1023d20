//! The whole site on one machine, with no AWS account and no Docker.
//!
//! [`Stack::start`] prepares the pinned tools, builds the functions, starts
//! PostgreSQL, Redis, nginx and the AWS emulator, deploys the real
//! `template.yaml` with the real `sam deploy`, and puts nginx in front as the
//! site's address. Dropping the [`Stack`] stops everything it started; when the
//! process dies instead, the kernel stops its children.
//!
//! This crate orchestrates. It re-implements no AWS service: what the emulator
//! lacks is in `local/emulator/`. It does not depend on the AWS SDK
//! or on C code, so that the first `cargo run` builds fast.

mod aws;
mod cdn;
mod check_files;
mod costs;
mod data_services;
mod deploy;
mod emulator;
mod environment;
mod fault_proxy;
mod faults;
mod forms;
mod functions;
mod gate;
mod generated;
mod home;
mod log_delivery;
mod machine;
mod media;
mod observe;
mod operations;
mod packages;
mod picture;
mod ports;
mod postgres;
mod process;
mod progress;
mod proxy;
mod redis;
mod road;
mod samples;
mod stack;
mod tools;
mod web;
mod xml;

pub use aws::{ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY};
pub use check_files::{CheckFiles, Files, Source};
pub use costs::check_costs;
pub use data_services::DataServices;
pub use fault_proxy::FaultProxy;
pub use gate::validate_template;
pub use operations::operate;
pub use packages::{Purpose, install as install_packages};
pub use picture::check_picture;
pub use ports::{Ports, free_port};
pub use progress::Progress;
pub use proxy::{Limits, Proxy, ProxyOptions};
pub use stack::{Stack, StackOptions};
pub use tools::{JudgeTools, Tools};

//! The site's health checks: what is asked, and what is expected of the answer.
//!
//! [`SiteChecks`] are the file `checks.toml`, which is part of the program: a change of it is
//! reviewed, tested and rolled back like one. All that is wrong with it is named at once. Each
//! [`Check`] has a [`Probe`], and the types of `health-state` for all that follows from results.
//!
//! Probes only ask. What the answer comes to is decided here, as a [`Judgement`]: by
//! [`HttpExpectation::judge`], and the `judge` of each other kind of check. No judgement shows
//! a secret: what is one by its name, looks like one, or was sent as one is masked, and what
//! others wrote is cut short, with nothing in it that a terminal or a page would act on.
//!
//! Nothing secret is in the file either: a [`Setting`] names the environment variable that has
//! it, as `env:NAME`.
//!
//! [`import_gatus_file`] and [`import_blackbox_file`] make a file of checks of other tools'
//! files, as far as they say the same, and tell what they left out; [`import_gatus`] and
//! [`import_blackbox`] do so for one check.

mod address;
mod aws_services;
mod blackbox;
mod blackbox_file;
mod blackbox_http;
mod check;
mod databases;
mod defaults;
mod deployment;
mod dns;
mod event_source;
mod excerpt;
mod fault;
mod file;
mod gatus;
mod gatus_body;
mod gatus_condition;
mod gatus_file;
mod glob;
mod guard;
mod http_answer;
mod http_check;
mod http_judge;
mod import;
mod import_entry;
mod import_file;
mod json_expectation;
mod json_path;
mod judgement;
mod levels;
mod lint;
mod lint_http;
mod percent;
mod period;
mod prometheus;
mod push;
mod rds;
mod scalar;
mod secrets;
mod setting;
mod site_checks;
mod status_range;
mod tls;
mod usual;
mod windows;

pub use aws_services::{
    DynamoDbCheck, LambdaAnswer, LambdaCheck, S3Check, SqsAnswer, SqsCheck, StoreAnswer,
    TargetGroupAnswer, TargetGroupCheck,
};
pub use blackbox::import_blackbox;
pub use blackbox_file::{BlackboxTarget, BlackboxTargets, import_blackbox_file};
pub use check::{Check, Component, Probe};
pub use databases::{PostgresAnswer, PostgresCheck, RedisAnswer, RedisCheck, RedisRole};
pub use defaults::{Budget, Defaults, Flap};
pub use dns::{DnsAnswer, DnsCheck, DnsExpectation, Rcode, RecordType};
pub use event_source::{EventKind, EventSource, EventSourceError, NamedSource};
pub use fault::{ChecksError, Fault, Faults};
pub use gatus::import_gatus;
pub use gatus_condition::{GatusExpectation, gatus_condition};
pub use gatus_file::import_gatus_file;
pub use glob::is_like;
pub use guard::{Guard, GuardProbe, GuardProbeError};
pub use http_answer::{HttpAnswer, MAX_BODY_BYTES, Timings};
pub use http_check::{BodyExpectation, HeaderExpectation, HttpCheck, HttpExpectation, HttpMethod};
pub use import::{Import, Unmapped};
pub use import_file::{ImportError, ImportedFile};
pub use json_expectation::{JsonAspect, JsonExpectation};
pub use json_path::{JsonPath, JsonPathError};
pub use judgement::Judgement;
pub use levels::{Floors, Levels};
pub use percent::{Percent, PercentError};
pub use period::{Period, PeriodError};
pub use prometheus::blackbox_targets;
pub use push::PushCheck;
pub use rds::{MultiAz, PendingMaintenance, RdsAnswer, RdsCheck};
pub use scalar::Scalar;
pub use setting::{MissingVariable, Setting};
pub use site_checks::SiteChecks;
pub use status_range::{StatusRange, StatusRangeError};
pub use tls::{TcpCheck, TlsAnswer, TlsCheck, TlsVersion};
pub use windows::MaintenanceWindow;

//! One notice to one destination, once.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use alert_topic::TopicError;
use health_state::Notice;
use health_store::Destination;
use lambda_kit::{Classified, ErrorClass, IdempotencyError, Once};
use telemetry::Chain;
use tracing::{error, warn};
use webhooks::{EndpointsError, Posted, Webhook, post};

use crate::Deps;
use crate::write_notice::{body, message};

/// Longest wait for SNS.
const TIMEOUT: Duration = Duration::from_secs(10);
/// What a claim is completed with.
const TOLD: &str = "told";
const HOPELESS: &str = "hopeless";

/// What became of telling somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// They have it, by this run or one before.
    Done,
    /// It will never work.
    Hopeless,
    /// Another run is at it, or nobody knows whether one is.
    Left,
    /// It did not work now; they may have named a time to wait.
    Failed(Option<Duration>),
}

/// Why somebody was not told now.
#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("claim the notice")]
    Claim(#[from] IdempotencyError),
    #[error("publish the notice")]
    Topic(#[source] TopicError),
    #[error("publish the notice: SNS did not answer in time")]
    Silence,
    #[error("find the endpoint")]
    Endpoints(#[from] EndpointsError),
    #[error("post the notice: {0}")]
    Webhook(String, Option<Duration>),
}

impl Classified for SendError {
    fn class(&self) -> ErrorClass {
        ErrorClass::Transient
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Claim(source) => source.code(),
            Self::Topic(_) | Self::Silence => "probe.topic",
            Self::Endpoints(_) => "probe.endpoints",
            Self::Webhook(..) => "probe.webhook",
        }
    }
}

/// Tells somebody, unless another run does or has. A run that dies between telling and writing
/// that down has them told a second time, once its claim has ended.
pub(crate) async fn send_one(deps: &Deps, notice: &Notice, to: &Destination) -> Told {
    let claim = format!("notice#{}#{to}", notice.key);
    let work = async {
        match to {
            Destination::Topic => publish(deps, notice).await.map(|()| TOLD),
            Destination::Webhook(endpoint) => webhook(deps, notice, endpoint).await,
        }
    };
    match Box::pin(deps.claims.once(&claim, work)).await {
        Ok(Once::Done(HOPELESS)) => Told::Hopeless,
        Ok(Once::DoneBefore(how)) if how == HOPELESS => Told::Hopeless,
        Ok(Once::Done(_) | Once::DoneBefore(_)) => Told::Done,
        Ok(Once::InProgress) => Told::Left,
        Err(fault) => {
            warn!(
                notice.key, destination = %to, code = fault.code(), error = %Chain(&fault),
                "Could not tell of a notice"
            );
            match fault {
                SendError::Claim(_) => Told::Left,
                SendError::Webhook(_, wish) => Told::Failed(wish),
                _ => Told::Failed(None),
            }
        }
    }
}

async fn publish(deps: &Deps, notice: &Notice) -> Result<(), SendError> {
    let message = message(notice, &deps.config.site_name, &deps.config.status_url());
    match tokio::time::timeout(TIMEOUT, deps.topic.publish(&message)).await {
        Ok(published) => published.map_err(SendError::Topic),
        Err(_) => Err(SendError::Silence),
    }
}

async fn webhook(deps: &Deps, notice: &Notice, name: &str) -> Result<&'static str, SendError> {
    let Some(endpoint) = deps.endpoints.named(name).await? else {
        // It may be added: until then, this is tried again.
        let reason = "there is no webhook endpoint of that name".to_owned();
        return Err(SendError::Webhook(reason, None));
    };
    let body = body(notice, &deps.config.status_url());
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let webhook = Webhook {
        id: &notice.key,
        timestamp: now.unwrap_or_default().as_secs(),
        body: &body,
    };
    match post(webhook, endpoint, &deps.config.webhooks.allowed_hosts).await {
        Posted::Delivered => Ok(TOLD),
        Posted::Hopeless(reason) => {
            error!(notice.key, endpoint = name, reason, "Gave up a webhook");
            Ok(HOPELESS)
        }
        Posted::Failed(reason, wish) => Err(SendError::Webhook(reason, wish)),
    }
}

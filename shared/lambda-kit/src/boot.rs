use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};

use crate::BoxFuture;

/// A connection that is not up by then will not come up: the endpoint is one hop away.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// One attempt; the SDK makes three.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// The configuration all AWS clients of a process share: region, credentials
/// and endpoint from the environment, retries by the SDK (three attempts with
/// jitter), and time limits, which the SDK does not have by itself.
#[must_use]
pub fn aws_config() -> BoxFuture<'static, SdkConfig> {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build();
    Box::pin(
        aws_config::defaults(BehaviorVersion::latest())
            .timeout_config(timeouts)
            .load(),
    )
}

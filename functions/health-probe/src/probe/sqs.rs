use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use health_checks::{Period, SqsAnswer, SqsCheck};

use crate::probe::aws_error::service;
use crate::probe::metrics::{Series, count};
use crate::probe::shared::Shared;
use crate::probe::{Clients, ProbeError};

/// What the check needs of CloudWatch: SQS itself does not tell how old messages are.
pub(crate) fn series(check: &SqsCheck, queue: &str) -> Vec<Series> {
    if check.oldest.is_set() {
        vec![age(queue)]
    } else {
        Vec::new()
    }
}

fn age(queue: &str) -> Series {
    let name = queue.rsplit('/').next().unwrap_or(queue);
    Series {
        namespace: "AWS/SQS",
        metric: "ApproximateAgeOfOldestMessage",
        statistic: "Maximum",
        dimensions: vec![("QueueName", name.to_owned())],
    }
}

/// What is in a queue.
struct Depth {
    /// Messages that somebody could take.
    waiting: u64,
    /// Those that somebody has, and those that are not due yet.
    others: u64,
}

/// Asks how many messages there are, and where some are, how old they get.
pub(crate) async fn ask(
    check: &SqsCheck,
    clients: &Clients,
    shared: &Shared,
) -> Result<SqsAnswer, ProbeError> {
    let queue = clients.variables.resolve(&check.queue)?;
    let depth = depth(&clients.queues, &queue).await?;
    let dead_letters = match &check.dead_letter_queue {
        Some(dead) => {
            let dead = self::depth(&clients.queues, &clients.variables.resolve(dead)?).await?;
            Some(dead.waiting.saturating_add(dead.others))
        }
        None => None,
    };
    let oldest = match (check.oldest.is_set(), depth.waiting + depth.others) {
        (false, _) => None,
        // Of an empty queue CloudWatch soon tells nothing.
        (true, 0) => Some(Period::default()),
        (true, _) => {
            let metrics = shared.metrics(clients).await?;
            let oldest = metrics.newest(&age(&queue));
            oldest.map(|seconds| Period::from_seconds(count(seconds)))
        }
    };
    Ok(SqsAnswer {
        oldest,
        waiting: Some(depth.waiting),
        dead_letters,
    })
}

async fn depth(client: &Client, queue: &str) -> Result<Depth, ProbeError> {
    use QueueAttributeName::{
        ApproximateNumberOfMessages as Waiting, ApproximateNumberOfMessagesDelayed as Delayed,
        ApproximateNumberOfMessagesNotVisible as Taken,
    };
    let url = address(client, queue).await?;
    let request = client.get_queue_attributes().queue_url(url);
    let names = vec![Waiting, Taken, Delayed];
    let told = request.set_attribute_names(Some(names)).send().await;
    let told = told.map_err(|error| service("SQS", &error))?;
    let number = |name| -> Option<u64> { told.attributes()?.get(&name)?.parse().ok() };
    let waiting = number(Waiting).ok_or(ProbeError::Answer("messages are not counted"))?;
    Ok(Depth {
        waiting,
        others: number(Taken).unwrap_or(0) + number(Delayed).unwrap_or(0),
    })
}

async fn address(client: &Client, queue: &str) -> Result<String, ProbeError> {
    if queue.contains("://") {
        return Ok(queue.to_owned());
    }
    let found = client.get_queue_url().queue_name(queue).send().await;
    let found = found.map_err(|error| service("SQS", &error))?.queue_url;
    found.ok_or(ProbeError::Answer("the queue has no address"))
}

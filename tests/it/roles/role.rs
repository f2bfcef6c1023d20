//! Acting as a function: with the credentials of its role, and without its code.

use aws_config::SdkConfig;
use aws_sdk_cloudfront::types::{InvalidationBatch, Paths};
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_s3::error::SdkError;
use operate::{Aws, CallError};
use serde_json::{Value, json};

use super::action::{Action, GUARD, Output, SUBMISSIONS};
use crate::harness::{aws, s3, stack};

/// How a service says no.
#[derive(Debug)]
pub(super) struct Refusal {
    code: String,
    message: String,
}

pub(super) type Answer = Result<(), Refusal>;

/// What services say to who may do the thing, where the thing is not there.
const NOT_THERE: &[&str] = &[
    "ConditionalCheckFailedException",
    "EmptyBatchRequest",
    "NoSuchInvalidation",
    "NoSuchKey",
    "ReceiptHandleIsInvalid",
];

/// What services say to who may not.
const DENIED: &[&str] = &["AccessDenied", "AccessDeniedException"];

/// A function's role, assumed.
pub(super) struct Role {
    name: String,
    config: SdkConfig,
    services: Aws,
}

impl Refusal {
    /// Whether it may be done, but there is nothing to do it to.
    pub(super) fn is_for_nothing(&self) -> bool {
        NOT_THERE.contains(&self.code.as_str())
    }
}

impl Role {
    /// The role that the deployed function has. The emulator's root may assume each.
    pub(super) async fn of(function: &str) -> Self {
        let request = aws_sdk_lambda::Client::new(&aws(stack()))
            .get_function_configuration()
            .function_name(format!("sidetier-{function}"));
        let arn = request.send().await.unwrap().role().unwrap().to_owned();
        let parameters = [("RoleArn", arn.as_str()), ("RoleSessionName", "roles")];
        let root = Aws::new(aws(stack())).unwrap();
        let assumed = root.query("sts", "2011-06-15", "AssumeRole", &parameters);
        let assumed = assumed.await.unwrap();
        let document = roxmltree::Document::parse(&assumed).unwrap();
        let part = |name| text(&document, name).unwrap();
        let token = Some(part("SessionToken").to_owned());
        let (id, secret) = (part("AccessKeyId"), part("SecretAccessKey"));
        let credentials = Credentials::new(id, secret, token, None, "role");
        let config = aws(stack())
            .into_builder()
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build();
        Self {
            name: arn.rsplit('/').next().unwrap().to_owned(),
            services: Aws::new(config.clone()).unwrap(),
            config,
        }
    }

    /// Whether it was this role that was refused, and this action.
    pub(super) fn is_denied(&self, action: Action, refusal: &Refusal) -> bool {
        let name = format!("is not authorized to perform: {} ", action.name());
        let who = format!(":assumed-role/{}/", self.name);
        DENIED.contains(&refusal.code.as_str())
            && refusal.message.contains(&name)
            && refusal.message.contains(&who)
    }

    /// Does it, or what needs the same permission.
    pub(super) async fn attempt(&self, action: Action) -> Answer {
        let output = |name| stack().output(name).unwrap();
        match action {
            Action::Read(bucket, key) => {
                let get = self.services.s3().get_object().bucket(output(bucket));
                answer(get.key(key).send().await)
            }
            Action::Delete(bucket, key) => {
                let delete = self.services.s3().delete_object().bucket(output(bucket));
                answer(delete.key(key).send().await)
            }
            Action::Write(bucket, key) => self.write(output(bucket), key).await,
            Action::Item(operation, table, pk) => {
                let request = item_request(operation, table, pk);
                self.dynamodb(operation, &request).await
            }
            Action::Query(table, pk) => {
                let request = query_request(output(table), "pk", pk);
                self.dynamodb("Query", &request).await
            }
            Action::QueryDue => {
                let mut request = query_request(output(SUBMISSIONS), "due_pk", "roles");
                request["IndexName"] = "due".into();
                self.dynamodb("Query", &request).await
            }
            Action::Send(queue) => {
                let request = json!({"QueueUrl": output(queue), "Entries": []});
                self.json("sqs", "AmazonSQS.SendMessageBatch", &request)
                    .await
            }
            Action::Take(queue) => {
                let request = json!({"QueueUrl": output(queue), "ReceiptHandle": "none"});
                self.json("sqs", "AmazonSQS.DeleteMessage", &request).await
            }
            Action::Count(queue) => {
                let names = ["ApproximateNumberOfMessages"];
                let request = json!({"QueueUrl": output(queue), "AttributeNames": names});
                self.json("sqs", "AmazonSQS.GetQueueAttributes", &request)
                    .await
            }
            Action::Secret(secret) => {
                let request = json!({"SecretId": output(secret)});
                let target = "secretsmanager.GetSecretValue";
                self.json("secretsmanager", target, &request).await
            }
            Action::Tell(bus) => {
                let event = json!({"EventBusName": bus, "Source": "sidetier.cache",
                    "DetailType": "roles.judged", "Detail": "{}"});
                let request = json!({"Entries": [event]});
                self.json("events", "AWSEvents.PutEvents", &request).await
            }
            Action::Invalidate
            | Action::AskForInvalidation
            | Action::ReadDistribution
            | Action::DeleteDistribution => self.edge(action, output("DistributionId")).await,
        }
    }

    async fn write(&self, bucket: &str, key: &str) -> Answer {
        let begin = self.services.s3().create_multipart_upload();
        let begun = begin.bucket(bucket).key(key).send().await;
        if let Ok(upload) = &begun {
            let abort = s3().abort_multipart_upload().bucket(bucket).key(key);
            let abort = abort.set_upload_id(upload.upload_id().map(str::to_owned));
            abort.send().await.unwrap();
        }
        answer(begun)
    }

    async fn edge(&self, action: Action, id: &str) -> Answer {
        let client = aws_sdk_cloudfront::Client::new(&self.config);
        match action {
            Action::Invalidate => {
                let paths = Paths::builder().quantity(1).items("/no-such-page").build();
                let batch = InvalidationBatch::builder()
                    .paths(paths.unwrap())
                    .caller_reference("roles")
                    .build();
                let create = client.create_invalidation().distribution_id(id);
                answer(create.invalidation_batch(batch.unwrap()).send().await)
            }
            Action::AskForInvalidation => {
                let get = client.get_invalidation().distribution_id(id);
                answer(get.id("IROLES").send().await)
            }
            Action::ReadDistribution => {
                answer(client.get_distribution_config().id(id).send().await)
            }
            Action::DeleteDistribution => {
                let delete = client.delete_distribution().id(id);
                answer(delete.if_match("no-such-version").send().await)
            }
            other => panic!("{other:?} is not about the edge"),
        }
    }

    async fn dynamodb(&self, operation: &str, request: &Value) -> Answer {
        let target = format!("DynamoDB_20120810.{operation}");
        self.json("dynamodb", &target, request).await
    }

    async fn json(&self, service: &str, target: &str, request: &Value) -> Answer {
        match self.services.json(service, target, request).await {
            Ok(_) => Ok(()),
            Err(CallError::Refused { code, message, .. }) => Err(Refusal { code, message }),
            Err(CallError::Failed(error)) => panic!("{target}: {error:#}"),
        }
    }
}

/// A request about one item, which nothing is written by: there is none with this key.
fn item_request(operation: &str, table: Output, pk: &str) -> Value {
    let mut key = json!({"pk": {"S": pk}});
    if table != GUARD {
        key["sk"] = json!({"S": "roles"});
    }
    let mut request = json!({"TableName": stack().output(table).unwrap()});
    request[if operation == "PutItem" {
        "Item"
    } else {
        "Key"
    }] = key;
    if operation != "GetItem" {
        request["ConditionExpression"] = "attribute_exists(pk)".into();
    }
    if operation == "UpdateItem" {
        request["UpdateExpression"] = "SET judged = :judged".into();
        request["ExpressionAttributeValues"] = json!({":judged": {"BOOL": true}});
    }
    request
}

fn query_request(table: &str, key: &str, value: &str) -> Value {
    json!({
        "TableName": table,
        "KeyConditionExpression": format!("{key} = :key"),
        "ExpressionAttributeValues": {":key": {"S": value}},
    })
}

/// What S3 or CloudFront answers. The emulator's CloudFront refuses in S3's words, which its client
/// does not know.
fn answer<T, E>(answer: Result<T, SdkError<E, HttpResponse>>) -> Answer {
    answer.map(drop).map_err(|error| {
        let body = error.raw_response().and_then(|raw| raw.body().bytes());
        let xml = str::from_utf8(body.unwrap()).unwrap();
        let document = roxmltree::Document::parse(xml).unwrap();
        let part = |name| text(&document, name).unwrap_or_default().to_owned();
        Refusal {
            code: part("Code"),
            message: part("Message"),
        }
    })
}

/// The text of the first element of this name.
fn text<'a>(document: &'a roxmltree::Document<'_>, name: &str) -> Option<&'a str> {
    let mut nodes = document.descendants();
    nodes.find(|node| node.tag_name().name() == name)?.text()
}

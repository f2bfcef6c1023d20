//! What the cloud says, by the ways on which the template lets it come.
//!
//! On this machine there is neither an RDS instance nor a cache node, so their rule and topic are
//! not deployed. Here they are: as a stack of their own, with the words of the template.

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use local::{REGION, Stack};
use serde_json::Value;
use url::form_urlencoded;

use super::wait_on;
use crate::harness::{aws, wait_for};
use crate::template::resource;

/// The stack with what is not deployed on this machine. The template lets rules of such a name
/// call the function.
const STACK: &str = "sidetier-it-health";
/// What the template gives to instances and nodes.
const RESOURCES: [&str; 4] = [
    "HealthDatabaseRule",
    "CacheTopic",
    "CacheEvents",
    "CacheEventsInvoke",
];
/// Names of what is elsewhere in the template, as parameters of the stack.
const HEAD: &str = "\
Parameters:
  Database: {Type: String}
  HealthEventAlias: {Type: String}
  HealthDeadLetters: {Type: String}
Conditions:
  HasDatabaseInstance: !Equals [is, is]
  HasDatabaseProxy: !Equals [is, is not]
  HasCacheNodes: !Equals [is, is]
Resources:
";
const OUTPUTS: &str = "
Outputs:
  CacheTopicArn: {Value: !Ref CacheTopic}
";

/// The ways to health-event.
pub(super) struct Cloud<'a> {
    stack: &'a Stack,
    cache_topic: String,
}

impl<'a> Cloud<'a> {
    /// Where the database is an instance of this name.
    pub(super) fn with_database(stack: &'a Stack, instance: &str) -> Self {
        let name = stack.output("HealthEventFunctionName").unwrap();
        let account = "000000000000";
        let alias = format!("arn:aws:lambda:{REGION}:{account}:function:{name}:live");
        let dead_letters = format!("arn:aws:sqs:{REGION}:{account}:nobody-asks-for-it");
        // A run that was killed has left its own behind.
        form(stack, &[("Action", "DeleteStack"), ("StackName", STACK)]);
        let text = template();
        let mut create = vec![
            ("Action", "CreateStack"),
            ("StackName", STACK),
            ("TemplateBody", &text),
        ];
        let keys: Vec<String> = (1..=3)
            .flat_map(|number| {
                let member = format!("Parameters.member.{number}");
                [
                    format!("{member}.ParameterKey"),
                    format!("{member}.ParameterValue"),
                ]
            })
            .collect();
        let values = [
            "Database",
            instance,
            "HealthEventAlias",
            &alias,
            "HealthDeadLetters",
            &dead_letters,
        ];
        create.extend(keys.iter().map(String::as_str).zip(values));
        form(stack, &create);
        let cache_topic = wait_for("the rule and the topic", || {
            let described = form(stack, &[("Action", "DescribeStacks"), ("StackName", STACK)]);
            assert!(!described.contains("ROLLBACK"), "{described}");
            assert!(!described.contains("CREATE_FAILED"), "{described}");
            let (_, value) = described.split_once("<OutputValue>")?;
            let (topic, _) = value.split_once("</OutputValue>")?;
            described
                .contains("CREATE_COMPLETE")
                .then(|| topic.to_owned())
        });
        Self { stack, cache_topic }
    }

    /// Puts an event on the bus, as the service does that it is of.
    pub(super) fn says(&self, event: &str) {
        let event: Value = serde_json::from_str(event).unwrap();
        let text = |key: &str| event[key].as_str().unwrap().to_owned();
        let entry = PutEventsRequestEntry::builder()
            .source(text("source"))
            .detail_type(text("detail-type"))
            .detail(event["detail"].to_string())
            .build();
        let bus = aws_sdk_eventbridge::Client::new(&aws(self.stack));
        let answer = wait_on(bus.put_events().entries(entry).send()).unwrap();
        assert_eq!(answer.failed_entry_count(), 0, "{answer:?}");
    }

    /// Notifies the cache's topic, as ElastiCache does.
    pub(super) fn notifies(&self, message: &str) {
        let request = aws_sdk_sns::Client::new(&aws(self.stack))
            .publish()
            .topic_arn(&self.cache_topic)
            .subject("ElastiCache Notification")
            .message(message);
        wait_on(request.send()).unwrap();
    }

    /// In how many lines health-event has said all of these words.
    pub(super) fn heard(&self, words: &[&str]) -> usize {
        let lines = self.stack.logs("health-event").unwrap();
        let has_all = |line: &&String| words.iter().all(|word| line.contains(word));
        lines.iter().filter(has_all).count()
    }

    /// Waits until health-event has said all of these words in so many lines.
    pub(super) fn is_heard(&self, words: &[&str], times: usize) {
        wait_for(&format!("health-event to say {words:?}"), || {
            (self.heard(words) >= times).then_some(())
        });
    }
}

impl Drop for Cloud<'_> {
    fn drop(&mut self) {
        let delete = body(&[("Action", "DeleteStack"), ("StackName", STACK)]);
        // The test may have failed because nothing answers.
        let _ = self.stack.query_api("cloudformation", &delete);
    }
}

/// The resources as the template has them; what is not among them is a parameter.
fn template() -> String {
    let resources: Vec<String> = RESOURCES.iter().map(|name| resource(name)).collect();
    let resources = resources
        .join("\n")
        .replace("!Ref HealthEventFunction.Alias", "!Ref HealthEventAlias")
        .replace(
            "!GetAtt HealthDeadLetterQueue.Arn",
            "!Ref HealthDeadLetters",
        );
    format!("{HEAD}{resources}{OUTPUTS}")
}

fn body(pairs: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Version", "2010-05-15");
    form.extend_pairs(pairs);
    form.finish()
}

fn form(stack: &Stack, pairs: &[(&str, &str)]) -> String {
    stack.query_api("cloudformation", &body(pairs)).unwrap()
}

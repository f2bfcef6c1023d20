//! How the site is, as the warmers read it.

use lambda_kit::now_ms;
use local::Stack;
use serde_json::json;

/// Longer than any test: nobody else's word is heard until then.
const AHEAD_MS: i64 = 3_600_000;

/// The site's health as a test says it is. The checks are heard again when it is dropped.
pub(super) struct SaidHealth<'a> {
    stack: &'a Stack,
}

impl<'a> SaidHealth<'a> {
    /// All is well, whatever an earlier test has stopped.
    pub(super) fn good(stack: &'a Stack) -> Self {
        let health = Self { stack };
        health.say("pass");
        health
    }

    /// From now on, the database's check is like this.
    pub(super) fn say(&self, database: &str) {
        let now_ms = now_ms();
        let check = |state: &str| json!({"state": state, "since_ms": now_ms, "maintenance": false});
        let made_ms = now_ms + AHEAD_MS;
        let document = json!({
            "made_ms": made_ms,
            "checks": {"home": check("pass"), "database": check(database)},
        });
        let item = json!({
            "pk": {"S": "now"}, "sk": {"S": "-"}, "made_ms": {"N": made_ms.to_string()},
            "now": {"S": document.to_string()},
        });
        let table = self.stack.output("HealthTableName").unwrap();
        let request = json!({"TableName": table, "Item": item});
        self.stack.dynamodb("PutItem", &request).unwrap();
        // Workers believe for ten seconds what they have read.
        self.stack.kill_function_workers("warm-pages").unwrap();
    }
}

impl Drop for SaidHealth<'_> {
    fn drop(&mut self) {
        if let Ok(table) = self.stack.output("HealthTableName") {
            let key = json!({"pk": {"S": "now"}, "sk": {"S": "-"}});
            let request = json!({"TableName": table, "Key": key});
            // The test may have failed because nothing answers.
            let _ = self.stack.dynamodb("DeleteItem", &request);
        }
    }
}

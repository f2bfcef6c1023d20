//! The part of DynamoDB that the warmer uses. All tables are one.

use std::collections::BTreeMap;
use std::ops::Bound;

use serde_json::{Value, json};

/// Rows of one answer to a query: DynamoDB's are of 1 MB at most.
const PAGE: usize = 100;

type Key = (String, String);

/// Rows by `pk` and `sk`.
#[derive(Debug, Default)]
pub(super) struct Rows(BTreeMap<Key, Value>);

impl Rows {
    /// Answers a call; `None` for one that is not known here.
    pub(super) fn call(
        &mut self,
        operation: &str,
        request: &Value,
    ) -> Option<Result<Value, Value>> {
        match operation {
            "GetItem" => {
                let row = self.0.get(&key(&request["Key"])?);
                Some(Ok(
                    row.map_or_else(|| json!({}), |row| json!({ "Item": row }))
                ))
            }
            "PutItem" => {
                if !self.holds(request)? {
                    return Some(Err(json!({
                        "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
                        "message": "The conditional request failed",
                    })));
                }
                self.0
                    .insert(key(&request["Item"])?, request["Item"].clone());
                Some(Ok(json!({})))
            }
            "TransactWriteItems" => self.transact(request["TransactItems"].as_array()?),
            "Query" => self.query(request),
            _ => None,
        }
    }

    pub(super) fn row(&self, pk: &str, sk: &str) -> Option<&Value> {
        self.0.get(&(pk.to_owned(), sk.to_owned()))
    }

    pub(super) fn document(&self, pk: &str, sk: &str) -> Option<String> {
        let document = self.row(pk, sk)?["document"]["S"].as_str();
        document.map(str::to_owned)
    }

    /// Puts a row in as it was.
    pub(super) fn keep(&mut self, row: Value) {
        if let Some(key) = key(&row) {
            self.0.insert(key, row);
        }
    }

    /// All writes, or none.
    fn transact(&mut self, writes: &[Value]) -> Option<Result<Value, Value>> {
        for write in writes {
            if let Some(put) = write.get("Put")
                && !self.holds(put)?
            {
                return Some(Err(json!({
                    "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                    "message": "Transaction cancelled",
                    "CancellationReasons": [{"Code": "ConditionalCheckFailed"}],
                })));
            }
        }
        for write in writes {
            if let Some(put) = write.get("Put") {
                self.0.insert(key(&put["Item"])?, put["Item"].clone());
            } else if let Some(delete) = write.get("Delete") {
                self.0.remove(&key(&delete["Key"])?);
            } else {
                self.count(&write["Update"])?;
            }
        }
        Some(Ok(json!({})))
    }

    /// The one update there is: a chunk is done.
    fn count(&mut self, update: &Value) -> Option<()> {
        let expression = update["UpdateExpression"].as_str()?;
        if expression != "ADD chunks :one SET expires_at = :expires_at" {
            return None;
        }
        let row = self.0.entry(key(&update["Key"])?);
        let row = row.or_insert_with(|| update["Key"].clone());
        let count = row["chunks"]["N"].as_str().unwrap_or("0");
        let count = count.parse::<u64>().ok()? + 1;
        row["chunks"] = json!({"N": count.to_string()});
        Some(())
    }

    fn query(&self, request: &Value) -> Option<Result<Value, Value>> {
        let values = &request["ExpressionAttributeValues"];
        let pk = values[":pk"]["S"].as_str()?;
        let prefix = values[":prefix"]["S"].as_str().unwrap_or_default();
        let begin = match request.get("ExclusiveStartKey") {
            Some(last) => Bound::Excluded(key(last)?),
            None => Bound::Included((pk.to_owned(), prefix.to_owned())),
        };
        let found = self.0.range((begin, Bound::Unbounded));
        let found: Vec<_> = found
            .take_while(|((of, sk), _)| of == pk && sk.starts_with(prefix))
            .take(PAGE)
            .map(|(_, row)| row)
            .collect();
        let mut answer = json!({"Items": found, "Count": found.len()});
        if let (PAGE, Some(last)) = (found.len(), found.last()) {
            answer["LastEvaluatedKey"] = json!({"pk": last["pk"], "sk": last["sk"]});
        }
        Some(Ok(answer))
    }

    /// Whether a write's condition holds; `None` for one that is not known here.
    fn holds(&self, put: &Value) -> Option<bool> {
        let row = self.0.get(&key(&put["Item"])?);
        match put.get("ConditionExpression") {
            None => Some(true),
            Some(Value::String(text)) if text == "attribute_not_exists(pk)" => Some(row.is_none()),
            Some(Value::String(text)) if text == "version = :read" => {
                let read = &put["ExpressionAttributeValues"][":read"];
                Some(row.is_some_and(|row| row["version"] == *read))
            }
            Some(_) => None,
        }
    }
}

fn key(item: &Value) -> Option<Key> {
    let part = |name: &str| item[name]["S"].as_str().map(str::to_owned);
    Some((part("pk")?, part("sk")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(sk: &str, version: u32) -> Value {
        json!({"pk": {"S": "run#a"}, "sk": {"S": sk}, "version": {"N": version.to_string()}})
    }

    fn put(sk: &str, version: u32) -> Value {
        if version == 1 {
            return json!({"Item": item(sk, 1), "ConditionExpression": "attribute_not_exists(pk)"});
        }
        json!({
            "Item": item(sk, version), "ConditionExpression": "version = :read",
            "ExpressionAttributeValues": {":read": {"N": (version - 1).to_string()}},
        })
    }

    #[test]
    fn a_row_is_written_only_as_it_was_read() {
        let mut rows = Rows::default();
        let mut is_written = |version| rows.call("PutItem", &put("run", version)).unwrap().is_ok();
        assert_eq!(
            [1, 1, 2, 2, 3].map(&mut is_written),
            [true, false, true, false, true]
        );
    }

    #[test]
    fn a_transaction_writes_all_or_nothing() {
        let mut rows = Rows::default();
        let done = json!({"Update": {
            "Key": {"pk": {"S": "run#a"}, "sk": {"S": "done"}},
            "UpdateExpression": "ADD chunks :one SET expires_at = :expires_at",
        }});
        let finish = json!({"TransactItems": [{"Put": put("chunk#0", 1)}, done]});
        assert!(rows.call("TransactWriteItems", &finish).unwrap().is_ok());
        assert!(rows.call("TransactWriteItems", &finish).unwrap().is_err());
        assert_eq!(rows.row("run#a", "done").unwrap()["chunks"]["N"], "1");
    }

    #[test]
    fn long_answers_come_in_pages() {
        let mut rows = Rows::default();
        for number in 0..250 {
            let _written = rows.call("PutItem", &put(&format!("chunk#{number:06}"), 1));
        }
        let _written = rows.call("PutItem", &put("done", 1));
        let mut request = json!({"ExpressionAttributeValues":
            {":pk": {"S": "run#a"}, ":prefix": {"S": "chunk#"}}});
        let mut counts = Vec::new();
        loop {
            let answer = rows.call("Query", &request).unwrap().unwrap();
            counts.push(answer["Count"].as_u64().unwrap());
            match answer.get("LastEvaluatedKey") {
                Some(last) => request["ExclusiveStartKey"] = last.clone(),
                None => break,
            }
        }
        assert_eq!(counts, [100, 100, 50]);
    }
}

//! What the loopback server answers.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

use serde_json::{Value, json};

use super::{Message, Stored};

pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) target: String,
    pub(super) condition: Option<String>,
    pub(super) body: Vec<u8>,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(body: &Value) -> Self {
        Self {
            status: 200,
            body: body.to_string().into_bytes(),
        }
    }

    pub(super) fn fault(body: &Value) -> Self {
        Self {
            status: 400,
            body: body.to_string().into_bytes(),
        }
    }
}

pub(super) fn answer(request: &Request, stored: &mut Stored) -> Answer {
    let body = || serde_json::from_slice::<Value>(&request.body).unwrap();
    match request.target.as_str() {
        "DynamoDB_20120810.GetItem" => {
            let row = stored.rows.get(&key(&body()["Key"]));
            Answer::json(&row.map_or_else(|| json!({}), |row| json!({ "Item": row })))
        }
        "DynamoDB_20120810.PutItem" => {
            let put = body();
            if !holds(&put, stored) {
                stored.conflicts += 1;
                return Answer::fault(&json!({
                    "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
                    "message": "The conditional request failed",
                }));
            }
            stored.rows.insert(key(&put["Item"]), put["Item"].clone());
            Answer::json(&json!({}))
        }
        "DynamoDB_20120810.TransactWriteItems" => transact(&body(), stored),
        "DynamoDB_20120810.Query" => query(&body(), stored),
        "AmazonSQS.SendMessage" => {
            let sent = body();
            stored.messages.push(Message {
                queue: sent["QueueUrl"].as_str().unwrap().to_owned(),
                body: sent["MessageBody"].as_str().unwrap().to_owned(),
                delay_seconds: sent["DelaySeconds"].as_u64().unwrap_or(0),
            });
            Answer::json(&json!({"MessageId": "1"}))
        }
        "" => object(request, stored),
        other => panic!("{other} is not answered here"),
    }
}

fn transact(body: &Value, stored: &mut Stored) -> Answer {
    let writes = body["TransactItems"].as_array().unwrap();
    let fails = |write: &&Value| write.get("Put").is_some_and(|put| !holds(put, stored));
    if writes.iter().find(fails).is_some() {
        stored.conflicts += 1;
        return Answer::fault(&json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "message": "Transaction cancelled",
            "CancellationReasons": [{"Code": "ConditionalCheckFailed"}],
        }));
    }
    for write in writes {
        if let Some(put) = write.get("Put") {
            stored.rows.insert(key(&put["Item"]), put["Item"].clone());
        }
        if let Some(delete) = write.get("Delete") {
            stored.rows.remove(&key(&delete["Key"]));
        }
        if let Some(update) = write.get("Update") {
            let expression = update["UpdateExpression"].as_str().unwrap();
            assert_eq!(expression, "ADD chunks :one SET expires_at = :expires_at");
            let key = key(&update["Key"]);
            let row = stored
                .rows
                .entry(key)
                .or_insert_with(|| update["Key"].clone());
            let count: u64 = row["chunks"]["N"].as_str().unwrap_or("0").parse().unwrap();
            row["chunks"] = json!({"N": (count + 1).to_string()});
        }
    }
    Answer::json(&json!({}))
}

fn query(body: &Value, stored: &Stored) -> Answer {
    let values = &body["ExpressionAttributeValues"];
    let pk = values[":pk"]["S"].as_str().unwrap();
    let prefix = values[":prefix"]["S"].as_str().unwrap_or_default();
    let rows = stored.rows.iter();
    let items: Vec<&Value> = rows
        .filter(|((of, sk), _)| of == pk && sk.starts_with(prefix))
        .map(|(_, row)| row)
        .collect();
    Answer::json(&json!({"Items": items, "Count": items.len()}))
}

/// Whether a write's condition holds.
fn holds(put: &Value, stored: &Stored) -> bool {
    let row = stored.rows.get(&key(&put["Item"]));
    match put["ConditionExpression"].as_str() {
        None => true,
        Some("attribute_not_exists(pk)") => row.is_none(),
        Some("version = :read") => {
            let read = &put["ExpressionAttributeValues"][":read"];
            row.is_some_and(|row| row["version"] == *read)
        }
        Some(other) => panic!("{other} is not known here"),
    }
}

fn key(item: &Value) -> (String, String) {
    let part = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
    (part("pk"), part("sk"))
}

fn object(request: &Request, stored: &mut Stored) -> Answer {
    let name = request.path.split('?').next().unwrap().to_owned();
    let found = stored.objects.get(&name);
    match request.method.as_str() {
        "GET" => match found {
            Some(bytes) => Answer {
                status: 200,
                body: bytes.clone(),
            },
            None => Answer {
                status: 404,
                body: b"<Error><Code>NoSuchKey</Code></Error>".to_vec(),
            },
        },
        "PUT" => {
            let is_as_told = match request.condition.as_deref() {
                None => true,
                Some("*") => found.is_none(),
                Some(etag) => found.is_some_and(|old| format!("\"{}\"", old.len()) == etag),
            };
            if !is_as_told {
                return Answer {
                    status: 412,
                    body: b"<Error><Code>PreconditionFailed</Code></Error>".to_vec(),
                };
            }
            stored.objects.insert(name, request.body.clone());
            Answer {
                status: 200,
                body: Vec::new(),
            }
        }
        other => panic!("{other} is not answered here"),
    }
}

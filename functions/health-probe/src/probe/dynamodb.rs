use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, ScalarAttributeType, TableDescription};
use health_checks::{DynamoDbCheck, StoreAnswer};

use crate::probe::aws_error::service;
use crate::probe::phases::{Phase, Phases};
use crate::probe::{Clients, ProbeError, canary};

/// The attribute of the item that is written.
const CANARY: &str = "health_canary";

/// The key of the item that is read: each part of the table's key with a value of its type.
pub(crate) type Key = HashMap<String, AttributeValue>;

/// Reads an item that need not be there. Where the check says so, it is written before. How its
/// key looks is asked once per process.
pub(crate) async fn ask(
    id: &str,
    check: &DynamoDbCheck,
    clients: &Clients,
    phases: &Phases,
) -> Result<StoreAnswer, ProbeError> {
    let table = clients.variables.resolve(&check.table)?;
    let key = clients.table_key(id, &table).await?;
    phases.begin(Phase::FirstByte);
    let round_trip = if check.write_read {
        Some(round_trip(&clients.tables, &table, key).await?)
    } else {
        read(&clients.tables, &table, key).await?;
        None
    };
    Ok(StoreAnswer {
        round_trip,
        latency: Some(phases.finish_period()),
    })
}

/// Asks how a table's key looks, and fills it in.
pub(crate) async fn key_of(id: &str, client: &Client, table: &str) -> Result<Key, ProbeError> {
    let described = client.describe_table().table_name(table).send().await;
    let described = described.map_err(|error| service("DynamoDB", &error))?;
    let key = described.table().map(|table| fill_in(id, table));
    let key = key.filter(|key| !key.is_empty());
    key.ok_or(ProbeError::Answer("the table has no key"))
}

fn fill_in(id: &str, table: &TableDescription) -> Key {
    let text = format!("health#{id}");
    let names = table.key_schema().iter().map(|part| part.attribute_name());
    let value = |name: &str| {
        let mut definitions = table.attribute_definitions().iter();
        let own = definitions.find(|definition| definition.attribute_name() == name)?;
        Some(match own.attribute_type() {
            ScalarAttributeType::N => AttributeValue::N("0".to_owned()),
            ScalarAttributeType::B => AttributeValue::B(Blob::new(text.as_bytes())),
            _ => AttributeValue::S(text.clone()),
        })
    };
    names
        .filter_map(|name| Some((name.to_owned(), value(name)?)))
        .collect()
}

async fn read(client: &Client, table: &str, key: Key) -> Result<Option<Key>, ProbeError> {
    let get = client.get_item().table_name(table).set_key(Some(key));
    let item = get.consistent_read(true).send().await;
    Ok(item.map_err(|error| service("DynamoDB", &error))?.item)
}

async fn round_trip(client: &Client, table: &str, key: Key) -> Result<bool, ProbeError> {
    let written = canary::now();
    let put = client.put_item().table_name(table);
    let put = put
        .set_item(Some(key.clone()))
        .item(CANARY, AttributeValue::N(written.to_string()));
    put.send()
        .await
        .map_err(|error| service("DynamoDB", &error))?;
    let item = read(client, table, key).await?.unwrap_or_default();
    let read = item.get(CANARY).and_then(|value| value.as_n().ok());
    Ok(read.is_some_and(|read| canary::is_fresh(read, written)))
}

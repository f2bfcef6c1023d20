//! Of the functions that look at logs and at health.

use super::action::Action::{Count, Delete, Item, Query, Read, Secret, Send, Take, Write};
use super::action::{
    EDITOR_PASSWORD, FORMS_KEY, GUARD, HEALTH, LEDGER, LOGS, MEDIA, PUSH_KEY, RESULTS, STATUS,
    SUBMISSIONS,
};
use super::judge;

/// A log that it wrote would call it again; one that it deleted would be no evidence.
#[tokio::test]
async fn log_processor_leaves_logs_as_they_are() {
    judge(
        "log-processor",
        &[
            Read(LOGS, "alb/roles"),
            Write(RESULTS, "tables/roles"),
            Item("UpdateItem", LEDGER, "roles"),
            Take("LogQueueUrl"),
        ],
        &[
            Take("AcceptQueueUrl"),
            Write(LOGS, "alb/roles"),
            Delete(LOGS, "alb/roles"),
            Delete(RESULTS, "tables/roles"),
            Write(RESULTS, "reports/roles.html"),
            Item("DeleteItem", LEDGER, "roles"),
        ],
    )
    .await;
}

#[tokio::test]
async fn log_report_deletes_neither_logs_nor_reports() {
    judge(
        "log-report",
        &[
            Read(RESULTS, "pending/roles"),
            Delete(RESULTS, "pending/roles"),
            Write(RESULTS, "reports/roles.html"),
            Item("GetItem", LEDGER, "roles"),
        ],
        &[
            Delete(LOGS, "alb/roles"),
            Read(LOGS, "alb/roles"),
            Write(RESULTS, "pending/roles"),
            Delete(RESULTS, "reports/roles.html"),
            Item("DeleteItem", LEDGER, "roles"),
            Item("DeleteItem", GUARD, "abusive-operators"),
        ],
    )
    .await;
}

#[tokio::test]
async fn health_probe_looks_and_touches_nothing() {
    judge(
        "health-probe",
        &[
            Item("GetItem", SUBMISSIONS, "health#roles"),
            Item("PutItem", HEALTH, "roles"),
            Write(STATUS, "status/roles"),
            Count("DeliveryQueueUrl"),
        ],
        &[
            Item("PutItem", SUBMISSIONS, "health#roles"),
            Item("DeleteItem", SUBMISSIONS, "health#roles"),
            Query(SUBMISSIONS, "health#roles"),
            Read(MEDIA, "originals/roles.jpg"),
            Delete(STATUS, "status/roles"),
            Send("DeliveryQueueUrl"),
        ],
    )
    .await;
}

#[tokio::test]
async fn health_event_forgets_nothing_and_publishes_nothing() {
    judge(
        "health-event",
        &[
            Item("GetItem", HEALTH, "roles"),
            Item("UpdateItem", HEALTH, "roles"),
        ],
        &[
            Item("DeleteItem", HEALTH, "roles"),
            Query(HEALTH, "roles"),
            Item("GetItem", SUBMISSIONS, "roles"),
            Write(STATUS, "status/roles"),
        ],
    )
    .await;
}

/// Anybody may ask it.
#[tokio::test]
async fn health_web_publishes_nothing() {
    judge(
        "health-web",
        &[
            Read(STATUS, "snapshot.json"),
            Item("PutItem", HEALTH, "check#roles"),
            Secret(PUSH_KEY),
        ],
        &[
            Write(STATUS, "snapshot.json"),
            Delete(STATUS, "status/roles"),
            Item("GetItem", HEALTH, "check#roles"),
            Item("DeleteItem", HEALTH, "check#roles"),
            Secret(EDITOR_PASSWORD),
            Secret(FORMS_KEY),
        ],
    )
    .await;
}

//! Of the functions of the forms.

use super::action::Action::{Delete, Item, Query, QueryDue, Read, Secret, Send, Take, Write};
use super::action::{
    EDITOR_PASSWORD, FORMS, FORMS_KEY, GUARD, LOGS, PUSH_KEY, RESULTS, SUBMISSIONS,
};
use super::judge;

/// It is what strangers talk to.
#[tokio::test]
async fn forms_intake_cannot_see_what_it_took() {
    judge(
        "forms-intake",
        &[
            Item("PutItem", SUBMISSIONS, "roles"),
            Write(FORMS, "incoming/roles"),
            Send("AcceptQueueUrl"),
            Secret(FORMS_KEY),
        ],
        &[
            Item("GetItem", SUBMISSIONS, "roles"),
            Query(SUBMISSIONS, "roles"),
            Item("UpdateItem", SUBMISSIONS, "roles"),
            Item("DeleteItem", SUBMISSIONS, "roles"),
            Read(FORMS, "incoming/roles"),
            Write(FORMS, "clean/roles"),
            Delete(FORMS, "accepted/roles"),
            Send("DeliveryQueueUrl"),
            Secret(EDITOR_PASSWORD),
            Secret(PUSH_KEY),
        ],
    )
    .await;
}

#[tokio::test]
async fn forms_dispatch_reads_no_submission() {
    judge(
        "forms-dispatch",
        &[
            QueryDue,
            Item("UpdateItem", SUBMISSIONS, "roles"),
            Send("DeliveryQueueUrl"),
        ],
        &[
            Item("GetItem", SUBMISSIONS, "roles"),
            Query(SUBMISSIONS, "roles"),
            Item("DeleteItem", SUBMISSIONS, "roles"),
            Send("AcceptQueueUrl"),
        ],
    )
    .await;
}

#[tokio::test]
async fn forms_deliver_makes_no_submissions_and_deletes_none() {
    judge(
        "forms-deliver",
        &[
            Item("GetItem", SUBMISSIONS, "roles"),
            Item("UpdateItem", SUBMISSIONS, "roles"),
            Secret(FORMS_KEY),
            Take("DeliveryQueueUrl"),
        ],
        &[
            Take("AcceptQueueUrl"),
            Item("PutItem", SUBMISSIONS, "roles"),
            Item("DeleteItem", SUBMISSIONS, "roles"),
            Secret(EDITOR_PASSWORD),
            Read(FORMS, "clean/roles"),
        ],
    )
    .await;
}

#[tokio::test]
async fn forms_project_reads_no_uploads() {
    judge(
        "forms-project",
        &[
            Item("GetItem", SUBMISSIONS, "roles"),
            Item("UpdateItem", SUBMISSIONS, "roles"),
            Take("ProjectionQueueUrl"),
        ],
        &[
            Take("DeliveryQueueUrl"),
            Read(FORMS, "clean/roles"),
            Read(FORMS, "incoming/roles"),
            Query(SUBMISSIONS, "roles"),
            Item("DeleteItem", SUBMISSIONS, "roles"),
            Item("GetItem", GUARD, "roles"),
        ],
    )
    .await;
}

/// What it put into `accepted/` would come back to it.
#[tokio::test]
async fn forms_drain_does_not_feed_itself() {
    judge(
        "forms-drain",
        &[
            Read(FORMS, "accepted/roles"),
            Delete(FORMS, "accepted/roles"),
            Item("PutItem", SUBMISSIONS, "roles"),
            Take("AcceptQueueUrl"),
        ],
        &[
            Take("DeliveryQueueUrl"),
            Write(FORMS, "accepted/roles"),
            Read(FORMS, "clean/roles"),
            Item("GetItem", SUBMISSIONS, "roles"),
            Item("DeleteItem", SUBMISSIONS, "roles"),
        ],
    )
    .await;
}

/// It opens what strangers attach.
#[tokio::test]
async fn forms_files_does_not_feed_itself_and_deletes_no_submission() {
    judge(
        "forms-files",
        &[
            Read(FORMS, "incoming/roles"),
            Write(FORMS, "clean/roles"),
            Item("GetItem", SUBMISSIONS, "roles"),
            Take("FilesQueueUrl"),
        ],
        &[
            Take("AcceptQueueUrl"),
            Write(FORMS, "incoming/roles"),
            Read(FORMS, "clean/roles"),
            Read(FORMS, "accepted/roles"),
            Item("DeleteItem", SUBMISSIONS, "roles"),
            Secret(FORMS_KEY),
        ],
    )
    .await;
}

#[tokio::test]
async fn forms_admin_shows_nothing_unchecked_and_forges_nothing() {
    judge(
        "forms-admin",
        &[
            Item("DeleteItem", SUBMISSIONS, "roles"),
            Read(FORMS, "clean/roles"),
            Delete(FORMS, "clean/roles"),
            Secret(FORMS_KEY),
        ],
        &[
            Read(FORMS, "incoming/roles"),
            Write(FORMS, "clean/roles"),
            Read(RESULTS, "tables/roles"),
            Delete(RESULTS, "reports/roles.html"),
            Read(LOGS, "alb/roles"),
            Item("DeleteItem", GUARD, "roles"),
            Secret(EDITOR_PASSWORD),
        ],
    )
    .await;
}

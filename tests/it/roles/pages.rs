//! Of the functions that make pages and photos, and keep them warm.

use super::action::Action::{
    AskForInvalidation, Delete, DeleteDistribution, Invalidate, Item, Read, ReadDistribution,
    Secret, Send, Take, Tell, Write,
};
use super::action::{
    EDITOR_PASSWORD, FORMS, FORMS_KEY, HEALTH, MEDIA, PHOTOS, PUSH_KEY, RESULTS, RUNS, SUBMISSIONS,
    WARM_KEY,
};
use super::judge;

/// An original that it wrote would call it again.
#[tokio::test]
async fn image_derive_leaves_originals_as_they_are() {
    judge(
        "image-derive",
        &[
            Read(MEDIA, "originals/roles.jpg"),
            Write(MEDIA, "derived/sets/roles.jpg"),
            Delete(MEDIA, "derived/img/roles.jpg"),
            Take("ImageDeriveQueueUrl"),
        ],
        &[
            Take("AcceptQueueUrl"),
            Write(MEDIA, "originals/roles.jpg"),
            Delete(MEDIA, "originals/roles.jpg"),
            Write(MEDIA, "assets/roles.png"),
            Write(FORMS, "clean/roles.jpg"),
        ],
    )
    .await;
}

#[tokio::test]
async fn image_serve_writes_its_own_images_only() {
    judge(
        "image-serve",
        &[
            Read(MEDIA, "originals/roles.jpg"),
            Write(MEDIA, "derived/img/roles.jpg"),
            Item("PutItem", PHOTOS, "roles"),
        ],
        &[
            Write(MEDIA, "originals/roles.jpg"),
            Delete(MEDIA, "originals/roles.jpg"),
            Write(MEDIA, "derived/manifests/roles.json"),
            Write(MEDIA, "assets/roles.png"),
            Item("DeleteItem", PHOTOS, "roles"),
        ],
    )
    .await;
}

#[tokio::test]
async fn site_serve_takes_photos_and_nothing_else() {
    judge(
        "site-serve",
        &[Write(MEDIA, "originals/roles.jpg"), Tell("default")],
        &[
            Delete(MEDIA, "originals/roles.jpg"),
            Write(MEDIA, "derived/sets/roles.jpg"),
            Read(FORMS, "clean/roles.jpg"),
            Item("GetItem", SUBMISSIONS, "roles"),
            Tell("another"),
        ],
    )
    .await;
}

#[tokio::test]
async fn cache_invalidate_does_not_touch_the_distribution_itself() {
    judge(
        "cache-invalidate",
        &[AskForInvalidation, Tell("default")],
        &[ReadDistribution, DeleteDistribution, Tell("another")],
    )
    .await;
}

#[tokio::test]
async fn warm_plan_makes_no_page_stale() {
    judge(
        "warm-plan",
        &[
            ReadDistribution,
            Read(RESULTS, "hot-lists/roles"),
            Write(RESULTS, "reports/warming/roles"),
            Item("DeleteItem", RUNS, "roles"),
            Send("WarmP0QueueUrl"),
            Secret(WARM_KEY),
        ],
        &[
            Invalidate,
            Write(RESULTS, "hot-lists/roles"),
            Write(RESULTS, "reports/roles.html"),
            Read(RESULTS, "tables/roles"),
            Item("PutItem", HEALTH, "now"),
            Send("DeliveryQueueUrl"),
            Secret(EDITOR_PASSWORD),
        ],
    )
    .await;
}

#[tokio::test]
async fn warm_pages_knows_no_key_but_its_own() {
    judge(
        "warm-pages",
        &[
            Secret(WARM_KEY),
            Item("GetItem", HEALTH, "now"),
            Item("UpdateItem", RUNS, "roles"),
            Send("WarmP2QueueUrl"),
            Take("WarmP1QueueUrl"),
        ],
        &[
            Take("DeliveryQueueUrl"),
            Secret(EDITOR_PASSWORD),
            Secret(FORMS_KEY),
            Secret(PUSH_KEY),
            Item("PutItem", HEALTH, "now"),
            Item("DeleteItem", RUNS, "roles"),
            Send("DeliveryQueueUrl"),
        ],
    )
    .await;
}

/// What its role of the database may not is in `warming/queries.rs`.
#[tokio::test]
async fn warm_queries_writes_nothing() {
    judge(
        "warm-queries",
        &[
            Read(RESULTS, "hot-lists/roles"),
            Item("GetItem", HEALTH, "now"),
        ],
        &[
            Write(RESULTS, "hot-lists/roles"),
            Delete(RESULTS, "hot-lists/roles"),
            Read(RESULTS, "tables/roles"),
            Item("PutItem", HEALTH, "now"),
            Item("GetItem", RUNS, "roles"),
            Secret(EDITOR_PASSWORD),
        ],
    )
    .await;
}

//! An article with a photo, from the editor to the public address.

use sample_photos::{Scene, encode_jpeg, render};

use super::editor::Editor;
use crate::harness::{Answer, get, stack, wait_for};

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

fn write<'a>(key: &'a str, slug: &'a str, title: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("form_key", key),
        ("version", "0"),
        ("title", title),
        ("slug", slug),
        ("summary", "Seen from the net loft."),
        (
            "body",
            "## A heading\n\nSELECT your size; it's *fine* & <b>safe</b>.",
        ),
        ("photo_alt", "A meadow"),
        ("action", "save"),
    ]
}

#[test]
fn an_article_with_a_photo_is_public_and_cached_the_second_time() {
    let editor = Editor::sign_in(stack());
    let slug = format!("from-the-test-{}", std::process::id());
    let (key, _) = editor.form_values("/editor/articles/new");
    let photo = encode_jpeg(&render(Scene::Meadow, 800, 600, 21), 85, 1);
    let mut article = write(&key, &slug, "From the test");
    article.push(("is_published", "yes"));
    let saved = editor.post_form("/editor/articles/new", &article, Some(&photo));
    assert_eq!(saved.status, 303, "{}", text(&saved));

    let path = format!("/blog/{slug}");
    assert_eq!(get(&path, &[]).status, 200);
    // What the change made stale is removed from the edge twice, and warmed again meanwhile.
    let second = wait_for("the edge to keep the article", || {
        let answer = get(&path, &[]);
        let is_hit = answer.header("x-cache") == "Hit from cloudfront";
        (answer.status == 200 && is_hit).then_some(answer)
    });
    let page = text(&second);
    assert!(
        page.contains("<h2>A heading</h2>") && page.contains("&lt;b&gt;"),
        "{page}"
    );

    // The photo, in the format that a browser would choose.
    let start = page.find("/img/p=full,w=640,f=webp/articles/").unwrap();
    let image = page[start..].split(' ').next().unwrap().to_owned();
    let picture = wait_for("the photo", || {
        let answer = get(&image, &[]);
        (answer.status == 200).then_some(answer)
    });
    assert_eq!(picture.header("content-type"), "image/webp");

    let done = format!(
        "SELECT tag FROM cache_events WHERE tag = 'article-{slug}' AND invalidated_at IS NOT NULL"
    );
    wait_for("cache-invalidate", || {
        (stack().sql(&done).unwrap().len() == 1).then_some(())
    });
}

#[test]
fn a_draft_is_nobodys_business() {
    let editor = Editor::sign_in(stack());
    let slug = format!("draft-{}", std::process::id());
    let (key, _) = editor.form_values("/editor/articles/new");
    let saved = editor.post_form("/editor/articles/new", &write(&key, &slug, "A draft"), None);
    assert_eq!(saved.status, 303, "{}", text(&saved));
    assert_eq!(get(&format!("/blog/{slug}"), &[]).status, 404);
    assert!(text(&editor.get("/editor")).contains("A draft"));
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_lost() {
    let editor = Editor::sign_in(stack());
    let (key, _) = editor.form_values("/editor/articles/new");
    let mut article = write(&key, "Not a slug!", "Kept & shown");
    article.retain(|(name, _)| *name != "summary");
    let refused = editor.post_form("/editor/articles/new", &article, None);
    assert_eq!(refused.status, 422);
    let page = text(&refused);
    assert!(page.contains("Small letters, digits and hyphens"), "{page}");
    assert!(page.contains("1 to 300 characters are allowed"), "{page}");
    assert!(page.contains("Kept &amp; shown"), "{page}");
}

#[test]
fn of_two_editors_the_slower_one_is_told() {
    let editor = Editor::sign_in(stack());
    let path = "/editor/products/dip-bowl";
    let (key, version) = editor.form_values(path);
    let change = |summary: &'static str| {
        let pairs = [
            ("form_key", key.as_str()),
            ("version", version.as_str()),
            ("name", "Dip bowl"),
            ("summary", summary),
            ("description", "Small enough to be everywhere."),
            ("price", "15,50"),
            ("stock", "79"),
        ];
        editor.post(path, &pairs)
    };
    assert_eq!(change("The faster one.").status, 303);
    let slower = change("The slower one.");
    assert_eq!(slower.status, 409);
    let page = text(&slower);
    assert!(page.contains("Somebody else has changed this"), "{page}");
    assert!(page.contains("The slower one."), "{page}");
    // A page that no HTTP cache has.
    let shown = text(&get("/products/dip-bowl?after=the-change", &[]));
    assert!(
        shown.contains("15.50") && !shown.contains("The slower one."),
        "{shown}"
    );
}

#[test]
fn forms_of_other_pages_change_nothing() {
    let editor = Editor::sign_in(stack());
    let forged = editor.post_form("/editor/articles/new", &write("guessed", "x", "X"), None);
    assert_eq!(forged.status, 403);
    let nobody = get("/editor/articles/new", &[]);
    assert_eq!(
        (nobody.status, nobody.header("location")),
        (303, "/editor/sign-in")
    );
    assert_eq!(nobody.header("cache-control"), "private, no-store");
}

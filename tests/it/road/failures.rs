//! What visitors see while a tier is dead.

use local::Stack;

use crate::harness::{Answer, fragile_stack, get_from, wait_for};

fn page(stack: &Stack, path: &str) -> Answer {
    get_from(stack, path, &[])
}

#[test]
fn one_dead_web_server_is_not_noticed() {
    let stack = fragile_stack();
    stack.kill_web_server(0).unwrap();
    for number in 0..10 {
        // Pages that no cache has.
        let answer = page(&stack, &format!("/search?q=one-dead-{number}"));
        assert_eq!(answer.status, 200, "page {number}");
    }
    stack.start_web_server(0).unwrap();
}

#[test]
fn pages_that_were_seen_are_served_without_any_web_server() {
    let stack = fragile_stack();
    let seen = ["/", "/products", "/blog", "/pages/about"];
    for path in seen {
        assert_eq!(page(&stack, path).status, 200, "{path}");
    }
    stack.kill_web_server(0).unwrap();
    stack.kill_web_server(1).unwrap();
    for path in seen {
        let answer = page(&stack, path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("x-cache"), "Hit from cloudfront", "{path}");
    }
    let unseen = page(&stack, "/search?q=nobody-is-there");
    assert_eq!(unseen.status, 502);
    stack.start_web_server(0).unwrap();
    stack.start_web_server(1).unwrap();
    wait_for("a page from the web servers", || {
        let answer = page(&stack, "/search?q=they-are-back");
        (answer.status == 200).then_some(())
    });
}

#[test]
fn without_postgresql_what_redis_holds_is_served() {
    let stack = fragile_stack();
    // Into Redis, by one address; asked for by another, which no HTTP cache has seen.
    assert_eq!(page(&stack, "/blog?from=before").status, 200);
    stack.stop_postgres().unwrap();
    let answer = page(&stack, "/blog?from=after");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-cache"), "Miss from cloudfront");
    stack.start_postgres().unwrap();
    wait_for("a search to be answered again", || {
        let answer = page(&stack, "/search?q=the-database-is-back");
        (answer.status == 200).then_some(())
    });
}

#[test]
fn without_redis_pages_come_from_postgresql() {
    let stack = fragile_stack();
    stack.stop_redis().unwrap();
    for number in 0..8 {
        let answer = page(&stack, &format!("/blog?without-redis={number}"));
        assert_eq!(answer.status, 200, "page {number}");
    }
    stack.start_redis().unwrap();
}

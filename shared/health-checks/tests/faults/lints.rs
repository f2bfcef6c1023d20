//! What the linter finds.

use std::fmt::Write;

use crate::{assert_fault, faults, of_check};

const PUSH: &str = "push = { grace = \"1h\" }\n";

#[test]
fn times_and_counts_have_bounds() {
    for (keys, fault) in [
        ("every = \"30s\"", "`every` 30s is not between 1m and 1d"),
        (
            "timeout = \"26s\"",
            "`timeout` 26s is more than the run's budget: at most 25s is allowed",
        ),
        (
            "timeout = \"50ms\"",
            "`timeout` 50ms is less than 100ms, which is the least",
        ),
        ("fail_after = 0", "`fail_after` 0 is not between 1 and 20"),
        ("pass_after = 21", "`pass_after` 21 is not between 1 and 20"),
        (
            "remind = \"1m\"",
            "`remind` is less than 5m, which is the least",
        ),
        (
            "public = { name = \" \" }",
            "`public.name` is not one line of 1 to 60 characters",
        ),
        (
            "depends_on = [\"b\"]",
            "it depends on `b`, which does not exist: only ids of checks are allowed",
        ),
        ("depends_on = [\"a\"]", "it depends on itself: a → a"),
        (
            "events = [\"alarm:*\"]",
            "`events: alarm:*` is no name: 3 to 255 characters without blanks are needed besides `*`",
        ),
        (
            "events = [\"rds:a-b\", \"rds:a-b\"]",
            "`events` has `rds:a-b` more than once",
        ),
    ] {
        assert_fault(&format!("{PUSH}{keys}"), fault);
    }
    assert_fault(
        "push = { grace = \"5s\" }",
        "`grace` 5s is less than 1m, which is the least",
    );
    let both = of_check(&format!("{PUSH}every = \"1s\"\ntimeout = \"2s\""));
    assert_eq!(
        both[1],
        "`timeout` 2s is more than the interval: at most 1s is allowed"
    );
    assert_fault(
        "tcp = { address = \"a.example:1\", latency = { fail = \"3s\" } }",
        "`latency.fail` 3s is never reached: less than the timeout 3s is allowed",
    );
}

#[test]
fn addresses_and_secrets_are_looked_at() {
    for (keys, fault) in [
        (
            "http = { url = \"https://\" }",
            "`url` is no address with a host, such as `https://www.shop.example/`, or `env:NAME`",
        ),
        (
            "http = { url = \"https:///path\" }",
            "`url` has no host: one is needed after `://`",
        ),
        (
            "http = { url = \"ftp://a.example\" }",
            "`url` has the scheme `ftp`: `http` and `https` are allowed",
        ),
        (
            "http = { url = \"https://u:p@a.example\" }",
            "`url` has credentials: a header with `env:NAME` is allowed",
        ),
        (
            "http = { url = \"https://a.example/?token=x\" }",
            "`url` has a parameter with the name of a secret: a header with `env:NAME` is allowed",
        ),
        (
            "http = { url = \"${URL}\" }",
            "`url` has an unknown form of an environment variable: `env:NAME` is allowed, with A-Z, 0-9 and `_`",
        ),
        (
            "http = { url = \"env:URL\", headers = { authorization = \"Basic eA==\" } }",
            "`headers.authorization` may be secret: only the variable that has it is allowed, as `env:NAME`",
        ),
        (
            "http = { url = \"env:URL\", headers = { x-id = \"AKIAIOSFODNN7EXAMPLE\" } }",
            "`headers.x-id` looks like a secret: only the variable that has it is allowed, as `env:NAME`",
        ),
        (
            "postgres = { url = \"postgres://a/b\" }",
            "`url` may be secret: only the variable that has it is allowed, as `env:NAME`",
        ),
        (
            "redis = { url = \"\" }",
            "`url` is empty: a value is needed, or `env:NAME`",
        ),
        (
            "tcp = { address = \"a.example\" }",
            "`address` is no host and port such as `db.example:5432` or `[::1]:443`",
        ),
        (
            "dns = { name = \"a b\" }",
            "`name` is no name of DNS such as `www.shop.example`",
        ),
        (
            "tls = { address = \"a:1\", names = [\"*.a\"] }",
            "`names` has `*.a`: a host's name is allowed",
        ),
        (
            "http = { url = \"env:URL\", redirects = 6 }",
            "`redirects` 6 is more than 5, which is the most",
        ),
        (
            "sqs = { queue = \"q\", dead_letters = { fail = 1 } }",
            "`dead_letters` are counted of no queue: `dead_letter_queue` is needed",
        ),
    ] {
        assert_fault(keys, fault);
    }
}

#[test]
fn faults_of_all_checks_are_named_at_once() {
    let found = faults(
        r#"
        [budget]
        total = "40s"
        parallel = 0
        [guard]
        any_of = []
        [defaults]
        flap = { window = 1, high = 20, low = 30 }
        [[check]]
        id = "Bad Id"
        push = { grace = "1h" }
        [[check]]
        id = "two"
        push = { grace = "1h" }
        tcp = { address = "a.example:1" }
        [[check]]
        id = "none"
        [[check]]
        id = "typo"
        every = "soon"
        [[check]]
        id = "typo-2"
        http = { url = "env:A", expect = { statuses = [200] } }
        [[check]]
        id = "path"
        http = { url = "env:A", expect = { json = [{ path = "a.b" }] } }
        [[check]]
        id = "web"
        depends_on = ["api"]
        push = { grace = "1h" }
        public = { name = "Shop" }
        [[check]]
        id = "api"
        depends_on = ["web", "gone"]
        push = { grace = "1h" }
        public = { name = "Shop" }
        [[check]]
        id = "api"
        push = { grace = "1h" }
        [[maintenance]]
        id = "m"
        checks = ["gone"]
        weekly = { day = "sun", time = "03:00", time_zone = "Europe/Berlin", duration = "1h" }
        [[maintenance]]
        id = "n"
        weekly = { day = "sun", time = "25:00", time_zone = "Europe/Berlin", duration = "1h" }
        [[maintenance]]
        id = "o"
        once = { from = "2026-12-05T02:00:00Z", to = "2026-12-05T02:00:00Z" }
        "#,
    );
    for expected in [
        "budget: `total` 40s is not between 1s and 25s",
        "budget: `parallel` 0 is not between 1 and 100",
        "guard: `any_of` is empty: `dns:a.example` or `tcp:a.example:443` is needed",
        "defaults: `flap.window` 1 is not between 2 and 200",
        "defaults: `flap.low` 30 and `flap.high` 20 must be in this order, up to 100",
        "check `Bad Id`: an id has a-z, 0-9 and `-`, and at most 40 of them",
        "check `two`: it asks tcp, push: one of `http`, `tcp`, `tls`",
        "check `none`: it asks nothing: one of `http`",
        "check `typo` (line 18): `soon` is no duration such as `500ms`, `3s`",
        "check `typo-2` (line 21): unknown field `statuses`, expected one of `status`",
        "check `path` (line 24): `a.b` is no path such as `$.items[0].name`",
        "check `api`: it depends on itself: api → web → api",
        "check `api`: it depends on `gone`, which does not exist: only ids of checks are allowed",
        "check `api`: the public name `Shop` is that of `web` already",
        "check `api`: the id is there more than once: each is allowed once",
        "maintenance `m`: check `gone` does not exist: only ids of checks are allowed",
        "maintenance `n`: `25:00` is no time of day such as `03:00`",
        "maintenance `o`: `to` must be after `from`",
    ] {
        assert!(
            found.iter().any(|fault| fault.starts_with(expected)),
            "{expected}\n{found:#?}"
        );
    }
}

#[test]
fn there_are_only_so_many_checks_and_components() {
    let mut text = String::new();
    for number in 0..201 {
        let public = if number < 51 {
            format!("public = {{ name = \"{number}\" }}\n")
        } else {
            String::new()
        };
        writeln!(text, "[[check]]\nid = \"c-{number}\"\n{PUSH}{public}").unwrap();
    }
    assert_eq!(
        faults(&text),
        [
            "the file: 201 checks are more than 200, which is the most",
            "the file: 51 public components are more than 50, which is the most"
        ]
    );
}

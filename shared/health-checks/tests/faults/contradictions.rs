//! Expectations that contradict themselves.

use crate::{assert_fault, of_check};

#[test]
fn levels_are_in_order() {
    for (keys, fault) in [
        (
            "redis = { url = \"env:A\", memory_pct = { warn = 95, fail = 80 } }",
            "`memory_pct` would warn at 95 % but fails at 80 % already: only what is below 80 % is allowed",
        ),
        (
            "tls = { address = \"a.example:443\", days = { warn = 5, fail = 10 } }",
            "`days` would warn at 5 but fails at 10 already: only what is above 10 is allowed",
        ),
        (
            "sqs = { queue = \"q\", oldest = { warn = \"9m\", fail = \"5m\" } }",
            "`oldest` would warn at 9m but fails at 5m already: only what is below 5m is allowed",
        ),
    ] {
        assert_fault(keys, fault);
    }
}

#[test]
fn what_can_never_hold_is_refused() {
    for (expect, fault) in [
        (
            "status = []",
            "what is expected can never hold: `expect.status` is empty, one status is needed",
        ),
        (
            "body = { contains = [\"a<b\"], not_contains = [\"<\"] }",
            "what is expected can never hold: a text of `body.not_contains` is part of one that is wanted",
        ),
        (
            "body = { equals = \"ok\", contains = [\"yes\"] }",
            "what is expected can never hold: `body.equals` has not all of `body.contains` in it",
        ),
        (
            "headers = [{ name = \"x\", present = false, equals = \"1\" }]",
            "what is expected of header `x` can never hold: one part of it forbids another",
        ),
        (
            "headers = [{ name = \"x\" }]",
            "nothing is expected of header `x`: `present`, `equals`, `contains` or `not_contains` is needed",
        ),
        (
            "headers = [{ name = \"set-cookie\", equals = \"1\" }]",
            "the value of header `set-cookie` may be secret: only `present` and `not_contains` are allowed",
        ),
        (
            "json = [{ path = \"$.a\", exists = false, equals = 1 }]",
            "`$.a` can never both be missing and be compared: drop one",
        ),
        (
            "json = [{ path = \"$.a\", at_least = 3, less_than = 3 }]",
            "what is expected of `$.a` can never hold: no number is between 3 and 3",
        ),
        (
            "json = [{ path = \"$.a\", equals = 5, at_most = 4 }]",
            "what is expected of `$.a` can never hold: 5 is not at most 4",
        ),
        (
            "json = [{ path = \"$.a\", equals = \"x\", like = \"y*\" }]",
            "what is expected of `$.a` can never hold: \"x\" is not like `y*`",
        ),
        (
            "json = [{ path = \"$.a\", of = \"length\", equals = \"x\" }]",
            "what is expected of `$.a` can never hold: no length is \"x\"",
        ),
        (
            "json = [{ path = \"$.a\", any_of = [] }]",
            "what is expected of `$.a` can never hold: `any_of` is empty",
        ),
        (
            "tls = true",
            "what is expected can never hold: `expect.tls` and `expect.certificate_days` must suit `http`",
        ),
        (
            "certificate_days = { fail = 500 }\ntls = false",
            "`certificate_days` can never hold: less than 398 is allowed",
        ),
    ] {
        let expect = expect.replace('\n', ", ");
        let keys = format!("http = {{ url = \"http://a.example\", expect = {{ {expect} }} }}");
        assert_eq!(of_check(&keys).last().unwrap(), fault);
    }
    for (keys, fault) in [
        (
            "http = { url = \"env:A\", method = \"HEAD\", expect = { body = { contains = [\"a\"] } } }",
            "what is expected can never hold: there is no body with HEAD, only with GET",
        ),
        (
            "dns = { name = \"a.example\", expect = { rcode = \"NXDOMAIN\", min_answers = 1 } }",
            "what is expected can never hold: no records come with NXDOMAIN",
        ),
        (
            "redis = { url = \"env:A\", role = \"replica\", set_get = true }",
            "`role` replica and `set_get` can never both hold: a replica takes no writes",
        ),
        (
            "postgres = { url = \"env:A\", write_canary = true, replica_lag = { fail = \"1m\" } }",
            "`write_canary` and `replica_lag` can never both hold: a replica takes no writes",
        ),
    ] {
        assert_fault(keys, fault);
    }
}

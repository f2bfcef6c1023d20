//! Finds what is wrong with queries.

use std::collections::BTreeSet;

use cache_entry::MAX_TAGS;
use health_checks::{Faults, Percent, Period};

use super::fault::shown;
use super::lint::is_id;
use super::{Query, SiteWarming};

const MAX_QUERIES: usize = 100;
const MAX_TOP: usize = 1000;
const MAX_ROWS: u32 = 1000;
const MIN_TTL: Period = Period::from_seconds(1);
/// Tags are kept so long, and end what is stored under them.
const MAX_TTL: Period = Period::from_seconds(30 * 86_400);
const MIN_EVERY: Period = Period::from_seconds(60);
const MAX_EVERY: Period = Period::from_seconds(30 * 86_400);
const MIN_TIMEOUT: Period = Period::from_ms(100);
const MAX_TIMEOUT: Period = Period::from_seconds(30);

pub(crate) fn lint_queries(site: &SiteWarming, faults: &mut Faults) {
    if site.queries.len() > MAX_QUERIES {
        let count = site.queries.len();
        faults.add(
            "the file",
            format!("{count} queries are more than {MAX_QUERIES}, which is the most"),
        );
    }
    let (mut ids, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for query in &site.queries {
        let place = format!("query `{}`", shown(&query.id));
        if !is_id(&query.id) {
            faults.add(&place, "an id has a-z, 0-9 and `-`, and at most 40 of them");
        }
        if !ids.insert(&query.id) {
            faults.add(
                &place,
                "the id is there more than once: each is allowed once",
            );
        }
        if !keys.insert(query.key.to_string()) {
            let key = shown(&query.key.to_string());
            faults.add(&place, format!("`key` `{key}` is that of another query"));
        }
        if site.target(&query.target).is_none() {
            let target = shown(&query.target);
            faults.add(&place, format!("target `{target}` does not exist"));
        }
        lint_sql(&place, query, faults);
        lint_names(&place, query, faults);
        lint_numbers(&place, query, faults);
    }
}

/// Only reads, one statement, and all that is bound.
fn lint_sql(place: &str, query: &Query, faults: &mut Faults) {
    let sql = query.sql.trim();
    let first = sql.split_whitespace().next().unwrap_or_default();
    if !["select", "with"].contains(&first.to_ascii_lowercase().as_str()) {
        faults.add(place, "`sql` begins with neither `SELECT` nor `WITH`");
    }
    if sql.contains(';') {
        faults.add(
            place,
            "`sql` has a `;`: one statement without it is allowed",
        );
    }
    let names = query.paths.names().count();
    let used = parameters(sql);
    for number in 1..=names {
        if !used.contains(&number) {
            faults.add(
                place,
                format!("`sql` does not use `${number}`, which `paths` names"),
            );
        }
    }
    for number in used.iter().filter(|number| !(1..=names).contains(*number)) {
        faults.add(
            place,
            format!("`sql` uses `${number}`, and `paths` has {names} names"),
        );
    }
}

/// The numbers that follow `$`.
fn parameters(sql: &str) -> BTreeSet<usize> {
    let after = sql.split('$').skip(1);
    let number = |text: &str| {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        text.get(..digits)?.parse().ok()
    };
    after.filter_map(number).collect()
}

fn lint_names(place: &str, query: &Query, faults: &mut Faults) {
    let known: BTreeSet<&str> = query.paths.names().collect();
    let of_key: BTreeSet<&str> = query.key.names().collect();
    for name in known.difference(&of_key) {
        faults.add(
            place,
            format!("`key` has no `{{{name}}}`: answers would take each other's place"),
        );
    }
    let of_tags = query.tags.iter().flat_map(super::Template::names);
    for name in query.key.names().chain(of_tags) {
        if !known.contains(name) {
            faults.add(place, format!("`{{{name}}}` is no name of `paths`"));
        }
    }
    if query.tags.len() > MAX_TAGS {
        faults.add(place, format!("more than {MAX_TAGS} tags are not allowed"));
    }
    if query.tags.is_empty() {
        faults.add(
            place,
            "`tags` is empty: nothing could make the answer invalid",
        );
    }
}

fn lint_numbers(place: &str, query: &Query, faults: &mut Faults) {
    let periods = [
        ("ttl", query.ttl, MIN_TTL, query.hard_ttl.min(MAX_TTL)),
        ("hard_ttl", query.hard_ttl, MIN_TTL, MAX_TTL),
        ("every", query.every, MIN_EVERY, MAX_EVERY),
        ("timeout", query.timeout, MIN_TIMEOUT, MAX_TIMEOUT),
    ];
    for (name, period, least, most) in periods {
        if period < least || period > most {
            faults.add(
                place,
                format!("`{name}` {period} is not between {least} and {most}"),
            );
        }
    }
    if query.jitter > Percent::of(1, 2) {
        let jitter = query.jitter;
        faults.add(
            place,
            format!("`jitter` {jitter} is more than 50, which is the most"),
        );
    }
    if !(1..=MAX_ROWS).contains(&query.max_rows) {
        let rows = query.max_rows;
        faults.add(
            place,
            format!("`max_rows` {rows} is not between 1 and {MAX_ROWS}"),
        );
    }
    if !(1..=MAX_TOP).contains(&query.top) {
        let top = query.top;
        faults.add(place, format!("`top` {top} is not between 1 and {MAX_TOP}"));
    }
}

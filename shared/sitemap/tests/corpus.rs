//! The reader against mutations of a committed corpus: what breaks a parser is mostly near to
//! what it expects.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

use std::ops::ControlFlow;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use sitemap::{Cursor, Entry, Hosts, ReadOptions, SitemapError, Totals, read_robots, read_sitemap};

const CORPUS: [&[u8]; 6] = [
    include_bytes!("../corpus/pages.xml"),
    include_bytes!("../corpus/prefixed.xml"),
    include_bytes!("../corpus/index.xml"),
    include_bytes!("../corpus/pages.txt"),
    include_bytes!("../corpus/robots.txt"),
    include_bytes!("../corpus/page.html"),
];

/// A change of some bytes.
#[derive(Debug, Clone)]
enum Mutation {
    Replace(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Repeat(Index, usize, usize),
    Truncate(Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    // What means something to XML, besides any byte.
    let tokens: Vec<&[u8]> = vec![
        b"<",
        b">",
        b"/>",
        b"</",
        b"<!",
        b"<!-",
        b"<!--",
        b"<!-->",
        b"<!--->",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"<![",
        b"<?",
        b"?>",
        b"<??>",
        b"<?xml?>",
        b"<?xml version='1.1'?>",
        b"<!DOCTYPE",
        b"<!DOCTYPE>",
        b"<!D [",
        b"<!ENTITY a 'b'>",
        b"]>",
        b"&",
        b"&;",
        b"&#",
        b"&#;",
        b"&#x;",
        b"&#x110000;",
        b"&amp;",
        b"&a;",
        b"<>",
        b"</>",
        b"< >",
        b"<:>",
        b"<:a>",
        b"<a:>",
        b" xmlns=''",
        b" xmlns:a=''",
        b" xmlns:xml='a'",
        b" a",
        b" a=",
        b" a='",
        b"\"",
        b"'",
        b"=",
        b"\0",
        b"\xff",
        b"\xc3",
        b"\xef\xbb\xbf",
        b"\r",
        b"\n",
        b"\t",
        b"<url>",
        b"</url>",
        b"<loc>",
        b"</loc>",
        b"<urlset>",
        b"</urlset>",
        b"<url/>",
        b"<loc/>",
        b"https://",
        b"#",
        b":",
        b"Sitemap:",
    ];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Replace(at, byte)),
        (any::<Index>(), select(tokens))
            .prop_map(|(at, token)| Mutation::Insert(at, token.to_vec())),
        (any::<Index>(), 1usize..40).prop_map(|(at, count)| Mutation::Remove(at, count)),
        (any::<Index>(), 1usize..30, 2usize..300)
            .prop_map(|(at, count, times)| Mutation::Repeat(at, count, times)),
        any::<Index>().prop_map(Mutation::Truncate),
    ]
}

fn mutate(bytes: &mut Vec<u8>, mutation: &Mutation) {
    if bytes.is_empty() {
        return;
    }
    match mutation {
        Mutation::Replace(at, byte) => {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        Mutation::Insert(at, token) => {
            let at = at.index(bytes.len());
            bytes.splice(at..at, token.iter().copied());
        }
        Mutation::Remove(at, count) => {
            let at = at.index(bytes.len());
            bytes.drain(at..bytes.len().min(at + count));
        }
        Mutation::Repeat(at, count, times) => {
            let at = at.index(bytes.len());
            let part = bytes[at..bytes.len().min(at + count)].to_vec();
            bytes.splice(at..at, part.repeat(*times));
        }
        Mutation::Truncate(at) => bytes.truncate(at.index(bytes.len())),
    }
}

/// Reads from a place on, and stops after so many entries.
fn read(bytes: &[u8], from: Cursor, most: usize) -> (Vec<Entry>, Totals, bool) {
    let hosts = Hosts::new(["www.example.com"]).unwrap();
    let options = ReadOptions {
        hosts,
        from,
        ..ReadOptions::default()
    };
    let mut entries = Vec::new();
    let result = read_sitemap(bytes, &options, |entry| {
        entries.push(entry);
        if entries.len() < most {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    let is_fault = result.is_err();
    let totals = result.unwrap_or_else(|SitemapError { read, .. }| *read);
    (entries, totals, is_fault)
}

fn is_accounted_for(entries: &[Entry], totals: &Totals) -> bool {
    totals.pages + totals.sitemaps == entries.len() as u64
        && totals.entries == totals.skipped + entries.len() as u64 + totals.bad_entries()
        && totals.samples.len() as u64 == totals.bad_entries().min(5)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 3000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn mutations_are_read_or_refused_with_each_entry_accounted_for(
        which in select(&CORPUS[..]),
        mutations in proptest::collection::vec(mutation(), 1..6),
        most in 1usize..4,
    ) {
        let mut bytes = which.to_vec();
        for mutation in &mutations {
            mutate(&mut bytes, mutation);
        }
        let (whole, totals, is_fault) = read(&bytes, Cursor::default(), usize::MAX);
        prop_assert!(is_accounted_for(&whole, &totals), "{totals:?}");
        for entry in &whole {
            let (Entry::Page(sitemap::Page { location, .. })
            | Entry::Sitemap(sitemap::Child { location, .. })) = entry;
            let url = url::Url::parse(location).unwrap();
            prop_assert_eq!(url.host_str(), Some("www.example.com"));
            prop_assert!(url.fragment().is_none());
        }
        // In several runs it is the same.
        let (mut entries, mut bad, mut from) = (Vec::new(), 0, Cursor::default());
        loop {
            let (part, read, has_failed) = read(&bytes, from, most);
            prop_assert!(is_accounted_for(&part, &read), "{read:?}");
            entries.extend(part);
            bad += read.bad_entries();
            from = read.cursor();
            if !read.is_stopped {
                prop_assert_eq!(has_failed, is_fault);
                break;
            }
        }
        prop_assert_eq!((&entries, bad, from), (&whole, totals.bad_entries(), totals.cursor()));
        let options = ReadOptions::default();
        let _ = read_robots(&bytes[..], &options, |_| ControlFlow::Continue(()));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let (entries, totals, _) = read(&bytes, Cursor::default(), usize::MAX);
        prop_assert!(is_accounted_for(&entries, &totals));
    }
}

//! What is read of the committed samples, and where reading ends.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

mod ends;

use std::io::Write;
use std::ops::ControlFlow;

use sitemap::{
    Alternate, BadReason, ChangeFrequency, Child, Cursor, Entry, Fault, Format, Hosts, Limits,
    Page, ReadOptions, SitemapError, Totals, read_robots, read_sitemap,
};

const PAGES: &[u8] = include_bytes!("../../corpus/pages.xml");
const PREFIXED: &[u8] = include_bytes!("../../corpus/prefixed.xml");
const INDEX: &[u8] = include_bytes!("../../corpus/index.xml");
const TEXT: &[u8] = include_bytes!("../../corpus/pages.txt");
const ROBOTS: &[u8] = include_bytes!("../../corpus/robots.txt");

fn options() -> ReadOptions {
    ReadOptions {
        hosts: Hosts::new(["www.example.com"]).unwrap(),
        ..ReadOptions::default()
    }
}

fn limited(limit: impl FnOnce(&mut Limits)) -> ReadOptions {
    let mut options = options();
    limit(&mut options.limits);
    options
}

type Read = (Vec<Entry>, Result<Totals, SitemapError>);

fn read_with(bytes: &[u8], options: &ReadOptions) -> Read {
    let mut entries = Vec::new();
    let result = read_sitemap(bytes, options, |entry| {
        entries.push(entry);
        ControlFlow::Continue(())
    });
    (entries, result)
}

fn read(bytes: &[u8]) -> (Vec<Entry>, Totals) {
    let (entries, result) = read_with(bytes, &options());
    (entries, result.unwrap())
}

fn fault(bytes: &[u8]) -> Fault {
    read_with(bytes, &options()).1.unwrap_err().fault
}

fn locations(entries: &[Entry]) -> Vec<&str> {
    let location = |entry| match entry {
        &Entry::Page(Page { ref location, .. }) | &Entry::Sitemap(Child { ref location, .. }) => {
            location.as_str()
        }
    };
    entries.iter().map(location).collect()
}

fn urlset(content: &str) -> Vec<u8> {
    format!("<urlset>{content}</urlset>").into_bytes()
}

/// The reasons of the bad entries among locations written as they stand in XML.
fn reasons(locations: &[&str]) -> Vec<Option<BadReason>> {
    let reason = |location: &&str| {
        let (_, totals) = read(&urlset(&format!("<url><loc>{location}</loc></url>")));
        assert_eq!(totals.entries, 1);
        totals.samples.first().map(|sample| sample.reason)
    };
    locations.iter().map(reason).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn pages_have_all_that_the_protocol_says_of_them() {
    let (entries, totals) = read(PAGES);
    let alternate = |language: &str, location: &str| Alternate {
        language: language.to_owned(),
        location: location.to_owned(),
    };
    assert_eq!(
        entries[1],
        Entry::Page(Page {
            location: "https://www.example.com/catalog?item=12&desc=vacation_hawaii".to_owned(),
            last_modified_ms: Some(1_795_824_000_000),
            priority: Some(850),
            change_frequency: None,
            alternates: vec![
                alternate("de", "https://www.example.com/de/catalog?a=1&b=2"),
                alternate("x-default", "https://www.example.com/catalog"),
            ],
        })
    );
    let Entry::Page(first) = &entries[0] else {
        panic!("{entries:?}")
    };
    assert_eq!(first.last_modified_ms, Some(1_795_863_600_000));
    assert_eq!(first.change_frequency, Some(ChangeFrequency::Daily));
    assert_eq!(
        locations(&entries)[2..],
        [
            "https://www.example.com/a?b=1&c=2",
            "https://www.example.com/中文/'"
        ]
    );
    assert_eq!(totals.format, Some(Format::UrlSet));
    assert_eq!((totals.entries, totals.pages, totals.bad_fields), (7, 4, 1));
    assert_eq!(totals.bytes, PAGES.len() as u64);
    let samples: Vec<_> = totals
        .samples
        .iter()
        .map(|s| (s.position, s.reason))
        .collect();
    assert_eq!(
        samples,
        [
            (4, BadReason::OtherHost),
            (5, BadReason::Relative),
            (6, BadReason::Missing)
        ]
    );
}

#[test]
fn namespaces_count_and_prefixes_do_not() {
    let (entries, totals) = read(PREFIXED);
    let all = [1, 2, 3].map(|number| format!("https://www.example.com/{number}"));
    assert_eq!(locations(&entries), all);
    assert_eq!(totals.foreign, 1);
    let undeclared = b"<x:urlset><x:url><x:loc>https://www.example.com/</x:loc></x:url></x:urlset>";
    assert_eq!(read(undeclared).0.len(), 1);
}

#[test]
fn an_index_names_sitemaps() {
    let (entries, totals) = read(INDEX);
    assert_eq!(
        entries[0],
        Entry::Sitemap(Child {
            location: "https://www.example.com/sitemap-1.xml.gz".to_owned(),
            last_modified_ms: Some(1_793_491_200_000),
        })
    );
    assert_eq!((totals.format, totals.sitemaps), (Some(Format::Index), 2));
    assert_eq!(totals.bad[&BadReason::OtherHost], 1);
}

#[test]
fn text_has_a_page_a_line() {
    let (entries, totals) = read(TEXT);
    let pages = ["1", "ä", "last"].map(|path| format!("https://www.example.com/{path}"));
    assert_eq!(locations(&entries), pages);
    assert_eq!((totals.format, totals.entries), (Some(Format::Text), 5));
    assert_eq!(totals.bad[&BadReason::Encoding], 1);
    assert_eq!(totals.bad[&BadReason::Scheme], 1);
}

#[test]
fn robots_name_sitemaps() {
    let mut entries = Vec::new();
    let totals = read_robots(ROBOTS, &options(), |entry| {
        entries.push(entry);
        ControlFlow::Continue(())
    });
    let totals = totals.unwrap();
    assert_eq!(
        locations(&entries),
        [
            "https://www.example.com/sitemap.xml",
            "https://www.example.com/news.xml.gz"
        ]
    );
    assert_eq!((totals.entries, totals.bad_entries()), (4, 2));
    let nothing = read_robots(&b""[..], &options(), |_| ControlFlow::Break(()));
    assert_eq!(nothing.unwrap().entries, 0);
    let bomb = gzip(&b"# nothing\n".repeat(60_000));
    let error = read_robots(&bomb[..], &options(), |_| ControlFlow::Break(())).unwrap_err();
    assert!(error.fault.to_string().contains("bytes above 512000"));
}

#[test]
fn gzip_of_several_members_is_one_stream() {
    for whole in [PAGES, INDEX, TEXT] {
        let (one, two) = whole.split_at(whole.len() / 2);
        assert_eq!(read(&[gzip(one), gzip(two)].concat()), read(whole));
    }
    assert!(matches!(fault(&gzip(&gzip(PAGES))), Fault::Binary));
}

#[test]
fn one_bad_location_spoils_no_other() {
    let long = format!("https://www.example.com/{}", "a".repeat(2_025));
    assert_eq!(
        reasons(&[
            "https://www.example.com/?a=1&b=2",
            "https://www.example.com/?a=1&b=2;",
            "https://www.example.com/&xxe;",
            "https://www.example.com/&nbsp;",
            "https://www.example.com/&#0;",
            "https://www.example.com/&#xd800;",
            "https://www.example.com/&#10;x",
            "https://www.example.com/\u{1}",
            "https://www.example.com/<b>x</b>",
            "https://www.example.com/</loc><loc>https://www.example.com/",
            &long,
            &"x".repeat(200_000),
            &long[1..],
            &long[..2_048],
            " \n https://www.example.com/<!-- a -->b<?c d?><![CDATA[c]]>&#100; \n ",
        ]),
        [
            Some(BadReason::Entity),
            Some(BadReason::Entity),
            Some(BadReason::Entity),
            Some(BadReason::Entity),
            Some(BadReason::Entity),
            Some(BadReason::Entity),
            Some(BadReason::Control),
            Some(BadReason::Control),
            Some(BadReason::Invalid),
            Some(BadReason::Several),
            Some(BadReason::TooLong),
            Some(BadReason::TooLong),
            Some(BadReason::Scheme),
            None,
            None,
        ]
    );
}

#[test]
fn fields_and_languages_that_cannot_be_read_are_counted() {
    let (entries, totals) = read(&urlset(&format!(
        "<url><loc>https://www.example.com/</loc><lastmod>{}</lastmod><lastmod/>
        <priority>2</priority><changefreq>often</changefreq>
        <link rel='alternate' hreflang='de' href='https://www.example.de/'/>
        <link rel='alternate' hreflang='d e' href='https://www.example.com/'/>
        <link rel='alternate' hreflang='de' href='&xxe;'/>
        <link rel='alternate' hreflang='de'/>
        <link rel='alternate' rel='alternate' hreflang='de' href='https://www.example.com/'/>
        <link rel='canonical' hreflang='de' href='https://www.example.com/'/></url>",
        "2".repeat(1000)
    )));
    let page = Page {
        location: "https://www.example.com/".to_owned(),
        ..Page::default()
    };
    assert_eq!(entries, [Entry::Page(page)]);
    assert_eq!((totals.bad_fields, totals.bad_alternates), (3, 5));
}

#[test]
fn a_later_run_goes_on_where_an_earlier_one_stopped() {
    for (bytes, number) in [(PAGES, 7), (PREFIXED, 3), (INDEX, 3), (TEXT, 5)] {
        let (whole, totals) = read(bytes);
        assert_eq!(totals.entries, number);
        let (mut entries, mut bad, mut from) = (Vec::new(), 0, Cursor::default());
        for run in 0.. {
            let options = ReadOptions { from, ..options() };
            let part = read_sitemap(bytes, &options, |entry| {
                entries.push(entry);
                ControlFlow::Break(())
            });
            let part = part.unwrap();
            assert_eq!(part.skipped, from.0);
            bad += part.bad_entries();
            from = part.cursor();
            if !part.is_stopped {
                break;
            }
            assert!(run < 10);
        }
        assert_eq!((entries, bad), (whole, totals.bad_entries()));
        assert_eq!(from, totals.cursor());
    }
}

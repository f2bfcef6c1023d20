//! Where reading ends before the stream does.

use sitemap::{Fault, Limit};

use crate::{fault, gzip, limited, locations, options, read_with, urlset};

#[test]
fn what_is_cut_off_counts_as_far_as_it_came() {
    let urls: String = (0..500)
        .map(|n| format!("<url><loc>https://www.example.com/{n}</loc></url>"))
        .collect();
    let whole = urlset(&urls);
    let cut = gzip(&whole);
    let cut = &cut[..cut.len() * 3 / 4];
    for bytes in [&whole[..whole.len() * 3 / 4], cut] {
        let (entries, result) = read_with(bytes, &options());
        let error = result.unwrap_err();
        assert!(matches!(error.fault, Fault::Truncated), "{error:?}");
        assert_eq!(error.read.pages, entries.len() as u64);
        assert!(entries.len() > 250 && error.at > 10_000, "{error:?}");
    }
    let text = "https://www.example.com/a-long-one\n".repeat(5000);
    let cut = gzip(text.as_bytes());
    let (entries, result) = read_with(&cut[..cut.len() - 9], &options());
    assert!(matches!(result.unwrap_err().fault, Fault::Truncated));
    let is_whole = |location: &&str| location.ends_with("/a-long-one");
    assert!(locations(&entries).iter().all(is_whole));
}

#[test]
fn what_is_no_sitemap_is_refused_by_name() {
    let root = |bytes: &[u8]| match fault(bytes) {
        Fault::NotASitemap { root } => root,
        fault => panic!("{fault:?}"),
    };
    assert_eq!(root(include_bytes!("../../corpus/page.html")), "html");
    assert_eq!(root(b"<rss><channel/></rss>"), "rss");
    assert_eq!(root(b"<urlset/><urlset/>"), "urlset");
    assert!(matches!(fault(b"<urlset><url></urlset>"), Fault::Xml(_)));
    assert!(matches!(fault(b"<urlset><url>\xff"), Fault::Xml(_)));
    assert!(matches!(fault(b"\xff\xfe<\0u\0"), Fault::Encoding));
    assert!(matches!(fault(b"\x00\x01"), Fault::Binary));
    assert!(matches!(fault(b"\x1f\x8bnot gzip at all"), Fault::Read(_)));
    for empty in [&b""[..], b"\xef\xbb\xbf \n", b"<!-- nothing -->"] {
        assert!(matches!(fault(empty), Fault::Empty), "{empty:?}");
    }
}

#[test]
fn document_types_are_not_obeyed() {
    let laughs = br#"<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY lol "lol">
        <!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
        <urlset><url><loc>https://www.example.com/&lol2;</loc></url></urlset>"#;
    assert!(matches!(fault(laughs), Fault::DocumentType));
    let external = b"<!DOCTYPE urlset SYSTEM 'file:///etc/passwd'><urlset/>";
    assert!(matches!(fault(external), Fault::DocumentType));
}

#[test]
fn each_limit_ends_reading_and_keeps_what_was_read() {
    let page = "<url><loc>https://www.example.com/</loc></url>";
    let deep = "<a>".repeat(15) + &"</a>".repeat(15);
    let wide = (0..65).map(|n| format!(" a{n}=''")).collect::<String>();
    let link = "<link rel='alternate' hreflang='de' href='https://www.example.com/de'/>";
    let cases = [
        (
            Limit::Entries,
            2,
            page.repeat(3),
            limited(|limits| limits.max_entries = 2),
        ),
        (
            Limit::Bytes,
            60,
            page.repeat(2),
            limited(|limits| limits.max_bytes = 60),
        ),
        (
            Limit::TokenBytes,
            50,
            format!("{page}<!--{}-->", "a".repeat(50)),
            limited(|limits| limits.max_token_bytes = 50),
        ),
        (
            Limit::Depth,
            16,
            format!("{page}{deep}<x><a>{deep}</a></x>"),
            options(),
        ),
        (
            Limit::Attributes,
            64,
            format!("{page}<x{wide}/>"),
            options(),
        ),
        (
            Limit::Alternates,
            1,
            format!("{page}<url>{link}{link}</url>"),
            limited(|limits| limits.max_alternates = 1),
        ),
    ];
    for (limit, max, content, options) in cases {
        let (entries, result) = read_with(&urlset(&content), &options);
        let error = result.unwrap_err();
        let Fault::TooMuch {
            limit: reached,
            max: allowed,
        } = error.fault
        else {
            panic!("{limit:?}: {error:?}")
        };
        assert_eq!((reached, allowed), (limit, max));
        assert_eq!(error.read.pages, entries.len() as u64);
        assert!(!entries.is_empty(), "{limit:?}");
    }
}

#[test]
fn a_bomb_ends_at_the_limit() {
    let bomb = gzip(&[b"<urlset>".to_vec(), vec![b' '; 10 << 20]].concat());
    let limits = limited(|limits| {
        limits.max_token_bytes = usize::MAX;
        limits.max_bytes = 1 << 20;
    });
    for options in [options(), limits] {
        let error = read_with(&bomb, &options).1.unwrap_err();
        assert!(matches!(error.fault, Fault::TooMuch { .. }), "{error:?}");
        assert!(error.at <= 1 << 20);
    }
    // As many bytes as allowed are no bomb.
    let whole = urlset("");
    let options = limited(|limits| limits.max_bytes = whole.len() as u64);
    assert!(read_with(&whole, &options).1.is_ok());
}

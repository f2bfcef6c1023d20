//! The parsers against mutations of a committed corpus: what breaks a parser is mostly near
//! to what it expects.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

use std::fs;
use std::path::Path;

use log_formats::{Decompressed, LineLimits, LineParser, Source, read_lines};
use proptest::prelude::*;
use proptest::sample::Index;

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
    // What means something to a format, besides any byte.
    let tokens: Vec<&[u8]> = vec![
        b"\"",
        b"\\",
        b"\\\"",
        b"\\x2",
        b"%",
        b"%2",
        b"%25",
        b"\t",
        b" ",
        b"\r",
        b"\n",
        b"-",
        b"[",
        b"]",
        b"{",
        b"}",
        b"{\"a\":",
        b"null",
        b"-1",
        b"99999999999999999999",
        b"0.0.0",
        b"\0",
        b"\xff",
        b"\xc3",
        b"::",
        b"#Fields:",
    ];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Replace(at, byte)),
        (any::<Index>(), proptest::sample::select(tokens))
            .prop_map(|(at, token)| Mutation::Insert(at, token.to_vec())),
        (any::<Index>(), 1usize..40).prop_map(|(at, count)| Mutation::Remove(at, count)),
        (any::<Index>(), 1usize..30, 2usize..300)
            .prop_map(|(at, count, times)| Mutation::Repeat(at, count, times)),
        any::<Index>().prop_map(Mutation::Truncate),
    ]
}

fn mutate(log: &mut Vec<u8>, mutation: &Mutation) {
    if log.is_empty() {
        return;
    }
    match mutation {
        Mutation::Replace(at, byte) => {
            let at = at.index(log.len());
            log[at] = *byte;
        }
        Mutation::Insert(at, token) => {
            let at = at.index(log.len());
            log.splice(at..at, token.iter().copied());
        }
        Mutation::Remove(at, count) => {
            let at = at.index(log.len());
            log.drain(at..log.len().min(at + count));
        }
        Mutation::Repeat(at, count, times) => {
            let at = at.index(log.len());
            let part = log[at..log.len().min(at + count)].to_vec();
            log.splice(at..at, part.repeat(*times));
        }
        Mutation::Truncate(at) => log.truncate(at.index(log.len())),
    }
}

fn corpus() -> Vec<(Source, Vec<u8>)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut corpus: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let source = Source::named(name.trim_end_matches("-v2")).unwrap();
            (source, fs::read(&path).unwrap())
        })
        .collect();
    corpus.sort();
    corpus
}

/// Lines, records and bad lines.
fn read(source: Source, log: &[u8]) -> (u64, u64, u64) {
    let mut parser = LineParser::new(source, None).unwrap();
    let (mut records, mut bad) = (0, 0);
    let stream = Decompressed::new(log).unwrap();
    let totals = read_lines(stream, &LineLimits::default(), |line| {
        bad += u64::from(parser.parse(line, |_| records += 1).is_err());
    });
    (totals.map_or(0, |totals| totals.lines), records, bad)
}

#[test]
fn the_corpus_itself_is_read_without_a_bad_line() {
    let corpus = corpus();
    let sources: std::collections::BTreeSet<_> = corpus.iter().map(|(source, _)| *source).collect();
    assert_eq!(
        sources.len(),
        Source::ALL.len() - 1,
        "all but CloudTrail, which has no lines"
    );
    for (source, log) in corpus {
        let (lines, records, bad) = read(source, &log);
        assert!(records > 0 && records <= lines, "{source:?}");
        assert_eq!(bad, 0, "{source:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 3000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn mutations_are_read_or_counted_and_never_panic(
        which in any::<Index>(),
        mutations in proptest::collection::vec(mutation(), 1..6),
    ) {
        let corpus = corpus();
        let (source, mut log) = corpus[which.index(corpus.len())].clone();
        for mutation in &mutations {
            mutate(&mut log, mutation);
        }
        let (lines, records, bad) = read(source, &log);
        prop_assert!(records + bad <= lines || lines == 0);
    }
}

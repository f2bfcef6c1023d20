//! What was asked for is done, skipped or failed; and pages are bounded and safe.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

use warming::{
    Chunk, ChunkProgress, Class, Failure, Item, ItemResult, Layer, MetricUnit, REACH, Reason,
    Report, Run, RunIndex, SkipReason, Stop, Uncacheable, Verdict, Visit, render, render_index,
};

const NOW_MS: i64 = 1_795_774_830_000;

fn run(items: u64) -> Run {
    let mut run = Run::new("shop-hot-1".to_owned(), "shop", Reason::Hot, "hot", NOW_MS);
    run.event_ms = Some(NOW_MS - 30_000);
    run.plan.items = items;
    run.plan.requested = items + 7;
    run.plan.chunks = u32::try_from(items.div_ceil(100)).unwrap();
    run.plan.skipped.insert(SkipReason::Excluded, 7);
    run.is_planned = true;
    run
}

fn visit(class: Class, layer: Layer) -> ItemResult {
    let verdict = |class, layer| Verdict {
        class,
        layer,
        ..Verdict::failed(Failure::Connect)
    };
    ItemResult::Visited(Visit {
        first: verdict(class, layer),
        second: (class == Class::Filled).then(|| verdict(Class::HitEdge, Layer::Edge)),
        first_byte_ms: 120,
        bytes: 10_000,
        requests: 1,
        origin_ms: 100,
    })
}

fn chunk(paths: impl Iterator<Item = String>) -> Chunk {
    let item = |path| Item {
        path,
        variant: "br".parse().unwrap(),
        value: 1.0,
    };
    Chunk {
        run: "shop-hot-1".to_owned(),
        target: "shop".to_owned(),
        lane: Reason::Hot.lane(),
        chunk: 0,
        items: paths.map(item).collect(),
    }
}

fn progress(path: impl Fn(usize) -> String, results: &[ItemResult]) -> ChunkProgress {
    let mut progress = ChunkProgress::new(results.len() as u32);
    let chunk = chunk((0..results.len()).map(path));
    progress.advance(&chunk, 0, results).unwrap();
    progress
}

/// Ten that were there, four that were filled and kept, two that cannot be kept, three that
/// failed, one that was held back.
fn mixed() -> ChunkProgress {
    let mut results = vec![visit(Class::HitEdge, Layer::Edge); 10];
    results.extend(vec![visit(Class::Filled, Layer::Origin); 4]);
    let cookie = Class::Uncacheable(Uncacheable::SetCookie);
    results.extend(vec![visit(cookie, Layer::Origin); 2]);
    results.extend(vec![
        visit(Class::Error(Failure::Status(404)), Layer::Origin);
        3
    ]);
    results.push(ItemResult::Skipped(SkipReason::Brake));
    let mut progress = progress(|number| format!("/p/{number}"), &results);
    progress.note_stop(Stop::TimeUp);
    progress
}

#[test]
fn what_was_asked_for_is_the_sum() {
    // Twenty items are known of, of a hundred and fifty.
    let report = Report::close(&run(150), [&mixed()], NOW_MS + 60_000);
    assert_eq!((report.done, report.failed, report.skipped()), (16, 3, 138));
    assert_eq!(report.skipped[&SkipReason::Deadline], 130);
    assert_eq!(report.requested, 157);
    assert_eq!((report.chunks, report.chunks_done), (2, 1));
    // A chunk that was sent, and whose plan was not stored.
    let late = Report::close(&run(0), [&mixed()], NOW_MS);
    assert_eq!(late.requested, late.done + late.failed + late.skipped());
    assert_eq!(late.requested, 27);
}

#[test]
fn hits_are_counted_before_and_reckoned_after() {
    let report = Report::close(&run(20), [&mixed()], NOW_MS + 60_000);
    assert_eq!(report.hit_ratio_before, Some(10.0 / 16.0));
    assert_eq!(report.hit_ratio_after, Some(14.0 / 16.0));
    let nothing = Report::close(&run(0), [], NOW_MS);
    assert_eq!(
        (nothing.hit_ratio_before, nothing.hit_ratio_after),
        (None, None)
    );
    let redirect = progress(
        |_| "/r".to_owned(),
        &[visit(Class::Redirect, Layer::Origin)],
    );
    let unknown = Report::close(&run(1), [&redirect], NOW_MS);
    assert_eq!(
        (unknown.hit_ratio_before, unknown.hit_ratio_after),
        (Some(0.0), None)
    );
}

#[test]
fn metrics_say_what_is_known() {
    let report = Report::close(&run(20), [&mixed()], NOW_MS + 60_000);
    let metrics = report.metrics();
    let find = |name: &str, result: Option<&str>| {
        let fits = |metric: &&warming::Metric| {
            let mut results = metric
                .dimensions
                .iter()
                .filter(|(name, _)| *name == "result");
            metric.name == name && results.next().map(|(_, value)| value.as_str()) == result
        };
        metrics
            .iter()
            .find(fits)
            .map(|metric| (metric.value, metric.unit))
    };
    assert_eq!(
        find("WarmItems", Some("failed")),
        Some((3.0, MetricUnit::Count))
    );
    assert_eq!(
        find("WarmItems", Some("skipped")),
        Some((8.0, MetricUnit::Count))
    );
    assert_eq!(
        find("WarmLagSeconds", None),
        Some((90.0, MetricUnit::Seconds))
    );
    assert_eq!(
        find("HitRatioAfter", None),
        Some((87.5, MetricUnit::Percent))
    );
    assert_eq!(find("WarmLimit", None), None);
    assert!(metrics.iter().all(|metric| metric.dimensions.len() <= 2));
}

#[test]
fn a_report_is_read_back_as_it_was() {
    let report = Report::close(&run(150), [&mixed()], NOW_MS + 60_000);
    let read: Report = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    assert_eq!(read, report);
}

#[test]
fn the_page_says_what_was_found_and_how_to_mend_it() {
    let page = render(&Report::close(&run(150), [&mixed()], NOW_MS + 60_000));
    for part in [
        "Cache warming: shop-hot-1",
        "Not all of it was done",
        "not reached before the deadline",
        "Set-Cookie",
        "a kept cookie would be everybody",
        "/p/16",
        "404",
        "62.5 %",
        "87.5 %",
        "function&#39;s own time was up",
        "2026-11-27 10:20 UTC",
        "under $0.0001",
    ] {
        let part = part.replace("&#39;", "'");
        assert!(page.contains(&part), "{part}");
    }
    for reach in REACH {
        assert!(page.contains(reach.leaves), "{}", reach.mode);
    }
    assert!(!page.contains("<script"));
    let captions = page.matches("<caption>").count();
    assert_eq!(
        (captions, page.matches("<table>").count()),
        (captions, captions)
    );
    assert!(captions >= 6);
}

#[test]
fn the_longest_page_is_bounded_and_paths_are_text() {
    let path = |number: usize| format!("/{number}<img src=x onerror=a>{}", "&".repeat(2000));
    let classes = [
        Class::Filled,
        Class::Uncacheable(Uncacheable::ZeroLifetime),
        Class::Error(Failure::Timeout),
    ];
    let results: Vec<_> = (0..600)
        .map(|n| visit(classes[n % 3], Layer::Origin))
        .collect();
    let chunks: Vec<_> = results
        .chunks(100)
        .enumerate()
        .map(|(number, results)| progress(|index| path(number * 100 + index), results))
        .collect();
    let report = Report::close(&run(600), &chunks, NOW_MS);
    let page = render(&report);
    assert!(page.len() <= 60_000, "{}", page.len());
    assert!(!page.contains("<img") && page.contains("&lt;img"));
    // What is not shown is counted.
    assert!(page.contains("more pages."));
    let row = serde_json::to_string(&chunks[0]).unwrap();
    assert!(row.len() < 100_000, "{}", row.len());
}

#[test]
fn the_list_of_runs_leads_to_their_pages() {
    let mut index = RunIndex::default();
    assert!(render_index(&index, str::to_owned).contains("No run has ended yet."));
    index.add(Report::close(&run(20), [&mixed()], NOW_MS).summary());
    let page = render_index(&index, |run| format!("warming/{run}"));
    assert!(page.contains("<a href=\"warming/shop-hot-1\">shop-hot-1</a>"));
    assert!(page.contains("87.5 %"));
    let json = serde_json::to_string(&index).unwrap();
    assert_eq!(serde_json::from_str::<RunIndex>(&json).unwrap(), index);
}

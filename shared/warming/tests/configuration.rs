//! The site's configuration, and what is said of one that is wrong.

use hot_list::{HotList, HotPage};
use warming::{
    Lane, PathPattern, QueryKey, Reason, SiteWarming, SourceKind, VariantShares, WarmingError,
};

/// The faults of a configuration, each as one line.
fn faults(text: &str) -> Vec<String> {
    match SiteWarming::parse(text) {
        Err(WarmingError::Faults(faults)) => faults.iter().map(ToString::to_string).collect(),
        Err(WarmingError::Syntax(error)) => vec![error.to_string()],
        Ok(_) => Vec::new(),
    }
}

#[test]
fn the_sites_configuration_has_no_fault() {
    let site = SiteWarming::of_site().unwrap();
    let shop = site.target("shop").unwrap();
    assert_eq!(
        site.variables().into_iter().collect::<Vec<_>>(),
        ["SITE_URL"]
    );
    let sources: Vec<_> = shop
        .sources
        .iter()
        .map(|source| (source.name(), source.lane))
        .collect();
    assert!(sources.contains(&("hot".to_owned(), Lane::P1)));
    assert!(sources.contains(&("sitemap-xml".to_owned(), Lane::P2)));
    assert!(shop.is_excluded("/editor/articles") && shop.is_excluded("/search?q=cup"));
    assert!(shop.is_excluded("/?utm_source=x") && !shop.is_excluded("/products/tide-vase"));
    assert!(shop.cache_policy("/img/w=1/a.jpg").has_header("accept"));
    assert!(matches!(
        shop.cache_policy("/").query,
        QueryKey::AllExcept(_)
    ));
    assert!(!site.queries.is_empty());
}

/// The policy of pages is the template's: what is in the cache key, and for how long.
#[test]
fn the_caches_policy_is_that_of_the_template() {
    let template = include_str!("../../../template.yaml");
    let (_, policy) = template.split_once("\n  PageCachePolicy:\n").unwrap();
    let policy = &policy[..policy.find("\n\n").unwrap()];
    let value = |key: &str| {
        let (_, after) = policy.split_once(&format!("{key}: ")).unwrap();
        after
            .lines()
            .next()
            .unwrap()
            .trim_end_matches('}')
            .to_owned()
    };
    let list = |key: &str| -> Vec<String> {
        let text = value(key);
        let names = text.trim_matches(['[', ']']).split(',');
        names.map(|name| name.trim().to_owned()).collect()
    };
    let site = SiteWarming::of_site().unwrap();
    let pages = site.target("shop").unwrap().cache_policy("/");
    assert_eq!(
        value("EnableAcceptEncodingBrotli"),
        pages.brotli.to_string()
    );
    assert_eq!(value("EnableAcceptEncodingGzip"), pages.gzip.to_string());
    assert_eq!(value("MaxTTL"), (pages.max_ttl.ms() / 1000).to_string());
    assert_eq!(
        value("DefaultTTL"),
        (pages.default_ttl.ms() / 1000).to_string()
    );
    assert_eq!(value("MinTTL"), (pages.min_ttl.ms() / 1000).to_string());
    assert_eq!(list("Headers"), pages.headers);
    assert_eq!(pages.query, QueryKey::AllExcept(list("QueryStrings")));
}

/// A query that no page reads would be kept warm for nobody.
#[test]
fn every_query_is_read_by_a_page() {
    let sources = [
        include_str!("../../../site/src/catalogue.rs"),
        include_str!("../../../site/src/content.rs"),
        include_str!("../../../site/src/feeds.rs"),
    ];
    let site = SiteWarming::of_site().unwrap();
    for query in &site.queries {
        let id = format!("\"{}\"", query.id);
        assert!(sources.iter().any(|source| source.contains(&id)), "{id}");
    }
}

#[test]
fn a_query_is_called_for_the_hot_pages_that_need_it() {
    let page = |path: &str| HotPage {
        path: path.to_owned(),
        heat: 1.0,
        origin_ms: None,
        saved_ms: 0.0,
        hit_ratio: None,
        last_status: 200,
    };
    let list = HotList {
        site: "halden".to_owned(),
        made_ms: 0,
        pages: [
            "/products/b",
            "/blog/x",
            "/products/a",
            "/products/b?page=2",
            "/products",
        ]
        .map(page)
        .into(),
        variants: VariantShares::default(),
    };
    let site = SiteWarming::of_site().unwrap();
    let query = |id| site.queries.iter().find(|query| query.id == id).unwrap();
    let calls = query("product").calls(Some(&list));
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].key, "product:b");
    assert_eq!(calls[0].tags, ["product-b", "catalogue"]);
    assert_eq!(calls[0].params, ["b"]);
    assert!(query("product").calls(None).is_empty());
    assert_eq!(query("home").calls(None)[0].key, "home");
    let policy = query("home").policy();
    assert_eq!((policy.soft.as_secs(), policy.hard.as_secs()), (60, 86_400));
    assert!((policy.jitter - 0.1).abs() < 1e-9);
    assert!(PathPattern::try_from("products".to_owned()).is_err());
}

/// What visitors search for is in no page name of the logs but one plain word, and only so many
/// of them are kept warm.
#[test]
fn searches_are_called_for_the_words_of_the_logs_up_to_a_limit() {
    let logs = include_str!("../../site-logs/logs.toml");
    assert!(logs.contains("page_words = [\"q\"]"));
    let site = SiteWarming::of_site().unwrap();
    let search = site.queries.iter().find(|query| query.id == "search");
    let search = search.unwrap();
    let page = |path: String| HotPage {
        path,
        heat: 1.0,
        origin_ms: None,
        saved_ms: 0.0,
        hit_ratio: None,
        last_status: 200,
    };
    let words = (0..2 * search.top).map(|number| format!("/search?q=word{number}"));
    let list = HotList {
        site: "halden".to_owned(),
        made_ms: 0,
        pages: words.chain(["/search".to_owned()]).map(page).collect(),
        variants: VariantShares::default(),
    };
    let calls = search.calls(Some(&list));
    assert_eq!(calls.len(), search.top);
    assert_eq!(
        (calls[0].key.as_str(), calls[0].params.as_slice()),
        ("search:word0", &["word0".to_owned()][..])
    );
    assert_eq!(calls[0].tags, ["catalogue"]);
    assert!(search.calls(None).is_empty());
}

const ALL_WRONG: &str = r#"
unknown = 1
min_variant_share = 101
[budget.run]
requests = 50_000
deadline = "5s"
[limiter]
start = 0.5
[brakes]
checks = ["home", "nowhere"]
[freshness]
assume = "1s"
[[target]]
id = "Shop"
site = "shop"
base = "https://user@a.example/x"
exclude = ["editor"]
[[target.source]]
hot = 0
every = "10s"
[[target.source]]
sitemap = "sitemap.xml"
every = "6h"
lane = "p7"
[[target.source]]
list = "a"
every = "6h"
[[target]]
id = "Shop"
site = "shop"
colour = "red"
base = "env:SITE_URL"
[[query]]
id = "q"
target = "nowhere"
paths = "/products/{slug}"
every = "1m"
key = "product"
tags = []
ttl = "2d"
hard_ttl = "1d"
sql = "DELETE FROM products; SELECT $2"
"#;

/// What is said of it, among others.
const FAULTS: [&str; 23] = [
    "the file: `unknown` is not known",
    "min_variant_share: 101 is not between 0 and 100",
    "budget.run: `requests` 50000 is more than the day has",
    "budget.run: `deadline` 5s is not between 1m and 1d",
    "limiter: 0 < min <= 1 <= start",
    "brakes: check `nowhere` does not exist",
    "freshness: `assume` 1s",
    "target `Shop`: `id` has a-z, 0-9 and `-`",
    "target `Shop`: `base` is neither",
    "target `Shop`: `exclude` has `editor`",
    "target `Shop`: `hot` 0 is not between 1 and 1000",
    "target `Shop`: source `hot`: `every` 10s",
    "target `Shop`, source 2: ",
    "target `Shop`, source 3: one of `sitemap`, `hot`, or `list` with `paths`",
    "target `Shop`: unknown field `colour`",
    "query `q`: target `nowhere` does not exist",
    "query `q`: `sql` begins with neither",
    "query `q`: `sql` has a `;`",
    "query `q`: `sql` does not use `$1`",
    "query `q`: `sql` uses `$2`",
    "query `q`: `key` has no `{slug}`",
    "query `q`: `tags` is empty",
    "query `q`: `ttl` 2d is not between 1s and 1d",
];

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let found = faults(ALL_WRONG);
    for part in FAULTS {
        assert!(
            found.iter().any(|fault| fault.contains(part)),
            "{part}: {found:#?}"
        );
    }
    assert!(
        !found.iter().any(|fault| fault.contains("`home`")),
        "{found:#?}"
    );
    assert!(
        faults("a = ")
            .first()
            .is_some_and(|fault| fault.contains("TOML"))
    );
}

#[test]
fn sources_have_their_reasons_and_usual_lanes() {
    let site = SiteWarming::parse(
        r#"
[[target]]
id = "shop"
site = "shop"
base = "https://www.example.com"
[[target.source]]
sitemap = "/sitemap.xml"
every = "6h"
[[target.source]]
list = "landing"
paths = ["/", "/sale/*"]
every = "1h"
lane = "p0"
"#,
    )
    .unwrap();
    let sources = &site.targets[0].sources;
    assert_eq!(
        (sources[0].reason(), sources[0].lane),
        (Reason::Sitemap, Lane::P2)
    );
    assert_eq!(
        (sources[1].reason(), sources[1].lane),
        (Reason::List, Lane::P0)
    );
    assert!(matches!(&sources[1].kind, SourceKind::List { paths, .. } if paths.len() == 2));
    assert_eq!(site.verify.sample.to_string(), "5 %");
    assert!(site.variables().is_empty());
}

/// What the documentation says is what the program says.
#[test]
fn the_documentation_knows_every_key_and_what_is_reached() {
    let page = include_str!("../../../docs/warming.md");
    for reach in warming::REACH {
        let row = format!("| {} | {} | {} |", reach.mode, reach.warms, reach.leaves);
        assert!(page.contains(&row), "{row}");
    }
    let keys = include_str!("../warming.toml").lines().filter_map(|line| {
        let (key, _) = line.split_once(" = ")?;
        let is_key = key
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        is_key.then_some(key)
    });
    for key in keys {
        assert!(page.contains(&format!("`{key}`")), "{key}");
    }
}

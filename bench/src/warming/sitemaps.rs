//! The pages of a run and the sitemaps that name them.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Pages of one sitemap at most: 100,000 of them are an index with four sitemaps.
const PAGES_PER_SITEMAP: u32 = 25_000;

/// Pages that no cache has: `/pages/{name}/{number}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PageSet {
    pub(super) name: String,
    pub(super) pages: u32,
}

impl PageSet {
    pub(super) fn new(name: impl Into<String>, pages: u32) -> Self {
        let name = name.into();
        Self { name, pages }
    }

    /// The path of its sitemap, which is an index where there are many pages.
    pub(super) fn sitemap_path(&self) -> String {
        format!("/sitemaps/{}.xml", self.name)
    }

    /// The sitemap of a site, or the index of its sitemaps.
    pub(super) fn sitemap(&self, site: &str) -> String {
        let parts = self.pages.div_ceil(PAGES_PER_SITEMAP);
        if parts <= 1 {
            return self.urls(site, 0);
        }
        let mut index = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
        );
        for part in 0..parts {
            let name = &self.name;
            let _infallible = writeln!(
                index,
                "<sitemap><loc>{site}/sitemaps/{name}/{part}.xml.gz</loc></sitemap>"
            );
        }
        index.push_str("</sitemapindex>\n");
        index
    }

    /// One of the index's sitemaps, compressed.
    pub(super) fn part(&self, site: &str, part: u32) -> Result<Vec<u8>> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(self.urls(site, part).as_bytes())?;
        Ok(encoder.finish()?)
    }

    fn urls(&self, site: &str, part: u32) -> String {
        let mut sitemap = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
        );
        let first = part * PAGES_PER_SITEMAP;
        for number in first..self.pages.min(first + PAGES_PER_SITEMAP) {
            let _infallible = writeln!(
                sitemap,
                "<url><loc>{site}/pages/{}/{number}</loc></url>",
                self.name
            );
        }
        sitemap.push_str("</urlset>\n");
        sitemap
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::MultiGzDecoder;

    use super::*;

    const SITE: &str = "http://127.0.0.1:1";

    #[test]
    fn few_pages_are_in_the_sitemap_itself() {
        let sitemap = PageSet::new("a", 3).sitemap(SITE);
        assert_eq!(sitemap.matches("<url>").count(), 3);
        assert!(sitemap.contains("<loc>http://127.0.0.1:1/pages/a/2</loc>"));
    }

    #[test]
    fn many_pages_are_in_compressed_sitemaps_of_an_index_each_once() {
        let set = PageSet::new("a", 60_000);
        assert_eq!(set.sitemap(SITE).matches("<sitemap>").count(), 3);
        let mut pages = std::collections::BTreeSet::new();
        for part in 0..3 {
            let mut text = String::new();
            MultiGzDecoder::new(set.part(SITE, part).unwrap().as_slice())
                .read_to_string(&mut text)
                .unwrap();
            for line in text.lines().filter(|line| line.starts_with("<url>")) {
                assert!(pages.insert(line.to_owned()), "{line}");
            }
        }
        assert_eq!(pages.len(), 60_000);
    }
}

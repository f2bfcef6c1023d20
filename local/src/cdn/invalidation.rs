//! What CloudFront is told to forget, taken out of nginx's cache.
//!
//! nginx's own version here has no purging. It does notice that a file of its cache is gone, and
//! fetches the answer anew; each file names the key it is for.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::CACHE;

/// What of a cache file is looked at: its head, and a key as long as any address.
const HEAD_BYTES: u64 = 64 * 1024;

/// The kept answers of the edge.
#[derive(Debug, Clone)]
pub(crate) struct EdgeCache {
    dir: PathBuf,
}

impl EdgeCache {
    /// Those of the stack with this state directory.
    pub(crate) fn new(state: &Path) -> Self {
        Self {
            dir: state.join(CACHE),
        }
    }

    /// Forgets what the paths of an invalidation stand for, and tells how many answers that were.
    /// An answer that is just being fetched is forgotten too, once its file is begun.
    ///
    /// # Errors
    /// When the cache cannot be read, or a file not be removed.
    pub(crate) fn invalidate(&self, paths: &[String]) -> Result<usize> {
        let patterns: Vec<Pattern<'_>> = paths.iter().map(|path| Pattern::new(path)).collect();
        let mut forgotten = 0;
        let mut directories = vec![self.dir.clone()];
        while let Some(dir) = directories.pop() {
            let entries = match fs::read_dir(&dir) {
                Ok(entries) => entries,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error).with_context(|| format!("read {}", dir.display())),
            };
            for entry in entries {
                let path = entry
                    .with_context(|| format!("read {}", dir.display()))?
                    .path();
                if path.is_dir() {
                    directories.push(path);
                } else if key_of(&path)?.is_some_and(|key| is_meant(&patterns, &key)) {
                    forgotten += usize::from(remove(&path)?);
                }
            }
        }
        Ok(forgotten)
    }
}

/// A path of an invalidation:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html>.
struct Pattern<'a> {
    text: &'a str,
    /// Whether it stands for all that begins so: a `*` elsewhere than at its end is a letter.
    is_prefix: bool,
}

impl<'a> Pattern<'a> {
    fn new(path: &'a str) -> Self {
        // A slash at the beginning may be left out.
        let path = path.strip_prefix('/').unwrap_or(path);
        let prefix = path.strip_suffix('*');
        Self {
            text: prefix.unwrap_or(path),
            is_prefix: prefix.is_some(),
        }
    }

    fn fits(&self, address: &str) -> bool {
        if self.is_prefix {
            address.starts_with(self.text)
        } else {
            address == self.text
        }
    }
}

/// Whether an answer is meant: by the path and query of its key, whatever cookies and headers.
fn is_meant(patterns: &[Pattern<'_>], key: &str) -> bool {
    let address = key.split(' ').next().unwrap_or_default();
    // Keys of behaviours with a query always have the question mark.
    let address = address.strip_suffix('?').unwrap_or(address);
    let address = address.strip_prefix('/').unwrap_or(address);
    patterns.iter().any(|pattern| pattern.fits(address))
}

/// The key of a cache file; nothing where it has none yet, or is gone already.
fn key_of(path: &Path) -> Result<Option<String>> {
    let read = || {
        let mut head = Vec::new();
        File::open(path)?.take(HEAD_BYTES).read_to_end(&mut head)?;
        std::io::Result::Ok(head)
    };
    match read() {
        Ok(head) => Ok(parse_key(&head)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("read {}", path.display())),
    }
}

/// A line after nginx's own binary head: `KEY: /products?`.
fn parse_key(head: &[u8]) -> Option<String> {
    const MARK: &[u8] = b"\nKEY: ";
    let start = head.windows(MARK.len()).position(|bytes| bytes == MARK)? + MARK.len();
    let rest = head.get(start..)?;
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    Some(String::from_utf8_lossy(rest.get(..end)?).into_owned())
}

/// Removes a file; whether it was still there.
fn remove(path: &Path) -> Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).with_context(|| format!("remove {}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cache with these keys, in files as nginx lays them out.
    fn cache(name: &str, keys: &[&str]) -> EdgeCache {
        let state = std::env::temp_dir().join(format!("edge-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&state);
        let cache = EdgeCache::new(&state);
        for (number, key) in keys.iter().enumerate() {
            let dir = cache.dir.join(format!("{number:x}/{number:02x}"));
            fs::create_dir_all(&dir).unwrap();
            let mut file = vec![5, 0, 0, 0, 0xff, 0xfe, b'\n', 0, b'K'];
            file.extend(format!("\nKEY: {key}\nHTTP/1.1 200 OK\r\n\r\nbody\nKEY: /no\n").bytes());
            fs::write(dir.join(format!("{number:032x}")), file).unwrap();
        }
        cache
    }

    fn kept(cache: &EdgeCache) -> Vec<String> {
        let mut keys: Vec<String> = (0..16)
            .map(|number| {
                cache
                    .dir
                    .join(format!("{number:x}/{number:02x}/{number:032x}"))
            })
            .filter(|path| path.exists())
            .filter_map(|path| key_of(&path).unwrap())
            .collect();
        keys.sort();
        keys
    }

    fn forget(cache: &EdgeCache, paths: &[&str]) -> usize {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        cache.invalidate(&paths).unwrap()
    }

    #[test]
    fn a_path_means_its_page_without_a_query() {
        let cache = cache(
            "exact",
            &["/products?", "/products?page=2", "/products/a?", "/img/a"],
        );
        assert_eq!(
            forget(&cache, &["/products", "/img/a", "/none", "/Products/a"]),
            2
        );
        assert_eq!(kept(&cache), ["/products/a?", "/products?page=2"]);
        assert_eq!(forget(&cache, &["/products?page=2"]), 1);
        assert_eq!(kept(&cache), ["/products/a?"]);
    }

    #[test]
    fn a_star_at_the_end_means_all_that_begins_so() {
        let keys = ["/?", "/blog?", "/blog/a?", "/blog/a?x=1", "/about?"];
        let cache = cache("star", &keys);
        assert_eq!(forget(&cache, &["/blog/*"]), 2);
        assert_eq!(kept(&cache), ["/?", "/about?", "/blog?"]);
        assert_eq!(forget(&cache, &["/bl*g"]), 0);
        assert_eq!(forget(&cache, &["*"]), 3);
        assert_eq!(forget(&cache, &["/*"]), 0);
    }

    #[test]
    fn every_variant_of_a_page_is_forgotten() {
        let keys = [
            "/a? headers:DE",
            "/a? headers:FR",
            "/a? cookies:language=de",
            "/b? headers:DE",
        ];
        let cache = cache("variants", &keys);
        assert_eq!(forget(&cache, &["a"]), 3);
        assert_eq!(kept(&cache), ["/b? headers:DE"]);
    }

    #[test]
    fn a_cache_that_is_not_there_has_nothing() {
        let nowhere = EdgeCache::new(Path::new("/nowhere"));
        assert_eq!(nowhere.invalidate(&["/*".to_owned()]).unwrap(), 0);
        assert_eq!(parse_key(b"\nKEY: /cut-off"), None);
    }
}

use health_checks::is_like;

/// Our name in `robots.txt`.
const TOKEN: &str = "sidetier-warmer";
/// Rules at most: a file with more is not read further.
const MAX_RULES: usize = 2000;
/// Bytes of the file that are read; a reader must take 500 KiB.
/// <https://www.rfc-editor.org/rfc/rfc9309#section-2.5>
const MAX_BYTES: usize = 500 << 10;

/// What `robots.txt` lets the warmer ask for.
/// <https://www.rfc-editor.org/rfc/rfc9309>
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Robots {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    is_allowed: bool,
    /// As [`is_like`] reads it.
    pattern: String,
    /// Bytes as it is written: the longest rule decides.
    length: usize,
}

/// Rules of the groups that are for us, and of those for everybody.
#[derive(Default)]
struct Groups {
    ours: Vec<Rule>,
    is_named: bool,
    everybodys: Vec<Rule>,
}

impl Robots {
    /// Where there is no `robots.txt`.
    #[must_use]
    pub const fn allow_all() -> Self {
        Self { rules: Vec::new() }
    }

    /// Reads the file. Groups that name `Sidetier-Warmer` count, all together; where there is
    /// none, those for `*`. What is not understood says nothing.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut groups = Groups::default();
        let (mut is_ours, mut is_everybodys) = (false, false);
        let mut names_agents = false;
        let bytes = text.as_bytes();
        let read = String::from_utf8_lossy(bytes.get(..MAX_BYTES).unwrap_or(bytes));
        for line in read.trim_start_matches('\u{feff}').split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else {
                continue;
            };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            match key.as_str() {
                "user-agent" => {
                    if !names_agents {
                        (is_ours, is_everybodys) = (false, false);
                    }
                    names_agents = true;
                    let agent = value.to_ascii_lowercase();
                    is_ours |= agent == TOKEN;
                    is_everybodys |= agent == "*";
                    groups.is_named |= is_ours;
                }
                "allow" | "disallow" => {
                    names_agents = false;
                    let is_allowed = key == "allow";
                    // An empty one says nothing.
                    if let Some(rule) = Rule::of(is_allowed, value) {
                        groups.add(rule, is_ours, is_everybodys);
                    }
                }
                _ => {}
            }
        }
        let Groups {
            ours,
            is_named,
            everybodys,
        } = groups;
        Self {
            rules: if is_named { ours } else { everybodys },
        }
    }

    /// Whether a path, with its query, may be asked for. The longest rule that fits decides,
    /// and of two that are as long, the one that allows.
    #[must_use]
    pub fn allows(&self, path: &str) -> bool {
        let fitting = self
            .rules
            .iter()
            .filter(|rule| is_like(path, &rule.pattern));
        let decides = fitting.max_by_key(|rule| (rule.length, rule.is_allowed));
        decides.is_none_or(|rule| rule.is_allowed)
    }
}

impl Groups {
    fn add(&mut self, rule: Rule, is_ours: bool, is_everybodys: bool) {
        if is_everybodys && self.everybodys.len() < MAX_RULES {
            self.everybodys.push(rule.clone());
        }
        if is_ours && self.ours.len() < MAX_RULES {
            self.ours.push(rule);
        }
    }
}

impl Rule {
    fn of(is_allowed: bool, value: &str) -> Option<Self> {
        if value.is_empty() {
            return None;
        }
        let pattern = match value.strip_suffix('$') {
            Some(whole) => whole.to_owned(),
            None => format!("{value}*"),
        };
        Some(Self {
            is_allowed,
            pattern,
            length: value.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_rule_decides_and_allowing_wins_a_tie() {
        let robots = Robots::parse(
            "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /*.pdf$\nDisallow: /tie\nAllow: /tie\n",
        );
        for (path, allowed) in [
            ("/", true),
            ("/a", false),
            ("/ab", false),
            ("/a/b/c", true),
            ("/x.pdf", false),
            ("/x.pdf?y", true),
            ("/tie", true),
        ] {
            assert_eq!(robots.allows(path), allowed, "{path}");
        }
    }

    #[test]
    fn our_groups_count_alone_and_together() {
        let robots = Robots::parse(
            "User-agent: *\nDisallow: /\n\nUser-agent: other\nuser-agent: SIDETIER-WARMER # us\n\
             Disallow: /one\nSitemap: https://a.example/\n\nUser-agent: sidetier-warmer\rDisallow: /two\r\n",
        );
        assert!(robots.allows("/") && !robots.allows("/one") && !robots.allows("/two"));
        let none =
            Robots::parse("User-agent: sidetier-warmer\nDisallow:\nUser-agent: *\nDisallow: /");
        assert!(none.allows("/anything"));
    }

    #[test]
    fn without_rules_for_us_everything_is_allowed() {
        for text in [
            "",
            "Disallow: /",
            "<html>not: found</html>",
            "User-agent: other\nDisallow: /",
        ] {
            assert!(Robots::parse(text).allows("/a"), "{text}");
        }
        assert!(Robots::allow_all().allows("/a"));
    }
}

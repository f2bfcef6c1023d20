use serde::{Deserialize, Serialize};

/// What kind of program a user agent says it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum AgentClass {
    /// A person's browser.
    Browser,
    /// A search engine's or an archive's crawler.
    Crawler,
    /// A crawler that gathers texts for language models.
    AiCrawler,
    /// Checks whether the site is there.
    Monitor,
    /// A library or a command-line tool.
    Tool,
    /// Looks for weaknesses.
    Scanner,
    /// Our own cache warmer.
    Warmer,
    /// Says nothing, or something new.
    #[default]
    Unknown,
}

/// Words in lower case that a class is known by; the first that is found counts.
const WORDS: &[(AgentClass, &[&str])] = &[
    (
        AgentClass::Scanner,
        &[
            "sqlmap",
            "nikto",
            "nmap",
            "masscan",
            "zgrab",
            "nuclei",
            "wpscan",
            "dirbuster",
            "gobuster",
            "acunetix",
            "nessus",
            "openvas",
            "burpcollaborator",
            "fuzz faster",
            "feroxbuster",
            "l9explore",
        ],
    ),
    (
        AgentClass::AiCrawler,
        &[
            "gptbot",
            "claudebot",
            "ccbot",
            "perplexitybot",
            "bytespider",
            "amazonbot",
            "meta-externalagent",
        ],
    ),
    (
        AgentClass::Monitor,
        &[
            "amazon-route53",
            "elb-healthchecker",
            "uptimerobot",
            "pingdom",
            "statuscake",
            "sidetier-probe",
        ],
    ),
    (
        AgentClass::Crawler,
        &[
            "bot",
            "crawler",
            "spider",
            "slurp",
            "archiver",
            "facebookexternalhit",
        ],
    ),
    (
        AgentClass::Tool,
        &[
            "curl",
            "wget",
            "python",
            "go-http-client",
            "java/",
            "okhttp",
            "axios",
            "node",
            "libwww",
            "httpie",
            "ruby",
            "php",
            "aiohttp",
            "reqwest",
            "headlesschrome",
            "phantomjs",
        ],
    ),
    (AgentClass::Browser, &["mozilla/", "opera/"]),
];

impl AgentClass {
    /// All classes, in their order.
    pub const ALL: [Self; 8] = [
        Self::Browser,
        Self::Crawler,
        Self::AiCrawler,
        Self::Monitor,
        Self::Tool,
        Self::Scanner,
        Self::Warmer,
        Self::Unknown,
    ];

    /// The class of a user agent. `warmer` is a word that only our warmer's has.
    #[must_use]
    pub fn of(agent: &str, warmer: &str) -> Self {
        if !warmer.is_empty() && agent.contains(warmer) {
            return Self::Warmer;
        }
        let agent = agent.to_ascii_lowercase();
        let is_of = |words: &[&str]| words.iter().any(|word| agent.contains(word));
        WORDS
            .iter()
            .find(|(_, words)| is_of(words))
            .map_or(Self::Unknown, |(class, _)| *class)
    }

    /// The name in reports.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Browser => "Browsers",
            Self::Crawler => "Crawlers",
            Self::AiCrawler => "AI crawlers",
            Self::Monitor => "Monitors",
            Self::Tool => "Tools and libraries",
            Self::Scanner => "Scanners",
            Self::Warmer => "Cache warmer",
            Self::Unknown => "Unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_their_words() {
        let cases = [
            (
                "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
                AgentClass::Browser,
            ),
            (
                "Mozilla/5.0 (compatible; Googlebot/2.1)",
                AgentClass::Crawler,
            ),
            ("Mozilla/5.0; compatible; GPTBot/1.2", AgentClass::AiCrawler),
            ("curl/8.5", AgentClass::Tool),
            ("sqlmap/1.8#stable", AgentClass::Scanner),
            ("Sidetier-Warmer/1", AgentClass::Warmer),
            ("", AgentClass::Unknown),
        ];
        for (agent, class) in cases {
            assert_eq!(AgentClass::of(agent, "Sidetier-Warmer"), class, "{agent}");
        }
    }
}

/// What warming from one place reaches, and what it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// How the cache is set up.
    pub mode: &'static str,
    /// What is warm afterwards.
    pub warms: &'static str,
    /// What is not.
    pub leaves: &'static str,
}

/// What the functions of one region can warm: in every report and in docs/warming.md.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HowCloudFrontWorks.html>,
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html>
pub const REACH: [Reach; 4] = [
    Reach {
        mode: "with Origin Shield in the warmer's region",
        warms: "the Origin Shield, its regional edge cache, the edge location next to the warmer, and the proxy that was asked",
        leaves: "other edge locations: a first visitor there waits for the Origin Shield, and the web servers are not asked",
    },
    Reach {
        mode: "without Origin Shield",
        warms: "the edge location and the regional edge cache next to the warmer, and the proxy that was asked",
        leaves: "all other regional edge caches: they ask the proxies, of which each has copies of its own, and those ask the web servers, whose answers are in Redis",
    },
    Reach {
        mode: "the warmer in several regions",
        warms: "the same in each of them",
        leaves: "edge locations next to none of them",
    },
    Reach {
        mode: "any",
        warms: "pages for visitors without cookies, in the variants that the report names",
        leaves: "pages that are one visitor's own, and what caches tell apart by the visitor's country",
    },
];

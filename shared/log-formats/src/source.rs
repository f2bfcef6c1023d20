use serde::{Deserialize, Serialize};

/// Which tier wrote a log, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// CloudFront's standard logs, legacy or v2, and its real-time logs.
    Cloudfront,
    /// The load balancer's access logs.
    Alb,
    /// The load balancer's connection logs.
    AlbConnection,
    /// The proxies' access logs.
    Nginx,
    /// The proxies' error logs.
    NginxError,
    /// The web application firewall's logs.
    Waf,
    /// CloudTrail's log files.
    Cloudtrail,
    /// The network's flow logs.
    VpcFlow,
    /// The functions' JSON logs.
    Lambda,
    /// PostgreSQL's log.
    Postgres,
}

impl Source {
    /// All sources.
    pub const ALL: [Self; 10] = [
        Self::Cloudfront,
        Self::Alb,
        Self::AlbConnection,
        Self::Nginx,
        Self::NginxError,
        Self::Waf,
        Self::Cloudtrail,
        Self::VpcFlow,
        Self::Lambda,
        Self::Postgres,
    ];

    /// The name in keys, tables and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cloudfront => "cloudfront",
            Self::Alb => "alb",
            Self::AlbConnection => "alb-connection",
            Self::Nginx => "nginx",
            Self::NginxError => "nginx-error",
            Self::Waf => "waf",
            Self::Cloudtrail => "cloudtrail",
            Self::VpcFlow => "vpc-flow",
            Self::Lambda => "lambda",
            Self::Postgres => "postgres",
        }
    }

    /// The source with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }

    /// What wrote a file, by the names that AWS and nginx give them, or by a folder's name.
    #[must_use]
    pub fn of_file_name(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let by_name = [
            ("_elasticloadbalancing_", Self::Alb),
            ("_CloudTrail_", Self::Cloudtrail),
            ("_vpcflowlogs_", Self::VpcFlow),
            ("aws-waf-logs", Self::Waf),
            ("_waflogs_", Self::Waf),
            ("postgresql.log", Self::Postgres),
        ];
        if name.starts_with("conn_log") {
            return Some(Self::AlbConnection);
        }
        // A folder of nginx's logs has them all.
        if name.starts_with("error.log") {
            return Some(Self::NginxError);
        }
        if name.starts_with("waf.log") {
            return None;
        }
        let named = |folder: &str| Self::named(&folder.to_ascii_lowercase());
        by_name
            .into_iter()
            .find(|(part, _)| name.contains(part))
            .map(|(_, source)| source)
            .or_else(|| path.rsplit('/').skip(1).find_map(named))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_source() {
        for source in Source::ALL {
            assert_eq!(Source::named(source.name()), Some(source));
        }
    }

    #[test]
    fn files_are_known_by_the_names_aws_gives_them() {
        let cases = [
            (
                "logs/123_elasticloadbalancing_eu_app.lb.1_x.log.gz",
                Some(Source::Alb),
            ),
            (
                "conn_log.123_elasticloadbalancing_eu_app.lb.1.log.gz",
                Some(Source::AlbConnection),
            ),
            ("nginx/access.log", Some(Source::Nginx)),
            ("nginx/error.log.1", Some(Source::NginxError)),
            ("nginx/waf.log", None),
            (
                "AWSLogs/1/CloudFront/E1.2026-11-27-10.ab.gz",
                Some(Source::Cloudfront),
            ),
            ("a/cloudfront/2026/E1.gz", Some(Source::Cloudfront)),
            ("notes.txt", None),
        ];
        for (path, source) in cases {
            assert_eq!(Source::of_file_name(path), source, "{path}");
        }
    }
}

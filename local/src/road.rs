//! The tiers between the load balancer and the data: the reverse proxy and two web servers.

use std::path::Path;

use anyhow::Result;

use crate::aws::Aws;
use crate::deploy::Outputs;
use crate::home::TierLogs;
use crate::ports::PortPlan;
use crate::progress::Progress;
use crate::proxy::{Limits, Proxy, ProxyOptions};
use crate::stack::output;
use crate::web::{SiteSettings, WebServers, register_target};
use crate::{cdn, forms, postgres, redis};

/// What stands between the load balancer and the data.
#[derive(Debug)]
pub(crate) struct Road {
    // In the order they are stopped.
    pub(crate) proxy: Proxy,
    pub(crate) web: WebServers,
}

/// Where the road is built.
pub(crate) struct Place<'a> {
    pub(crate) ports: &'a PortPlan,
    pub(crate) aws: &'a Aws,
    pub(crate) outputs: &'a Outputs,
    pub(crate) media_bucket: &'a str,
    pub(crate) state: &'a Path,
    pub(crate) logs: &'a Path,
}

impl Road {
    /// Starts web servers and proxy, and makes them the load balancer's targets, which in
    /// AWS the Auto Scaling groups do.
    pub(crate) fn start(place: &Place<'_>, limits: Limits, progress: &Progress) -> Result<Self> {
        let ports = place.ports;
        let web = progress.step("starting two web servers", None, || {
            let settings = site_settings(ports, place.aws, place.media_bucket);
            WebServers::start(ports.web, &settings, place.state, place.logs)
        })?;
        progress.step("starting the reverse proxy with its firewall", None, || {
            let proxy = Proxy::start(&ProxyOptions {
                http_port: ports.proxy,
                tls_port: ports.proxy_tls,
                upstreams: web.addresses(),
                state: place.state.join("proxy"),
                logs: place.logs.to_owned(),
                limits,
            })?;
            let group = |name| output(place.outputs, name);
            register_target(place.aws, group("ProxyTargetGroupArn")?, ports.proxy)?;
            for port in ports.web {
                register_target(place.aws, group("WebTargetGroupArn")?, port)?;
            }
            Ok(Self { proxy, web })
        })
    }

    /// Where the tiers that are no functions write what they did.
    pub(crate) fn logs(&self, state: &Path, logs: &Path) -> TierLogs {
        vec![
            ("edge", state.join(cdn::ACCESS_LOG)),
            ("proxy", self.proxy.access_log()),
            ("firewall", self.proxy.firewall_log()),
            ("web-1", logs.join("web-1.log")),
            ("web-2", logs.join("web-2.log")),
            ("redis", logs.join("redis.log")),
            ("postgres", logs.join("postgres.log")),
        ]
    }
}

/// What web servers are told on this machine.
pub(crate) fn site_settings(ports: &PortPlan, aws: &Aws, media_bucket: &str) -> SiteSettings {
    SiteSettings {
        site_url: format!("http://127.0.0.1:{}", ports.site),
        database_url: postgres::url(ports.postgres),
        cache_url: redis::url(ports.redis),
        media_bucket: media_bucket.to_owned(),
        aws_endpoint: aws.endpoint().to_owned(),
        editor_password: forms::ADMIN_PASSWORD.to_owned(),
    }
}

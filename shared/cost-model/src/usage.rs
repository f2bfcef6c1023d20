//! What is used of each price in a month: quantities and assumptions, multiplied.

use std::collections::BTreeMap;

use crate::{Assumptions, CostError, Load, Quantities};

/// Units of each price, by its id.
#[derive(Debug, Default)]
pub(crate) struct Usage(pub(crate) BTreeMap<String, f64>);

impl Usage {
    pub(crate) fn of(
        quantities: &Quantities,
        load: Load,
        assume: &Assumptions,
        hours: f64,
    ) -> Result<Self, CostError> {
        let mut usage = Self::default();
        usage.standing(quantities, hours);
        usage.idle(quantities, assume)?;
        let traffic = Traffic::of(quantities, load, assume)?;
        usage.requests(quantities, &traffic, assume)?;
        usage.work(quantities, &traffic, assume)?;
        Ok(usage)
    }

    fn add(&mut self, id: &str, units: f64) {
        *self.0.entry(id.to_owned()).or_default() += units;
    }

    fn add_each(&mut self, prefix: &str, kinds: &BTreeMap<String, f64>, hours: f64) {
        for (kind, number) in kinds {
            self.add(&format!("{prefix}.{kind}"), number * hours);
        }
    }

    /// What costs something for being there.
    fn standing(&mut self, has: &Quantities, hours: f64) {
        /// RDS Proxy is paid for two vCPUs at least, and no class's database has more.
        const PROXY_VCPUS: f64 = 2.0;
        self.add("web-acl", has.web_acls);
        self.add("web-acl-rule", has.web_acl_rules);
        self.add("load-balancer-hour", has.load_balancers * hours);
        self.add("nat-gateway-hour", has.nat_gateways * hours);
        self.add("public-address-hour", has.public_addresses * hours);
        self.add("interface-endpoint-hour", has.interface_endpoints * hours);
        self.add_each("instance-hour", &has.instances, hours);
        self.add("disk-gb", has.disk_gb);
        self.add_each("database-hour", &has.databases, hours);
        self.add("database-gb", has.database_gb);
        let proxied = has.database_proxies * PROXY_VCPUS * hours;
        self.add("database-proxy-hour", proxied);
        self.add_each("cache-hour", &has.cache_nodes, hours);
        self.add("alarm", has.alarm_metrics);
        self.add("composite-alarm", has.composite_alarms);
        self.add("dashboard", has.dashboards);
        self.add("secret", has.secrets);
        self.add("key", has.keys);
    }

    /// What goes on while nobody asks.
    fn idle(&mut self, has: &Quantities, assume: &Assumptions) -> Result<(), CostError> {
        let runs = has.scheduled_runs;
        self.invocations(runs, assume)?;
        let seconds = assume.value("seconds-of-scheduled-run")?;
        self.add("function-gb-seconds", has.scheduled_gb_runs * seconds);
        let polls = assume.value("polls-of-queue")?;
        self.add("queue-requests", has.polled_queues * polls / 1e6);
        let monitored = assume.value("metrics-of-monitored-instance")?;
        self.add("metric", has.monitored_instances * monitored);
        self.add("metric", assume.value("own-metrics")?);
        let queries = assume.value("metric-queries-thousands")?;
        self.add("metric-queries", queries);
        self.add("table-writes", assume.value("health-writes-millions")?);
        self.add("object-writes", assume.value("status-writes-thousands")?);
        self.add("object-gb", assume.value("stored-gb")?);
        Ok(())
    }

    /// Invocations with their traces and log lines.
    fn invocations(&mut self, number: f64, assume: &Assumptions) -> Result<(), CostError> {
        self.add("function-requests", number / 1e6);
        self.add("log-gb", number * assume.value("log-kb-of-run")? / 1e6);
        // X-Ray records the first request of each second, so nearly all that come one by one;
        // of what comes faster, one in twenty.
        let slow = number.min(SECONDS_A_MONTH);
        self.add("traces", (slow + (number - slow) * 0.05) / 1e6);
        Ok(())
    }

    /// What requests cost on their way.
    fn requests(
        &mut self,
        has: &Quantities,
        traffic: &Traffic,
        assume: &Assumptions,
    ) -> Result<(), CostError> {
        /// GB an hour of a capacity unit, where functions answer.
        const FUNCTION_GB: f64 = 0.4;
        self.add("cloudfront-gb", traffic.gb);
        self.add("cloudfront-requests", traffic.millions * 100.0);
        if has.web_acls > 0.0 {
            self.add("web-acl-requests", traffic.millions);
        }
        let units = if has.instances.is_empty() {
            traffic.origin_gb / FUNCTION_GB
        } else {
            // To the proxies, and from them to the web servers.
            traffic.origin_gb * 2.0
        };
        self.add("lcu-hour", units);
        if has.proxies > 0.0 {
            let lines = traffic.origin_millions * assume.value("proxy-log-gb")?;
            self.add("nat-gateway-gb", lines);
            self.add("log-gb", lines);
        }
        Ok(())
    }

    /// What functions do for requests.
    fn work(
        &mut self,
        has: &Quantities,
        traffic: &Traffic,
        assume: &Assumptions,
    ) -> Result<(), CostError> {
        let millions = traffic.millions;
        let short = assume.value("short-run-gb-seconds")?;
        if millions > 0.0 {
            self.add("metric", assume.value("own-metrics-of-traffic")?);
        }
        let forms = millions * assume.value("forms")?;
        let form_runs = forms * assume.value("runs-of-form")?;
        self.invocations(form_runs, assume)?;
        self.add("function-gb-seconds", form_runs * short);
        self.add(
            "table-writes",
            forms * assume.value("writes-of-form")? / 1e6,
        );
        let queued = forms * assume.value("queue-requests-of-form")?;
        self.add("queue-requests", queued / 1e6);
        self.add("events", forms / 1e6);
        self.add("mails", forms * assume.value("mails-of-form")? / 1e3);

        let images = millions * assume.value("images")?;
        self.invocations(images, assume)?;
        self.add(
            "function-gb-seconds",
            images * assume.value("image-gb-seconds")?,
        );
        self.add("object-writes", images / 1e3);

        let uploads = millions * assume.value("uploads")?;
        self.invocations(uploads, assume)?;
        self.add(
            "function-gb-seconds",
            uploads * assume.value("upload-gb-seconds")?,
        );
        self.add(
            "object-writes",
            uploads * assume.value("upload-objects")? / 1e3,
        );
        self.add("object-gb", uploads * assume.value("upload-mb")? / 1e3);

        // A log file that is read: one message, which is three requests, and two rows.
        self.invocations(traffic.log_files, assume)?;
        self.add("function-gb-seconds", traffic.log_files * short);
        self.add("queue-requests", traffic.log_files * 3.0 / 1e6);
        self.add("table-writes", traffic.log_files * 2.0 / 1e6);
        let written = traffic.log_files * assume.value("object-writes-of-log")?;
        self.add("object-writes", written / 1e3);

        if has.instances.is_empty() && !has.databases.is_empty() {
            let pages = traffic.origin_millions * 1e6;
            self.invocations(pages, assume)?;
            self.add(
                "function-gb-seconds",
                pages * assume.value("page-gb-seconds")?,
            );
        }
        Ok(())
    }
}

/// Seconds of a month of 730 hours.
const SECONDS_A_MONTH: f64 = 2_628_000.0;

/// A month's traffic.
struct Traffic {
    /// Requests of viewers, in millions.
    millions: f64,
    /// GB to viewers.
    gb: f64,
    /// Requests that reach the load balancer, in millions.
    origin_millions: f64,
    /// GB from there.
    origin_gb: f64,
    /// Log files of the reverse proxies.
    log_files: f64,
}

impl Traffic {
    fn of(has: &Quantities, load: Load, assume: &Assumptions) -> Result<Self, CostError> {
        let millions = load.millions();
        let gb = millions * assume.value("viewer-gb")?;
        let missed = assume.value("miss-share")?;
        let origin_millions = millions * missed;
        let most = has.proxies * SECONDS_A_MONTH * assume.value("log-files-a-second")?;
        Ok(Self {
            millions,
            gb,
            origin_millions,
            origin_gb: gb * missed,
            log_files: filled(most, origin_millions * 1e6),
        })
    }
}

/// How many of `slots` have something in them, when so many `things` fall into them at random.
fn filled(slots: f64, things: f64) -> f64 {
    if slots > 0.0 {
        slots * (1.0 - (-things / slots).exp())
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_things_fill_a_slot_each_and_many_fill_all() {
        assert!((filled(1e6, 10.0) - 10.0).abs() < 0.01);
        assert!((filled(100.0, 1e6) - 100.0).abs() < 1e-9);
        assert!(filled(0.0, 5.0).abs() < f64::EPSILON);
    }
}

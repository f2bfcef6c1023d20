//! Where results are kept in their bucket.

use log_formats::date_and_hour;
use log_ingest::Partition;
use log_summary::HOUR_MS;

use crate::log_name::short_hash;
use crate::{Partial, RECENT_HOURS};
use report_page::Period;

/// What has been read and is not folded yet.
pub const PENDING: &str = "pending/";

/// Of that, what is about recent hours: it is folded first, for it may wake someone.
pub const PENDING_RECENT: &str = "pending/recent/";

/// And what is about old hours alone, in the order of their days.
pub const PENDING_OLD: &str = "pending/old/";

/// What was pending and cannot be read: a fault of ours.
pub const UNREADABLE: &str = "unreadable/";

/// The hours' ledgers.
pub const HOURS: &str = "hours/";

/// What a log left, until it is folded. Each content of it has a name of its own: a later one
/// must not be lost while an earlier one is folded.
#[must_use]
pub fn pending(partial: &Partial, now_ms: i64) -> String {
    let hours = partial.hours.iter().map(|part| part.hour);
    let newest = hours.max().unwrap_or(0);
    let name = format!("{}-{}.json.gz", partial.id, short_hash(&partial.version));
    if newest >= now_ms.div_euclid(HOUR_MS) - RECENT_HOURS || partial.hours.is_empty() {
        format!("{PENDING_RECENT}{name}")
    } else {
        let (date, _) = date_and_hour(newest * HOUR_MS);
        format!("{PENDING_OLD}{date}/{name}")
    }
}

/// What a log left, after it was folded: kept as long as its hours may be added up again.
#[must_use]
pub fn partial(id: &str) -> String {
    format!("partials/{id}.json.gz")
}

/// The ledger of an hour, numbered since 1970.
#[must_use]
pub fn ledger(hour: i64) -> String {
    let (date, of_day) = date_and_hour(hour * HOUR_MS);
    format!("{HOURS}{date}/{of_day:02}.json.gz")
}

/// The page of a site.
#[must_use]
pub fn report(site: &str, period: Period) -> String {
    format!("reports/{site}/{}", period.page_name())
}

/// The hot list of a site.
#[must_use]
pub fn hot_list(site: &str) -> String {
    format!("hot-lists/{site}.json")
}

/// The folder of a partition's Parquet files.
#[must_use]
pub fn partition(partition: &Partition) -> String {
    format!("tables/{}", partition.prefix())
}

/// What says which of a partition's files are becoming one.
#[must_use]
pub fn compaction(of: &Partition) -> String {
    let prefix = of.prefix().replace('/', ".");
    format!("compactions/{}json", prefix)
}

/// A Parquet file of a log.
#[must_use]
pub fn table_file(of: &Partition, id: &str, part: usize) -> String {
    format!("{}{id}-{part}.parquet", partition(of))
}

#[cfg(test)]
mod tests {
    use log_formats::Source;
    use log_tables::Table;

    use super::*;

    #[test]
    fn keys_are_those_of_the_documentation() {
        let hour = 498_826;
        assert_eq!(ledger(hour), "hours/2026-11-27/10.json.gz");
        assert_eq!(
            report("halden", Period::Hour(hour)),
            "reports/halden/2026-11-27-10.html"
        );
        assert_eq!(
            report("halden", Period::Day(hour / 24)),
            "reports/halden/2026-11-27.html"
        );
        let partition = Partition {
            table: Table::WebRequests,
            source: Source::Alb,
            hour,
        };
        assert_eq!(
            table_file(&partition, "ab", 0),
            "tables/web_requests/source=alb/dt=2026-11-27/hour=10/ab-0.parquet"
        );
    }
}

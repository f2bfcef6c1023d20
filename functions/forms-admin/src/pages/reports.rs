use maud::{Markup, html};

use super::shell::Shell;
use crate::reports::SiteReports;

/// The reports about the logs, by site and day, the newest first.
pub(crate) fn reports(shell: &Shell<'_>, sites: &[SiteReports]) -> String {
    shell.page(
        "Reports",
        &html! {
            p { "What the logs say of each day and hour: traffic, latency, caches, errors, visitors and attacks. All times are UTC." }
            p { a href="/forms/admin/reports/warming" { "What cache warming did" } }
            @if sites.is_empty() {
                p { "There is none yet. The first one comes once the site was visited and its logs were read, within an hour or so." }
            }
            @for site in sites {
                h2 { (site.site) }
                @if site.days.is_empty() { p { "There is none yet." } } @else {
                    div.scroll tabindex="0" role="region" aria-label={"Reports of " (site.site)} { (table(site)) }
                }
            }
        },
    )
}

fn table(site: &SiteReports) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { "Day" } th scope="col" { "Hours" } } }
            tbody {
                @for (date, reports) in site.days.iter().rev() {
                    @let day = date.strftime("%-d %b %Y").to_string();
                    tr {
                        td { @if reports.has_day { a href=(site.path(*date, None)) { (day) } } @else { (day) } }
                        td { ul.hours { @for hour in reports.hours.iter().rev() {
                            li { a href=(site.path(*date, Some(*hour))) aria-label={(day) ", " (format!("{hour:02}")) ":00"} { (format!("{hour:02}")) } }
                        } } }
                    }
                }
            }
        }
    }
}

/// There is no such report.
pub(crate) fn no_report(shell: &Shell<'_>) -> String {
    shell.page(
        "No such report",
        &html! {
            p role="alert" { "There is no report of this site and time: nobody visited then, or it is too old, or not written yet." }
            p { a href="/forms/admin/reports" { "All reports" } }
        },
    )
}

/// There is no such report about cache warming.
pub(crate) fn no_run(shell: &Shell<'_>) -> String {
    shell.page(
        "No such report",
        &html! {
            p role="alert" { "There is no report of this run: it is not over, or too old, or there was nothing to ask for." }
            p { a href="/forms/admin/reports/warming" { "All runs" } }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::tests::site;

    const SHELL: Shell<'static> = Shell {
        token: "",
        signs_out: false,
    };

    #[test]
    fn links_what_there_is_the_newest_first() {
        let files = [
            "2026-11-26-09.html",
            "2026-11-26-23.html",
            "2026-11-26.html",
            "2026-11-27-00.html",
        ];
        let page = reports(&SHELL, &[site(&files)]);
        let found: Vec<&str> = page
            .split('"')
            .filter_map(|part| part.strip_prefix("/forms/admin/reports/"))
            .filter(|path| *path != "warming")
            .collect();
        assert_eq!(
            found,
            [
                "halden/2026-11-27-00.html",
                "halden/2026-11-26.html",
                "halden/2026-11-26-23.html",
                "halden/2026-11-26-09.html",
            ]
        );
        // The day is not over, and has no report of its own.
        assert!(page.contains("<td>27 Nov 2026</td>"), "{page}");
    }

    #[test]
    fn no_report_is_no_fault() {
        let empty = reports(&SHELL, &[]);
        assert!(empty.contains("There is none yet. The first one comes"));
        assert!(empty.contains(r#"<a href="/forms/admin/reports/warming">"#));
        assert!(no_run(&SHELL).contains(r#"<a href="/forms/admin/reports/warming">All runs"#));
        assert!(no_report(&SHELL).contains(r#"<a href="/forms/admin/reports">All reports"#));
    }
}

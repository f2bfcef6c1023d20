//! PostgreSQL and what stands before it.

use template_render::read::{at, number, texts};

use crate::render::{Render, Resource};
use crate::rule::{ALL, KEPT, PRODUCTION, Report, Rule};

const DATABASE: &str = "AWS::RDS::DBInstance";
const PROXY: &str = "AWS::RDS::DBProxy";
const CONTROLS: &str = "securityhub/latest/userguide/rds-controls.html";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "database-encryption",
        "the database's disk is encrypted",
        encryption,
    )
    .of(&[DATABASE], CONTROLS)
    .answers(&["FSBP RDS.3", "CIS 2.3.1"]),
    Rule::new(
        "database-private",
        "the database has no public address",
        private,
    )
    .of(&[DATABASE], CONTROLS)
    .answers(&["FSBP RDS.2", "CIS 2.3.3"]),
    Rule::new(
        "database-zones",
        "the database has a standby in another zone",
        zones,
    )
    .of(&[DATABASE], CONTROLS)
    .answers(&["FSBP RDS.5"])
    .on(PRODUCTION),
    Rule::new(
        "database-protection",
        "the database cannot be deleted by mistake",
        protection,
    )
    .of(&[DATABASE], CONTROLS)
    .answers(&["FSBP RDS.8"])
    .on(PRODUCTION),
    Rule::new(
        "database-backups",
        "backups are kept for a week or longer",
        backups,
    )
    .of(&[DATABASE], CONTROLS)
    .answers(&["FSBP RDS.11", "FSBP RDS.17"])
    // Class dev keeps them for a day.
    .on(KEPT),
    Rule::new(
        "database-sign-in",
        "users sign in by IAM tokens; the owner's password is made and rotated by RDS",
        sign_in,
    )
    .of(&[DATABASE], CONTROLS)
    .answers(&["FSBP RDS.10", "FSBP RDS.25", "FSBP SecretsManager.1"]),
    Rule::new(
        "database-tls",
        "the database refuses connections without TLS",
        tls,
    )
    .of(&[DATABASE, "AWS::RDS::DBParameterGroup", PROXY], CONTROLS)
    .answers(&["Security Hub RDS.38", "FSBP RDS.43"]),
    Rule::new(
        "database-logs",
        "what the database logs is kept in CloudWatch Logs",
        logs,
    )
    .of(&[DATABASE], CONTROLS)
    .answers(&["FSBP RDS.9", "FSBP RDS.36"]),
    Rule::new(
        "database-upgrades",
        "minor versions are installed as they come",
        upgrades,
    )
    .of(&[DATABASE], CONTROLS)
    .answers(&["FSBP RDS.13", "CIS 2.3.2"]),
    Rule::new(
        "database-monitoring",
        "the database's operating system is measured each minute, and what queries wait for",
        monitoring,
    )
    .of(&[DATABASE], CONTROLS)
    .answers(&["FSBP RDS.6"]),
    Rule::new(
        "database-network",
        "the database is in subnets and security groups of the site, with routes to nowhere else",
        network,
    )
    .of(&[DATABASE, "AWS::RDS::DBSubnetGroup"], CONTROLS)
    .answers(&["FSBP RDS.46", "Security Hub RDS.18"])
    .on(ALL),
    Rule::new(
        "database-limits",
        "a query, a lock and an idle transaction end by themselves",
        limits,
    )
    .of(
        &["AWS::RDS::DBParameterGroup"],
        "AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html",
    ),
];

fn encryption(render: &Render<'_>, report: &mut Report) {
    for database in render.of(DATABASE) {
        report.ensure(
            database.is("StorageEncrypted"),
            database,
            "StorageEncrypted is not true",
        );
    }
}

fn private(render: &Render<'_>, report: &mut Report) {
    for database in render.of(DATABASE) {
        // Without the property, a subnet with a route to the internet decides.
        let private = database.get("PubliclyAccessible") == false;
        report.ensure(private, database, "PubliclyAccessible is not false");
    }
}

fn zones(render: &Render<'_>, report: &mut Report) {
    for database in render.of(DATABASE) {
        report.ensure(database.is("MultiAZ"), database, "MultiAZ is not true");
    }
}

fn protection(render: &Render<'_>, report: &mut Report) {
    for database in render.of(DATABASE) {
        let protected = database.is("DeletionProtection");
        report.ensure(protected, database, "DeletionProtection is not true");
    }
}

fn backups(render: &Render<'_>, report: &mut Report) {
    for database in render.of(DATABASE) {
        let days = database.number("BackupRetentionPeriod").unwrap_or(1);
        if days < 7 {
            report.wrong(database, format!("backups are kept for {days} days"));
        }
        report.ensure(
            database.is("CopyTagsToSnapshot"),
            database,
            "snapshots do not say whose they are",
        );
    }
}

fn sign_in(render: &Render<'_>, report: &mut Report) {
    for database in render.of(DATABASE) {
        report.ensure(
            database.is("EnableIAMDatabaseAuthentication"),
            database,
            "users need passwords",
        );
        report.ensure(
            database.is("ManageMasterUserPassword") && !database.has("MasterUserPassword"),
            database,
            "the owner's password is in the template, or nobody rotates it",
        );
        let name = database.text("MasterUsername");
        report.ensure(
            !["admin", "postgres", "root", ""].contains(&name),
            database,
            "the owner has a name that is guessed first",
        );
    }
    for proxy in render.of(PROXY) {
        report.ensure(
            proxy.text("DefaultAuthScheme") == "IAM_AUTH"
                || proxy.text("Auth/0/IAMAuth") == "REQUIRED",
            proxy,
            "users need passwords",
        );
    }
}

fn tls(render: &Render<'_>, report: &mut Report) {
    for database in render.of(DATABASE) {
        let parameters = render.target(database.get("DBParameterGroupName"));
        let forced =
            parameters.is_some_and(|it| number(it.get("Parameters/rds.force_ssl")) == Some(1));
        report.ensure(forced, database, "rds.force_ssl is not 1");
    }
    for proxy in render.of(PROXY) {
        report.ensure(proxy.is("RequireTLS"), proxy, "RequireTLS is not true");
    }
}

fn logs(render: &Render<'_>, report: &mut Report) {
    for database in render.of(DATABASE) {
        let kept = texts(database.get("EnableCloudwatchLogsExports")).any(|it| it == "postgresql");
        report.ensure(kept, database, "its log goes with the instance");
    }
}

fn upgrades(render: &Render<'_>, report: &mut Report) {
    for database in render.of(DATABASE) {
        let upgraded = database.get("AutoMinorVersionUpgrade") != false;
        report.ensure(upgraded, database, "AutoMinorVersionUpgrade is false");
    }
}

fn monitoring(render: &Render<'_>, report: &mut Report) {
    for database in render.of(DATABASE) {
        let seconds = database.number("MonitoringInterval").unwrap_or(0);
        report.ensure(
            (1..=60).contains(&seconds)
                && render.target(database.get("MonitoringRoleArn")).is_some(),
            database,
            "its operating system is not measured",
        );
        let insights = database.is("EnablePerformanceInsights");
        report.ensure(insights, database, "nobody knows what queries wait for");
    }
}

fn network(render: &Render<'_>, report: &mut Report) {
    for database in render.of(DATABASE) {
        let subnets = render.target(database.get("DBSubnetGroupName"));
        report.ensure(
            subnets.is_some_and(|it| it.list("SubnetIds").len() >= 2),
            database,
            "its subnets are not of this template, or in one zone",
        );
        report.ensure(
            !database.list("VPCSecurityGroups").is_empty(),
            database,
            "it is in the default security group",
        );
        for subnet in subnets.into_iter().flat_map(|it| it.list("SubnetIds")) {
            let subnet = render.target(subnet);
            if let Some(subnet) = subnet.filter(|subnet| has_default_route(render, *subnet)) {
                report.wrong(subnet, "data are in a subnet with a route to the internet");
            }
        }
    }
}

fn has_default_route(render: &Render<'_>, subnet: Resource<'_>) -> bool {
    super::network::route_tables(render, subnet.id)
        .into_iter()
        .any(|table| {
            super::network::default_routes(render, table)
                .next()
                .is_some()
        })
}

fn limits(render: &Render<'_>, report: &mut Report) {
    for group in render.of("AWS::RDS::DBParameterGroup") {
        for name in [
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
        ] {
            let limit = number(at(group.get("Parameters"), name));
            if limit.is_none_or(|milliseconds| milliseconds == 0) {
                report.wrong(group, format!("{name} has no limit"));
            }
        }
    }
}

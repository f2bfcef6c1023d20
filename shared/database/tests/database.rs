//! The client against a real PostgreSQL.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking; the lint's own exception covers test functions only"
)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use database::{Database, DatabaseAuth, DatabaseError, DatabaseSettings, Migration, Type, migrate};
use local::{DataServices, FaultProxy};
use settings::Secret;

fn services() -> &'static DataServices {
    static SERVICES: OnceLock<DataServices> = OnceLock::new();
    SERVICES.get_or_init(|| DataServices::start("database-tests").unwrap())
}

fn settings(url: &str) -> DatabaseSettings {
    DatabaseSettings {
        url: Secret::new(url),
        auth: DatabaseAuth::Url,
        ca_file: None,
        connections: 4,
    }
}

fn database() -> Database {
    Database::new(&settings(&services().postgres_url()), None).unwrap()
}

fn through(proxy: &FaultProxy) -> Database {
    let url = format!(
        "postgres://sidetier@{}/postgres?sslmode=disable",
        proxy.address()
    );
    Database::new(&settings(&url), None).unwrap()
}

async fn double(database: &Database, number: i32) -> Result<i32, DatabaseError> {
    let rows = database
        .query("SELECT $1 * 2", &[(&number, Type::INT4)])
        .await?;
    Ok(rows[0].get(0))
}

#[tokio::test]
async fn values_travel_as_parameters() {
    let text = "'; DROP TABLE users; --";
    let rows = database()
        .query("SELECT $1", &[(&text, Type::TEXT)])
        .await
        .unwrap();
    assert_eq!(rows[0].get::<_, &str>(0), text);
}

#[tokio::test]
async fn nothing_is_prepared_on_the_server() {
    let database = database();
    for number in 0..5 {
        double(&database, number).await.unwrap();
    }
    let rows = database
        .query("SELECT count(*) FROM pg_prepared_statements", &[])
        .await;
    assert_eq!(rows.unwrap()[0].get::<_, i64>(0), 0);
}

/// Asks once through a connection that works, breaks it, and asks again after a while.
async fn thaw(breaks: impl Fn(&FaultProxy)) -> Duration {
    let proxy = FaultProxy::start(services().postgres_address()).unwrap();
    let database = through(&proxy);
    double(&database, 1).await.unwrap();
    breaks(&proxy);
    // As long as makes a connection suspicious.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let start = Instant::now();
    assert_eq!(double(&database, 2).await.unwrap(), 4);
    start.elapsed()
}

#[tokio::test]
async fn the_first_statement_after_a_freeze_is_answered() {
    for (name, breaks) in [
        ("closed", FaultProxy::close_all as fn(&FaultProxy)),
        ("silent", FaultProxy::silence_all),
    ] {
        let mut times = Vec::new();
        for _ in 0..5 {
            times.push(thaw(breaks).await);
        }
        times.sort();
        println!("{name}: median {:?}, longest {:?}", times[2], times[4]);
        // The bar is 300 ms; a busy machine may take longer to get to it.
        assert!(times[2] < Duration::from_secs(1), "{name}: {times:?}");
    }
}

#[tokio::test]
async fn a_connection_that_broke_a_moment_ago_costs_a_read_nothing() {
    let proxy = FaultProxy::start(services().postgres_address()).unwrap();
    let database = through(&proxy);
    double(&database, 1).await.unwrap();
    proxy.close_all();
    assert_eq!(double(&database, 2).await.unwrap(), 4);
}

#[tokio::test]
async fn no_more_connections_than_allowed() {
    let database = database();
    let mut asked = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let database = database.clone();
        asked.spawn(async move {
            let pid = "SELECT pg_backend_pid(), pg_sleep(0.05)";
            let rows = database.query(pid, &[]).await.unwrap();
            rows[0].get::<_, i32>(0)
        });
    }
    let pids: std::collections::BTreeSet<i32> = asked.join_all().await.into_iter().collect();
    assert!(pids.len() <= 4, "{pids:?}");
}

#[tokio::test]
async fn a_statement_that_takes_too_long_costs_its_connection() {
    let database = database();
    let pid = "SELECT pg_backend_pid()";
    let first = database.query(pid, &[]).await.unwrap()[0].get::<_, i32>(0);
    let hurried = database.within(Duration::from_millis(50));
    let late = hurried.query("SELECT pg_sleep(20)", &[]).await.unwrap_err();
    let limit = matches!(
        late,
        DatabaseError::Timeout {
            milliseconds: 50,
            ..
        }
    );
    assert!(limit, "{late:?}");
    // The next one does not wait behind it.
    let second = database.query(pid, &[]).await.unwrap()[0].get::<_, i32>(0);
    assert_ne!(first, second);
}

#[tokio::test]
async fn what_was_not_committed_does_not_stay() {
    let database = database();
    let create = "CREATE TABLE IF NOT EXISTS kept (id integer PRIMARY KEY)";
    database.execute(create, &[]).await.unwrap();
    let insert = "INSERT INTO kept (id) VALUES ($1)";
    let mut connection = database.connection().await.unwrap();
    let dropped = connection.transaction().await.unwrap();
    dropped.execute(insert, &[(&1, Type::INT4)]).await.unwrap();
    drop(dropped);
    let kept = connection.transaction().await.unwrap();
    kept.execute(insert, &[(&2, Type::INT4)]).await.unwrap();
    kept.commit().await.unwrap();
    drop(connection);
    let rows = database.query("SELECT id FROM kept", &[]).await.unwrap();
    assert_eq!(rows.len(), 1);
    let twice = database
        .execute(insert, &[(&2, Type::INT4)])
        .await
        .unwrap_err();
    assert!(twice.is_unique_violation(), "{twice:?}");
}

const FIRST: Migration = Migration {
    version: 1,
    name: "create_things",
    sql: "CREATE TABLE things (id integer); INSERT INTO things VALUES (1)",
};

#[tokio::test]
async fn migrations_are_carried_out_once_by_whoever_is_first() {
    let database = database();
    let mut racing = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let database = database.clone();
        racing.spawn(async move { migrate(&database, &[FIRST]).await });
    }
    for outcome in racing.join_all().await {
        outcome.unwrap();
    }
    let rows = database.query("SELECT id FROM things", &[]).await.unwrap();
    assert_eq!(rows.len(), 1);
    let changed = Migration {
        sql: "CREATE TABLE other_things ()",
        ..FIRST
    };
    let refused = migrate(&database, &[changed])
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains("create_things"), "{refused}");
}

#[tokio::test]
async fn tls_is_verified_and_a_restart_is_survived() {
    // A server of its own: it is restarted.
    let services = DataServices::start("database-tls-tests").unwrap();
    let plain = Database::new(&settings(&services.postgres_url()), None).unwrap();
    double(&plain, 1).await.unwrap();
    let certificate = services.restart_postgres_with_tls().unwrap();
    assert_eq!(double(&plain, 2).await.unwrap(), 4);

    let url = services
        .postgres_url()
        .replace("sslmode=disable", "sslmode=require");
    let trusting = DatabaseSettings {
        ca_file: Some(certificate),
        ..settings(&url)
    };
    let database = Database::new(&trusting, None).unwrap();
    let encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let rows = database.query(encrypted, &[]).await.unwrap();
    assert!(rows[0].get::<_, bool>(0));

    let suspicious = Database::new(&settings(&url), None).unwrap();
    let refused = double(&suspicious, 1).await.unwrap_err();
    let chain = format!("{refused:?}").to_lowercase();
    assert!(chain.contains("certificate"), "{chain}");
    services.stop_postgres();
    assert!(double(&database, 1).await.is_err());
}

/// A server that asks for a password in clear, and tells what it got:
/// <https://www.postgresql.org/docs/current/protocol-message-formats.html>.
fn password_asked(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    let mut buffer = [0; 4096];
    let count = stream.read(&mut buffer).unwrap();
    assert!(String::from_utf8_lossy(&buffer[..count]).contains("site"));
    // AuthenticationCleartextPassword.
    stream.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 3]).unwrap();
    let count = stream.read(&mut buffer).unwrap();
    String::from_utf8_lossy(&buffer[..count]).into_owned()
}

#[tokio::test]
async fn every_connection_signs_in_with_a_token_of_its_own() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || [password_asked(&listener), password_asked(&listener)]);
    let iam = DatabaseSettings {
        auth: DatabaseAuth::Iam {
            region: "eu-central-1".to_owned(),
        },
        ..settings(&format!("postgres://site@{address}/shop?sslmode=disable"))
    };
    let credentials = Credentials::new("akid", "secret", None, None, "test");
    let provider = SharedCredentialsProvider::new(credentials);
    let database = Database::new(&iam, Some(provider)).unwrap();
    for _ in 0..2 {
        assert!(double(&database, 1).await.is_err());
    }
    for password in server.join().unwrap() {
        let token = format!("{address}/?Action=connect&DBUser=site&X-Amz-Algorithm");
        assert!(password.contains(&token), "{password}");
        assert!(password.contains("eu-central-1%2Frds-db"), "{password}");
    }
}

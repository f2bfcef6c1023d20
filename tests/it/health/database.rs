//! Checks of a real PostgreSQL and a replica of it.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use health_state::{Outcome, State};
use local::{DataServices, free_port};

use super::judged::{Judged, assert_says};
use crate::harness::wait_for;

const DATABASE: &str = "DATABASE_URL";
const WRITE: &str = "postgres = { url = \"env:DATABASE_URL\", write_canary = true }";

/// A second server that follows the first. Dropping it stops it.
struct Replica {
    server: Option<Child>,
    programs: PathBuf,
    /// As whom the first one runs: PostgreSQL refuses root.
    owner: fs::Metadata,
    port: u16,
    home: tempfile::TempDir,
}

/// A replica is a copy that goes on: <https://www.postgresql.org/docs/current/app-pgbasebackup.html>.
impl Replica {
    fn follow(primary: &DataServices) -> Self {
        let ask = |query: &str| primary.sql(query).unwrap().remove(0);
        let programs = ask("SELECT setting FROM pg_config() WHERE name = 'BINDIR'");
        let owner = fs::metadata(ask("SHOW data_directory")).unwrap();
        let home = tempfile::tempdir_in("/var/tmp").unwrap();
        chown(home.path(), Some(owner.uid()), Some(owner.gid())).unwrap();
        let mut replica = Self {
            server: None,
            programs: programs.into(),
            owner,
            port: free_port().unwrap(),
            home,
        };
        let copied = replica
            .program("pg_basebackup")
            .args(["--dbname", &primary.postgres_url(), "--write-recovery-conf"])
            .args(["--checkpoint", "fast", "--wal-method", "stream"])
            .status();
        assert!(copied.unwrap().success());
        replica.start();
        replica
    }

    /// A program of PostgreSQL with the data directory, as the owner of the first one's.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new("setpriv");
        if fs::metadata("/proc/self").unwrap().uid() != self.owner.uid() {
            let (user, group) = (self.owner.uid().to_string(), self.owner.gid().to_string());
            command.args(["--reuid", &user, "--regid", &group, "--clear-groups"]);
        }
        command
            .args(["--pdeathsig", "INT", "--"])
            .arg(self.programs.join(name))
            .arg("-D")
            .arg(self.home.path().join("data"))
            .current_dir("/");
        command
    }

    fn start(&mut self) {
        let server = self
            .program("postgres")
            .args(["-p", &self.port.to_string()])
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"])
            .args(["-c", "unix_socket_directories="])
            // Asks soon again for a first one that was away.
            .args(["-c", "wal_retrieve_retry_interval=200ms"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.server = Some(server.unwrap());
        wait_for("the replica", || self.try_sql("SELECT 1"));
    }

    fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }

    fn url(&self) -> String {
        format!(
            "postgres://sidetier@127.0.0.1:{}/postgres?sslmode=disable",
            self.port
        )
    }

    fn try_sql(&self, query: &str) -> Option<String> {
        let output = Command::new(self.programs.join("psql"))
            .args(["--no-psqlrc", "--tuples-only", "--no-align", "--dbname"])
            .args([&self.url(), "--command", query])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        output.status.success().then(|| text.trim().to_owned())
    }

    fn sql(&self, query: &str) -> String {
        self.try_sql(query).unwrap()
    }

    /// Waits until it has all that the first one has.
    fn catch_up(&self, primary: &DataServices) {
        let position = primary
            .sql("SELECT pg_current_wal_lsn()")
            .unwrap()
            .remove(0);
        let has_it = format!("SELECT pg_last_wal_replay_lsn() >= '{position}'::pg_lsn");
        wait_for("the replica to catch up", || {
            (self.sql(&has_it) == "t").then_some(())
        });
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.stop();
    }
}

fn write(primary: &DataServices) {
    let written = primary.sql("UPDATE health_canary SET written_at = now() WHERE id = 1");
    assert_eq!(written.unwrap(), ["UPDATE 1"]);
}

fn primary(name: &str) -> DataServices {
    let primary = DataServices::start(name).unwrap();
    let table = "CREATE TABLE health_canary (id smallint PRIMARY KEY, written_at timestamptz); \
         INSERT INTO health_canary VALUES (1)";
    primary.sql(table).unwrap();
    primary
}

/// Behind by so much, or more, is as bad as that.
fn lag(level: &str) -> String {
    format!("postgres = {{ url = \"env:DATABASE_URL\", replica_lag = {{ {level} = \"1s\" }} }}")
}

#[tokio::test]
async fn a_replica_that_is_behind_is_seen_and_so_is_one_that_nobody_feeds() {
    let primary = primary("it-health-lag");
    let mut replica = Replica::follow(&primary);
    let mut warned = Judged::new(&lag("warn"), (DATABASE, &replica.url()));
    let mut failed = Judged::new(&lag("fail"), (DATABASE, &replica.url()));
    write(&primary);
    replica.catch_up(&primary);
    // However long ago that was written.
    let seen = failed.comes_to(State::Pass).await;
    assert_says(&seen, &["replica lag is 0"]);
    warned.comes_to(State::Pass).await;

    // What comes in stays where it came in.
    replica.sql("SELECT pg_wal_replay_pause()");
    write(&primary);
    warned.is_seen(Outcome::Warn).await;
    warned.comes_to(State::Warn).await;
    let seen = failed.comes_to(State::Fail).await;
    assert_says(&seen, &["replica lag is ", "1s"]);
    replica.sql("SELECT pg_wal_replay_resume()");
    replica.catch_up(&primary);
    failed.comes_to(State::Pass).await;
    warned.comes_to(State::Pass).await;

    // It has all there was; what there is now, nobody tells it.
    primary.stop_postgres();
    failed.is_seen(Outcome::Fail).await;
    failed.comes_to(State::Fail).await;
    primary.start_postgres().unwrap();
    failed.is_seen(Outcome::Pass).await;
    failed.comes_to(State::Pass).await;

    // Started anew it does not even know how old what it has is.
    primary.sql("CHECKPOINT").unwrap();
    replica.catch_up(&primary);
    replica.sql("CHECKPOINT");
    primary.stop_postgres();
    replica.stop();
    replica.start();
    failed.comes_to(State::Fail).await;
    primary.start_postgres().unwrap();
    failed.is_seen(Outcome::Pass).await;
    failed.comes_to(State::Pass).await;
}

#[tokio::test]
async fn a_replica_that_takes_over_is_no_replica_and_takes_writes() {
    let primary = primary("it-health-promotion");
    let replica = Replica::follow(&primary);
    write(&primary);
    replica.catch_up(&primary);
    let mut as_replica = Judged::new(&lag("fail"), (DATABASE, &replica.url()));
    let mut as_primary = Judged::new(WRITE, (DATABASE, &replica.url()));
    let mut before = Judged::new(WRITE, (DATABASE, &primary.postgres_url()));
    as_replica.comes_to(State::Pass).await;
    before.comes_to(State::Pass).await;
    let seen = as_primary.comes_to(State::Fail).await;
    assert_says(&seen, &["connect to the database"]);

    primary.stop_postgres();
    before.comes_to(State::Fail).await;
    assert_eq!(replica.sql("SELECT pg_promote()"), "t");
    let seen = as_replica.comes_to(State::Fail).await;
    assert_says(&seen, &["it is no replica"]);
    let seen = as_primary.comes_to(State::Pass).await;
    assert_says(&seen, &["writing works"]);
}

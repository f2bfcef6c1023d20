//! Checks of a real Redis and a replica of it.

use std::process::{Child, Command, Stdio};

use health_state::{Outcome, State};
use local::{DataServices, free_port};
use redis::aio::MultiplexedConnection;

use super::judged::{Judged, assert_says};

const CACHE: &str = "CACHE_URL";

/// How much the master may take when it is limited, in bytes besides what it needs itself.
const ROOM: u64 = 20 * 1024 * 1024;
/// Bytes that one value takes, and those that it has: the rest is Redis's.
const TAKEN: u64 = 64 * 1024;
const VALUE: usize = 60_000;

fn check(of: &str) -> String {
    format!("redis = {{ url = \"env:CACHE_URL\", {of} }}")
}

async fn connect(url: &str) -> MultiplexedConnection {
    let client = redis::Client::open(url).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

/// Says something to a server, and returns whether it took it.
async fn say(redis: &mut MultiplexedConnection, words: &[&str]) -> bool {
    let mut command = redis::cmd(words[0]);
    command.arg(&words[1..]);
    let answer: redis::RedisResult<redis::Value> = command.query_async(redis).await;
    answer.is_ok()
}

/// A second server that follows the first. Dropping it stops it.
struct Replica {
    server: Child,
    port: u16,
    _home: tempfile::TempDir,
}

impl Replica {
    /// On the port of one that was there before, or on any.
    fn follow(master: &DataServices, port: Option<u16>) -> Self {
        let port = port.unwrap_or_else(|| free_port().unwrap());
        let home = tempfile::tempdir().unwrap();
        let of = master.redis_address().port();
        let server = Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "--", "redis-server"])
            .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
            .args([
                "--replicaof",
                "127.0.0.1",
                &of.to_string(),
                "--save",
                "",
                "--dir",
            ])
            .arg(home.path())
            .stdout(Stdio::null())
            .spawn();
        Self {
            server: server.unwrap(),
            port,
            _home: home,
        }
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[tokio::test]
async fn a_replica_that_is_gone_or_takes_over_is_seen() {
    let master = DataServices::start("it-health-redis").unwrap();
    let replica = Replica::follow(&master, None);
    let (of_master, of_replica) = (
        check("role = \"master\", replicas_min = 1, set_get = true"),
        check("role = \"replica\""),
    );
    let mut first = Judged::new(&of_master, (CACHE, &master.redis_url()));
    let mut second = Judged::new(&of_replica, (CACHE, &replica.url()));
    first.is_seen(Outcome::Pass).await;
    first.comes_to(State::Pass).await;
    second.comes_to(State::Pass).await;

    let port = replica.port;
    drop(replica);
    first.is_seen(Outcome::Fail).await;
    let seen = first.comes_to(State::Fail).await;
    assert_says(&seen, &["0 replicas instead of at least 1"]);
    second.comes_to(State::Fail).await;
    let replica = Replica::follow(&master, Some(port));
    first.is_seen(Outcome::Pass).await;
    first.comes_to(State::Pass).await;
    second.is_seen(Outcome::Pass).await;
    second.comes_to(State::Pass).await;

    // The first one is gone, and the second one takes over.
    master.stop_redis();
    first.comes_to(State::Fail).await;
    let mut promoted = connect(&replica.url()).await;
    assert!(say(&mut promoted, &["REPLICAOF", "NO", "ONE"]).await);
    let seen = second.comes_to(State::Fail).await;
    assert_says(&seen, &["it is the master instead of the replica"]);
    let now_first = check("role = \"master\", set_get = true");
    let mut now_first = Judged::new(&now_first, (CACHE, &replica.url()));
    now_first.comes_to(State::Pass).await;
}

/// Writes so many values, of so many bytes each; whether all of them were taken.
async fn fill(redis: &mut MultiplexedConnection, name: &str, (count, bytes): (u64, usize)) -> bool {
    let value = "x".repeat(bytes);
    let mut all = true;
    for number in 0..count {
        all &= say(redis, &["SET", &format!("{name}:{number}"), &value]).await;
    }
    all
}

/// Lets it take [`ROOM`] more than it has.
async fn limit(redis: &mut MultiplexedConnection, policy: &str) -> u64 {
    let info: String = redis::cmd("INFO")
        .arg("memory")
        .query_async(redis)
        .await
        .unwrap();
    let used = info
        .lines()
        .find_map(|line| line.strip_prefix("used_memory:"));
    let limit = used.unwrap().trim().parse::<u64>().unwrap() + ROOM;
    assert!(say(redis, &["CONFIG", "SET", "maxmemory-policy", policy]).await);
    assert!(say(redis, &["CONFIG", "SET", "maxmemory", &limit.to_string()]).await);
    limit
}

#[tokio::test]
async fn a_cache_that_is_nearly_full_is_seen_and_so_is_one_that_forgets() {
    let master = DataServices::start("it-health-memory").unwrap();
    let mut redis = connect(&master.redis_url()).await;
    let whole = limit(&mut redis, "noeviction").await / TAKEN;
    let memory = check("memory_pct = { warn = 80, fail = 95 }");
    let mut memory = Judged::new(&memory, (CACHE, &master.redis_url()));
    let mut writing = Judged::new(&check("set_get = true"), (CACHE, &master.redis_url()));
    memory.comes_to(State::Pass).await;
    writing.comes_to(State::Pass).await;

    let nearly = ROOM / TAKEN * 85 / 100;
    assert!(fill(&mut redis, "nearly", (nearly, VALUE)).await);
    let seen = memory.comes_to(State::Warn).await;
    assert_says(&seen, &["memory is "]);
    writing.comes_to(State::Pass).await;
    // More than there is room for, and then more than is left.
    assert!(!fill(&mut redis, "full", (whole, VALUE)).await);
    assert!(!fill(&mut redis, "last", (1000, 100)).await);
    memory.comes_to(State::Fail).await;
    let seen = writing.comes_to(State::Fail).await;
    assert_says(&seen, &["OOM"]);
    assert!(say(&mut redis, &["FLUSHALL"]).await);
    memory.comes_to(State::Pass).await;
    writing.comes_to(State::Pass).await;

    // A cache forgets instead. How much, is counted from one minute to the next.
    let forgets = check("evictions_per_min = { warn = 1 }, set_get = true");
    let mut forgets = Judged::new(&forgets, (CACHE, &master.redis_url()));
    forgets.comes_to(State::Pass).await;
    limit(&mut redis, "allkeys-lru").await;
    assert!(fill(&mut redis, "forgotten", (whole + 10, VALUE)).await);
    let seen = forgets.comes_to(State::Warn).await;
    assert_says(&seen, &["evictions in a minute is "]);
    assert!(say(&mut redis, &["FLUSHALL"]).await);
    forgets.is_seen(Outcome::Pass).await;
    forgets.comes_to(State::Pass).await;
}

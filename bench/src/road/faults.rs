//! What is done to the tiers while pages are asked for.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Result;
use local::Stack;

/// Between two faults.
const PAUSE: Duration = Duration::from_secs(3);
/// Reloads of the reverse proxy's configuration.
const RELOADS: u32 = 5;

/// One fault after the other.
pub(super) fn all(stack: &Stack, outage: Duration) -> Result<()> {
    let started = Instant::now();
    let say = |what: &str| println!("  {:>6.1} s  {what}", started.elapsed().as_secs_f64());
    sleep(PAUSE);
    for _ in 0..RELOADS {
        say("the reverse proxy reloads its configuration");
        stack.reload_proxy()?;
        sleep(PAUSE);
    }
    say("one web server is killed");
    stack.kill_web_server(0)?;
    sleep(PAUSE);
    say("and the other: no origin");
    stack.kill_web_server(1)?;
    sleep(outage);
    say("both start again");
    stack.start_web_server(0)?;
    stack.start_web_server(1)?;
    sleep(PAUSE);
    say("PostgreSQL stops");
    stack.stop_postgres()?;
    sleep(outage);
    say("PostgreSQL starts again");
    stack.start_postgres()?;
    sleep(PAUSE);
    say("Redis stops");
    stack.stop_redis()?;
    sleep(PAUSE);
    say("Redis starts again");
    stack.start_redis()?;
    sleep(PAUSE);
    Ok(())
}

//! What breaks while clients post.

use std::thread;
use std::time::Duration;

use anyhow::Result;
use local::Stack;

/// Pause between two faults.
const PAUSE: Duration = Duration::from_millis(500);

/// What breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Faults {
    /// PostgreSQL and Redis are stopped and started, and workers killed, in turns.
    ServersAndWorkers {
        /// How often something breaks.
        times: usize,
    },
    /// DynamoDB answers every call with an error.
    DynamoDb {
        /// For how long.
        outage: Duration,
    },
}

impl Faults {
    /// Breaks and mends, and tells how often.
    pub(super) fn break_things(
        self,
        stack: &Stack,
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<usize> {
        match self {
            Self::ServersAndWorkers { times } => {
                for number in 0..times {
                    break_one(number, stack, progress)?;
                    thread::sleep(PAUSE);
                }
                Ok(times)
            }
            Self::DynamoDb { outage } => {
                progress(&format!("DynamoDB fails for {} s", outage.as_secs()));
                stack.fail_services(&["dynamodb"])?;
                thread::sleep(outage);
                stack.fail_services(&[])?;
                progress("DynamoDB works again");
                Ok(1)
            }
        }
    }
}

fn break_one(number: usize, stack: &Stack, progress: &(dyn Fn(&str) + Sync)) -> Result<()> {
    match number % 4 {
        0 => {
            progress("stopping PostgreSQL");
            stack.stop_postgres()?;
            thread::sleep(Duration::from_secs(2));
            stack.start_postgres()
        }
        1 => {
            progress("stopping Redis");
            stack.stop_redis()?;
            thread::sleep(Duration::from_secs(1));
            stack.start_redis()
        }
        2 => {
            progress("killing the workers that deliver");
            stack.kill_function_workers("forms-deliver").map(drop)
        }
        _ => {
            progress("killing the workers that project and dispatch");
            stack.kill_function_workers("forms-project")?;
            stack.kill_function_workers("forms-dispatch").map(drop)
        }
    }
}

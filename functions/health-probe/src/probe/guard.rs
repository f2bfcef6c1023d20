//! Whether the prober itself is connected.

use std::time::Duration;

use health_checks::{Guard, GuardProbe};
use tokio::net::lookup_host;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::probe::connect::{HostPort, bare, connect};
use crate::probe::phases::Phases;

/// How long an answer is waited for.
const LIMIT: Duration = Duration::from_secs(5);

/// Asks all that proves connectivity at once; one that answers is enough. Where nothing would
/// prove it, it is taken for granted.
pub(crate) async fn is_connected(guard: Guard) -> bool {
    if guard.any_of.is_empty() {
        return true;
    }
    let mut asked = JoinSet::new();
    for probe in guard.any_of {
        asked.spawn(timeout(LIMIT, answers(probe)));
    }
    while let Some(answer) = asked.join_next().await {
        if matches!(answer, Ok(Ok(true))) {
            return true;
        }
    }
    false
}

async fn answers(probe: GuardProbe) -> bool {
    match probe {
        // The port goes into the addresses and is asked of nobody.
        GuardProbe::Dns(name) => {
            let found = lookup_host((name, 443)).await;
            found.is_ok_and(|mut addresses| addresses.next().is_some())
        }
        GuardProbe::Tcp { host, port } => {
            let host = bare(&host).to_owned();
            connect(&HostPort { host, port }, &Phases::default())
                .await
                .is_ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(listener: &std::net::TcpListener) -> u16 {
        listener.local_addr().unwrap().port()
    }

    #[tokio::test]
    async fn one_answer_is_enough() {
        let gone = port(&std::net::TcpListener::bind("127.0.0.1:0").unwrap());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let tcp = |port| GuardProbe::Tcp {
            host: "127.0.0.1".to_owned(),
            port,
        };
        let guard = |any_of| Guard { any_of, when: None };
        assert!(is_connected(guard(vec![tcp(gone), tcp(port(&listener))])).await);
        assert!(!is_connected(guard(vec![tcp(gone)])).await);
        assert!(is_connected(guard(Vec::new())).await);
    }
}

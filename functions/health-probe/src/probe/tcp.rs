use health_checks::{TcpCheck, Timings};

use crate::probe::connect::{HostPort, connect};
use crate::probe::phases::Phases;
use crate::probe::{ProbeError, Variables};

/// Opens a connection, and tells how long it took.
pub(crate) async fn ask(
    check: &TcpCheck,
    variables: &Variables,
    phases: &Phases,
) -> Result<Timings, ProbeError> {
    let place = HostPort::parse(&variables.resolve(&check.address)?)?;
    connect(&place, phases).await?;
    Ok(phases.finish())
}

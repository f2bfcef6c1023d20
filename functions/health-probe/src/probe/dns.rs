use std::net::SocketAddr;
use std::time::Duration;

use health_checks::{DnsAnswer, DnsCheck, Rcode, RecordType as Wanted};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{RData, RecordType};
use tokio::net::lookup_host;

use crate::probe::connect::HostPort;
use crate::probe::phases::{Phase, Phases};
use crate::probe::{ProbeError, Variables};

/// A packet that was lost is sent again after this time.
const AGAIN_AFTER: Duration = Duration::from_millis(900);
/// Records of an answer that are looked at.
const MAX_RECORDS: usize = 100;

/// Asks for the records of a name: the check's name server, or those of the operating system.
/// Nothing is remembered from one time to the next.
pub(crate) async fn ask(
    check: &DnsCheck,
    variables: &Variables,
    phases: &Phases,
) -> Result<DnsAnswer, ProbeError> {
    let name = variables.resolve(&check.name)?;
    let server = match &check.resolver {
        Some(server) => Some(address(&variables.resolve(server)?).await?),
        None => None,
    };
    let resolver = resolver(server).map_err(own)?;
    let wanted = record_type(check.record_type);
    phases.begin(Phase::Dns);
    // With a dot at its end the name is whole: no search domain is added.
    let found = resolver
        .lookup(format!("{}.", name.trim_end_matches('.')), wanted)
        .await;
    let timings = phases.finish();
    let (rcode, records) = match found {
        Ok(found) => {
            let records = found.answers().iter();
            let of_type = records.filter(|record| record.record_type() == wanted);
            let texts = of_type.take(MAX_RECORDS).map(|record| text(&record.data));
            (ResponseCode::NoError, texts.collect())
        }
        Err(NetError::Dns(DnsError::NoRecordsFound(none))) => (none.response_code, Vec::new()),
        Err(NetError::Dns(DnsError::ResponseCode(code))) => (code, Vec::new()),
        Err(error) => return Err(ProbeError::Dns(error.into())),
    };
    Ok(DnsAnswer {
        rcode: known(rcode)?,
        records,
        timings,
    })
}

async fn address(server: &str) -> Result<SocketAddr, ProbeError> {
    let HostPort { host, port } = HostPort::parse(server)?;
    let found = lookup_host((host.as_str(), port)).await;
    match found.map(|mut addresses| addresses.next()) {
        Ok(Some(address)) => Ok(address),
        Ok(None) => Err(ProbeError::NoAddress { host }),
        Err(source) => Err(ProbeError::Resolve { host, source }),
    }
}

fn resolver(server: Option<SocketAddr>) -> Result<TokioResolver, NetError> {
    let mut builder = match server {
        None => TokioResolver::builder_tokio()?,
        Some(server) => {
            let at_port = |mut connection: ConnectionConfig| {
                connection.port = server.port();
                connection
            };
            let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
            let connections = connections.map(at_port).into();
            let server = NameServerConfig::new(server.ip(), true, connections);
            let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        }
    };
    set(builder.options_mut());
    builder.build()
}

fn set(options: &mut ResolverOpts) {
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    options.timeout = AGAIN_AFTER;
}

fn own(error: NetError) -> ProbeError {
    ProbeError::Settings(error.into())
}

const fn record_type(wanted: Wanted) -> RecordType {
    match wanted {
        Wanted::A => RecordType::A,
        Wanted::Aaaa => RecordType::AAAA,
        Wanted::Caa => RecordType::CAA,
        Wanted::Cname => RecordType::CNAME,
        Wanted::Mx => RecordType::MX,
        Wanted::Ns => RecordType::NS,
        Wanted::Ptr => RecordType::PTR,
        Wanted::Soa => RecordType::SOA,
        Wanted::Srv => RecordType::SRV,
        Wanted::Txt => RecordType::TXT,
    }
}

/// A text comes in pieces of 255 bytes, which belong together; all else is shown as in a zone.
fn text(data: &RData) -> String {
    match data {
        RData::TXT(pieces) => {
            let pieces = pieces.txt_data.iter();
            pieces.map(|piece| String::from_utf8_lossy(piece)).collect()
        }
        data => data.to_string(),
    }
}

const fn known(code: ResponseCode) -> Result<Rcode, ProbeError> {
    Ok(match code {
        ResponseCode::NoError => Rcode::NoError,
        ResponseCode::FormErr => Rcode::FormErr,
        ResponseCode::ServFail => Rcode::ServFail,
        ResponseCode::NXDomain => Rcode::NxDomain,
        ResponseCode::NotImp => Rcode::NotImp,
        ResponseCode::Refused => Rcode::Refused,
        _ => return Err(ProbeError::Answer("it says what no name server should say")),
    })
}

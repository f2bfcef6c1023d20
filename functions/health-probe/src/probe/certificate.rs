//! What a certificate says of itself.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::pki_types::CertificateDer;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use crate::probe::ProbeError;

/// Names of a certificate that are read at most.
const MAX_NAMES: usize = 200;

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// In how many seconds it ends; negative when it has.
    pub(crate) left_s: i64,
    /// The names and addresses that it is for.
    pub(crate) names: Vec<String>,
}

/// Reads the first certificate of a chain, which is the server's own. Only browsers of long
/// ago looked at the subject: names are the alternative ones
/// (<https://www.rfc-editor.org/rfc/rfc9525#section-6.3>).
pub(crate) fn facts(chain: &[CertificateDer<'_>], now: SystemTime) -> Result<Facts, ProbeError> {
    let own = chain
        .first()
        .ok_or(ProbeError::Answer("there is no certificate"))?;
    let own = Certificate::from_der(own)
        .map_err(|_| ProbeError::Answer("the certificate cannot be read"))?;
    let ends = own.tbs_certificate.validity.not_after.to_unix_duration();
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = |time: std::time::Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let names = match own.tbs_certificate.get::<SubjectAltName>() {
        Ok(Some((_, SubjectAltName(names)))) => {
            names.iter().filter_map(name).take(MAX_NAMES).collect()
        }
        Ok(None) | Err(_) => Vec::new(),
    };
    Ok(Facts {
        left_s: seconds(ends).saturating_sub(seconds(now)),
        names,
    })
}

fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.as_str().to_owned()),
        GeneralName::IpAddress(bytes) => {
            let bytes = bytes.as_bytes();
            let v4 = <[u8; 4]>::try_from(bytes).map(|bytes| Ipv4Addr::from(bytes).to_string());
            let v6 = <[u8; 16]>::try_from(bytes).map(|bytes| Ipv6Addr::from(bytes).to_string());
            v4.or(v6).ok()
        }
        _ => None,
    }
}

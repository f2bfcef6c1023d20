//! Judges certificates, and remembers the verdict instead of breaking off: what a bad
//! certificate says is part of the answer.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme, SupportedProtocolVersion,
};

use crate::probe::ProbeError;

/// Whom the prober believes.
#[derive(Clone)]
pub(crate) struct Trust {
    roots: Arc<RootCertStore>,
    provider: Arc<CryptoProvider>,
}

impl Trust {
    /// The roots of the operating system. Without any, each certificate is a fault of the
    /// prober's own.
    pub(crate) fn of_system() -> Self {
        let mut roots = RootCertStore::empty();
        // What the system has besides usable roots matters to nobody here.
        let _ = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Self::new(roots)
    }

    /// These roots.
    pub(crate) fn new(roots: RootCertStore) -> Self {
        Self {
            roots: Arc::new(roots),
            provider: Arc::new(rustls::crypto::aws_lc_rs::default_provider()),
        }
    }

    /// How one connection is encrypted, and where the verdict about its certificate will be.
    /// Nothing is kept from one connection for the next: each shows its certificate.
    pub(crate) fn connection(
        &self,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Result<(ClientConfig, Arc<Verdict>), ProbeError> {
        if self.roots.is_empty() {
            let text = "judge certificates: the operating system has no roots";
            return Err(ProbeError::NoTrust(text.to_owned()));
        }
        let unusable = |error: &dyn std::fmt::Display| ProbeError::NoTrust(error.to_string());
        let inner = WebPkiServerVerifier::builder_with_provider(
            Arc::clone(&self.roots),
            Arc::clone(&self.provider),
        );
        let verdict = Arc::new(Verdict {
            inner: inner.build().map_err(|error| unusable(&error))?,
            fault: Mutex::default(),
        });
        let config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(versions)
            .map_err(|error| unusable(&error))?;
        let verifier: Arc<dyn ServerCertVerifier> = verdict.clone();
        let mut config = config
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        Ok((config, verdict))
    }
}

/// What the usual judge said of a certificate.
#[derive(Debug)]
pub(crate) struct Verdict {
    inner: Arc<WebPkiServerVerifier>,
    fault: Mutex<Option<String>>,
}

impl Verdict {
    /// Why the certificate is not valid for the host; `None` when it is.
    pub(crate) fn fault(&self) -> Option<String> {
        let fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        fault.clone()
    }
}

impl ServerCertVerifier for Verdict {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verdict = self.inner.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        if let Err(error) = verdict {
            let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
            *fault = Some(error.to_string());
        }
        // Who connected looks at the fault before anything is sent.
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

//! Tokens that stand for passwords where IAM decides who may connect.
//!
//! A token is a presigned request (AWS Signature Version 4) without its scheme. It is
//! computed here, without asking anybody, and is good for 15 minutes; the connection that
//! was opened with it lives on. Sign one for each new connection and keep none: a kept
//! token outlives the credentials that signed it.
//!
//! `aws-sdk-rds` has a generator for RDS, but that crate is the largest of the SDK and has
//! none for ElastiCache.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningError, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use url::Url;

/// How long a token may be used to connect.
const LIFETIME: Duration = Duration::from_mins(15);

/// Who signs, where, and when.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// Credentials of the role that may connect.
    pub credentials: &'a Credentials,
    /// The region of the database or cache, such as `eu-central-1`.
    pub region: &'a str,
    /// The present time; a token is refused when it is off by minutes.
    pub now: SystemTime,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The address cannot be written as a URL.
    #[error("read {address} as a host")]
    Address {
        /// What was given.
        address: String,
        /// What is wrong with it.
        source: url::ParseError,
    },
    /// A signing parameter is missing.
    #[error("prepare the signature")]
    Parameters(#[from] v4::signing_params::BuildError),
    /// The request could not be signed.
    #[error("sign the token")]
    Signature(#[from] SigningError),
}

impl Signer<'_> {
    /// The password of `user` at an RDS instance or proxy:
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.Connecting.html>.
    ///
    /// # Errors
    /// When the host is none.
    pub fn rds(&self, host: &str, port: u16, user: &str) -> Result<String, TokenError> {
        let parameters = [("Action", "connect"), ("DBUser", user)];
        self.token("rds-db", &format!("{host}:{port}"), &parameters)
    }

    /// The password of `user` at a cache with node-based clusters; `cache` is the name of
    /// the replication group, not its address:
    /// <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html>.
    ///
    /// # Errors
    /// When the name is none.
    pub fn elasticache(&self, cache: &str, user: &str) -> Result<String, TokenError> {
        let parameters = [("Action", "connect"), ("User", user)];
        self.token("elasticache", &cache.to_ascii_lowercase(), &parameters)
    }

    fn token(
        &self,
        service: &str,
        address: &str,
        parameters: &[(&str, &str)],
    ) -> Result<String, TokenError> {
        let mut url =
            Url::parse(&format!("https://{address}/")).map_err(|source| TokenError::Address {
                address: address.to_owned(),
                source,
            })?;
        url.query_pairs_mut().extend_pairs(parameters);

        let mut settings = SigningSettings::default();
        settings.expires_in = Some(LIFETIME);
        settings.signature_location = SignatureLocation::QueryParams;
        let identity = self.credentials.clone().into();
        let signing = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(service)
            .time(self.now)
            .settings(settings)
            .build()?;
        let request = SignableRequest::new(
            "GET",
            url.as_str(),
            std::iter::empty(),
            SignableBody::Bytes(&[]),
        )?;
        let (instructions, _signature) = sign(request, &signing.into())?.into_parts();
        let (_headers, signature) = instructions.into_parts();
        for (name, value) in signature {
            url.query_pairs_mut().append_pair(name, &value);
        }
        Ok(url.as_str().replacen("https://", "", 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(make: impl Fn(&Signer<'_>) -> Result<String, TokenError>) -> String {
        let credentials = Credentials::new("akid", "secret", None, None, "test");
        let signer = Signer {
            credentials: &credentials,
            region: "us-east-1",
            now: SystemTime::UNIX_EPOCH + Duration::from_secs(1_724_716_800),
        };
        make(&signer).unwrap()
    }

    /// Computed with botocore's `SigV4QueryAuth`, as the next one.
    #[test]
    fn rds_token_is_what_botocore_makes() {
        let token =
            signed(|signer| signer.rds("prod-instance.us-east-1.rds.amazonaws.com", 3306, "peccy"));
        assert_eq!(
            token,
            "prod-instance.us-east-1.rds.amazonaws.com:3306/?Action=connect&DBUser=peccy\
             &X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=akid%2F20240827%2Fus-east-1%2Frds-db%2Faws4_request\
             &X-Amz-Date=20240827T000000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=c597c62a87de9174280571cea67bcecbaf0c0a979cff151de675c35276ff4e20"
        );
    }

    #[test]
    fn elasticache_token_is_what_botocore_makes() {
        let token = signed(|signer| signer.elasticache("Site-Cache", "site"));
        assert_eq!(
            token,
            "site-cache/?Action=connect&User=site&X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=akid%2F20240827%2Fus-east-1%2Felasticache%2Faws4_request\
             &X-Amz-Date=20240827T000000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=1895c61bbe57cfbcb449382073f98a4c6e043703054e13134e2329f5955a2fc7"
        );
    }

    #[test]
    fn the_port_is_part_of_what_is_signed() {
        let one = signed(|signer| signer.rds("db.example", 5432, "site"));
        let other = signed(|signer| signer.rds("db.example", 5433, "site"));
        let signature = |token: &str| token.rsplit_once("X-Amz-Signature=").unwrap().1.to_owned();
        assert_ne!(signature(&one), signature(&other));
    }
}

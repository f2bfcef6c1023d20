//! Calls of AWS's services.

use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use serde_json::Value;

use crate::xml;

/// Longest wait for an answer of a service.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Longest answer that is read.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// How often a call is repeated when a service is busy.
const ATTEMPTS: u32 = 5;

/// The services of one region, as somebody.
#[derive(Debug, Clone)]
pub struct Aws {
    config: SdkConfig,
    region: String,
    http: reqwest::Client,
}

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The service said no.
    #[error("{service} refuses {action}: {code}: {message}")]
    Refused {
        /// The service, such as `cloudformation`.
        service: String,
        /// What was asked of it.
        action: String,
        /// AWS's name for the reason.
        code: String,
        /// The reason.
        message: String,
    },
    /// There was no answer, or no request.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl CallError {
    /// Whether the service says that there is no such thing.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        let Self::Refused { code, message, .. } = self else {
            return false;
        };
        code.contains("NotFound") || (code == "ValidationError" && message.contains("not exist"))
    }
}

/// An answer of a service.
struct Answer {
    status: u16,
    body: String,
}

impl Aws {
    /// The services of a region, with credentials from where every AWS SDK has them. Without a
    /// region, the one of the environment or the profile.
    ///
    /// # Errors
    /// When there is no region.
    pub async fn load(region: Option<String>) -> Result<Self> {
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(region) = region {
            loader = loader.region(Region::new(region));
        }
        Self::new(loader.load().await)
    }

    /// The services that a configuration describes.
    ///
    /// # Errors
    /// When it has no region.
    pub fn new(config: SdkConfig) -> Result<Self> {
        let region = config.region().map(ToString::to_string);
        let region = region.context("find a region: pass --region, or set AWS_REGION")?;
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .build()
            .context("make an HTTP client")?;
        Ok(Self {
            config,
            region,
            http,
        })
    }

    /// The region.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Whether something else than AWS answers.
    pub(crate) fn is_emulated(&self) -> bool {
        self.config.endpoint_url().is_some()
    }

    /// A client of S3.
    #[must_use]
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.config)
            .force_path_style(self.is_emulated())
            .build();
        aws_sdk_s3::Client::from_conf(config)
    }

    /// Calls a service that speaks the Query protocol, such as CloudFormation, and returns its XML:
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonParameters.html>.
    ///
    /// # Errors
    /// When it refuses or does not answer.
    pub async fn query(
        &self,
        service: &str,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<String, CallError> {
        const FORM: &str = "application/x-www-form-urlencoded";
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", action)
            .append_pair("Version", version)
            .extend_pairs(parameters)
            .finish();
        let headers = [("content-type", FORM)];
        let answer = self.call(service, &headers, &body).await?;
        if is_success(answer.status) {
            return Ok(answer.body);
        }
        let document = xml::parse(action, &answer.body)?;
        let error = xml::having(document.root(), "Code").next();
        let part = |name| {
            error
                .and_then(|error| xml::text(error, name))
                .unwrap_or_default()
        };
        Err(refused(service, action, part("Code"), part("Message")))
    }

    /// Calls a service that speaks the JSON protocol, such as DynamoDB. `target` has the version
    /// and the operation: `DynamoDB_20120810.UpdateTable`.
    ///
    /// # Errors
    /// When it refuses or does not answer.
    pub async fn json(
        &self,
        service: &str,
        target: &str,
        request: &Value,
    ) -> Result<Value, CallError> {
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", target),
        ];
        let answer = self.call(service, &headers, &request.to_string()).await?;
        let json: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        if is_success(answer.status) {
            return Ok(json);
        }
        let text = |names: [&str; 2]| {
            let found = names.iter().find_map(|name| json.get(name)?.as_str());
            found.unwrap_or_default()
        };
        let code = text(["__type", "code"]);
        let code = code.rsplit('#').next().unwrap_or(code);
        Err(refused(service, target, code, text(["message", "Message"])))
    }

    /// One call, repeated while the service is busy.
    async fn call(&self, service: &str, headers: &[(&str, &str)], body: &str) -> Result<Answer> {
        let mut pause = Duration::from_millis(500);
        for _ in 1..ATTEMPTS {
            let answer = self.call_once(service, headers, body).await;
            match answer {
                Ok(answer)
                    if answer.status != 429 && answer.status < 500 && !answer.is_throttled() =>
                {
                    return Ok(answer);
                }
                _ => tokio::time::sleep(pause).await,
            }
            pause *= 2;
        }
        self.call_once(service, headers, body).await
    }

    async fn call_once(
        &self,
        service: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer> {
        let what = || format!("call {service} in {}", self.region);
        let url = self.endpoint(service);
        let signature = self.signature(service, &url, headers, body).await?;
        let mut request = self.http.post(&url).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        for (name, value) in signature {
            request = request.header(name, value);
        }
        let mut response = request.send().await.with_context(what)?;
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.with_context(what)? {
            anyhow::ensure!(
                bytes.len() + chunk.len() <= MAX_ANSWER_BYTES,
                "{}: its answer is longer than {MAX_ANSWER_BYTES} bytes",
                what()
            );
            bytes.extend_from_slice(&chunk);
        }
        let body = String::from_utf8(bytes).with_context(what)?;
        Ok(Answer { status, body })
    }

    fn endpoint(&self, service: &str) -> String {
        if let Some(endpoint) = self.config.endpoint_url() {
            return format!("{}/", endpoint.trim_end_matches('/'));
        }
        let suffix = if self.region.starts_with("cn-") {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        format!("https://{service}.{}.{suffix}/", self.region)
    }

    /// The headers of a signature, Version 4:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>.
    async fn signature(
        &self,
        service: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Vec<(&'static str, String)>> {
        let provider = self.config.credentials_provider();
        let provider = provider.context("find AWS credentials: there is nowhere to look")?;
        let credentials = provider.provide_credentials().await;
        let identity = credentials.context("find AWS credentials")?.into();
        let signing = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .context("prepare a signature")?;
        let body = SignableBody::Bytes(body.as_bytes());
        let request = SignableRequest::new("POST", url, headers.iter().copied(), body);
        let request = request.context("prepare a request to be signed")?;
        let signed = sign(request, &signing.into()).context("sign a request")?;
        let (headers, _) = signed.into_parts().0.into_parts();
        let pairs = headers
            .into_iter()
            .map(|header| (header.name(), header.value().to_owned()));
        Ok(pairs.collect())
    }
}

impl Answer {
    fn is_throttled(&self) -> bool {
        !is_success(self.status) && self.body.contains("Throttl")
    }
}

const fn is_success(status: u16) -> bool {
    status >= 200 && status < 300
}

fn refused(service: &str, action: &str, code: &str, message: &str) -> CallError {
    CallError::Refused {
        service: service.to_owned(),
        action: action.to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

//! Requests to the emulator's services, signed with AWS Signature Version 4:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>.

use anyhow::{Context, Result, bail};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use url::Url;

/// The emulator's root user, who may do everything.
pub const ACCESS_KEY_ID: &str = "test";
/// The secret key of the emulator's root user.
pub const SECRET_ACCESS_KEY: &str = "test";
/// The region everything is deployed to.
pub const REGION: &str = "us-east-1";

/// Longest answer that is read.
const MAX_ANSWER_BYTES: u64 = 32 * 1024 * 1024;

/// The AWS services at one endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Aws {
    endpoint: String,
}

impl Aws {
    pub(crate) const fn new(endpoint: String) -> Self {
        Self { endpoint }
    }

    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Posts a request to a service; `target` names the operation where the JSON
    /// protocol is spoken.
    ///
    /// # Errors
    /// When the service cannot be reached or refuses.
    pub(crate) fn post(
        &self,
        service: &str,
        content_type: &str,
        target: Option<&str>,
        body: &str,
    ) -> Result<String> {
        self.post_to("/", service, content_type, target, body)
    }

    /// Calls a function and waits for its answer:
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>.
    ///
    /// # Errors
    /// When the function cannot be called. An error of the function is its answer.
    pub(crate) fn invoke(&self, function: &str, event: &str) -> Result<String> {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        self.post_to(&path, "lambda", "application/json", None, event)
    }

    /// Reads what a service has at `path`.
    ///
    /// # Errors
    /// When the service cannot be reached or refuses.
    pub(crate) fn get(&self, path: &str, service: &str) -> Result<String> {
        let (host, time) = self.host_and_time()?;
        let headers = [("host", host.as_str()), ("x-amz-date", &time)];
        let authorization = authorization("GET", path, service, &time, &headers, "")?;
        let request = ureq::get(format!("{}{path}", self.endpoint))
            .config()
            .http_status_as_error(false)
            .build()
            .header("authorization", authorization)
            .header("x-amz-date", &time);
        let answer = request.call().with_context(|| format!("call {service}"))?;
        read(service, answer)
    }

    /// Where requests are signed for, and when.
    fn host_and_time(&self) -> Result<(String, String)> {
        let url = Url::parse(&self.endpoint).context("read the emulator's address")?;
        let time = Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
        Ok((url.authority().to_owned(), time))
    }

    fn post_to(
        &self,
        path: &str,
        service: &str,
        content_type: &str,
        target: Option<&str>,
        body: &str,
    ) -> Result<String> {
        let (host, time) = self.host_and_time()?;
        let mut headers = vec![
            ("content-type", content_type),
            ("host", &host),
            ("x-amz-date", &time),
        ];
        headers.extend(target.map(|target| ("x-amz-target", target)));
        let authorization = authorization("POST", path, service, &time, &headers, body)?;
        let mut request = ureq::post(format!("{}{path}", self.endpoint))
            .config()
            .http_status_as_error(false)
            .build()
            .header("authorization", authorization);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = request
            .send(body)
            .with_context(|| format!("call {service}"))?;
        read(service, answer)
    }

    /// Every line of a log group, oldest first:
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>.
    pub(crate) fn log_lines(&self, group: &str) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        let mut token = None::<String>;
        loop {
            let mut request = serde_json::json!({ "logGroupName": group });
            if let Some(token) = &token {
                request["nextToken"] = token.as_str().into();
            }
            let answer = self.post(
                "logs",
                "application/x-amz-json-1.1",
                Some("Logs_20140328.FilterLogEvents"),
                &request.to_string(),
            )?;
            let page: serde_json::Value =
                serde_json::from_str(&answer).context("read log events")?;
            let events = page["events"].as_array().into_iter().flatten();
            lines.extend(events.filter_map(|event| Some(event["message"].as_str()?.to_owned())));
            match page["nextToken"].as_str() {
                Some(next) if token.as_deref() != Some(next) => token = Some(next.to_owned()),
                _ => return Ok(lines),
            }
        }
    }
}

fn read(service: &str, mut answer: ureq::http::Response<ureq::Body>) -> Result<String> {
    let text = answer
        .body_mut()
        .with_config()
        .limit(MAX_ANSWER_BYTES)
        .read_to_string()
        .with_context(|| format!("read the answer of {service}"))?;
    if !answer.status().is_success() {
        bail!("call {service}: {} {text}", answer.status());
    }
    Ok(text)
}

/// The `authorization` header of a request to `path`. `headers` are in order of their
/// names and all of them are signed.
fn authorization(
    method: &str,
    path: &str,
    service: &str,
    time: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<String> {
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}:{value}\n"))
        .collect();
    let canonical = format!(
        "{method}\n{path}\n\n{lines}\n{names}\n{}",
        hex(&Sha256::digest(body))
    );
    let date = time.get(..8).context("read the date of a time stamp")?;
    let scope = format!("{date}/{REGION}/{service}/aws4_request");
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{time}\n{scope}\n{}",
        hex(&Sha256::digest(canonical))
    );
    let key = [date, REGION, service, "aws4_request"].iter().try_fold(
        format!("AWS4{SECRET_ACCESS_KEY}").into_bytes(),
        |key, part| hmac_sha256(&key, part),
    )?;
    let signature = hex(&hmac_sha256(&key, &to_sign)?);
    Ok(format!(
        "AWS4-HMAC-SHA256 Credential={ACCESS_KEY_ID}/{scope}, SignedHeaders={names}, \
         Signature={signature}"
    ))
}

fn hmac_sha256(key: &[u8], text: &str) -> Result<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).context("make a signing key")?;
    mac.update(text.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_is_what_the_aws_sdk_for_python_computes() {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("host", "127.0.0.1:4566"),
            ("x-amz-date", "20261122T120000Z"),
        ];
        let body = "Action=DescribeStacks&Version=2010-05-15&StackName=sidetier";
        let header = authorization(
            "POST",
            "/",
            "cloudformation",
            "20261122T120000Z",
            &headers,
            body,
        )
        .unwrap();
        let signature = header.split_once("Signature=").unwrap().1;
        assert_eq!(
            signature,
            "8fcc0aa0b5f8a9a82c7734567c0d042053f5e18e7d4e71cd3b9eaff080b8a115"
        );
    }
}

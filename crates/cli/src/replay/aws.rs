//! A real stream: `PutRecordBatch`, signed, over HTTPS.
//!
//! One operation does not need AWS's SDK; docs/decisions/0019 has the numbers. Credentials and region are what AWS's own
//! tools use: the environment, else whatever `aws configure` knows.

use super::put::Stream;
use anyhow::{Context, Result, anyhow, bail};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;
use std::env::var;
use std::process::Command;
use std::time::{Duration, SystemTime};
use ureq::Agent;

/// 4 MiB take seconds on a slow line; a request that takes longer than this is lost.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A stream of Direct PUT.
pub(super) struct Firehose {
    stream: String,
    endpoint: String,
    region: String,
    credentials: Credentials,
    agent: Agent,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    request_responses: Vec<Put>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    error_code: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    #[serde(rename = "__type")]
    code: String,
    #[serde(alias = "Message")]
    message: String,
}

/// What `aws configure export-credentials` prints.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Exported {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
}

impl Firehose {
    /// The stream of this name, in the account and region that the environment or `aws configure` names.
    pub(super) fn new(stream: &str) -> Result<Self> {
        let region = var("AWS_REGION").or_else(|_| var("AWS_DEFAULT_REGION"));
        let region = region.or_else(|_| aws(&["configure", "get", "region"]).map(|region| region.trim().to_owned()));
        let region = region.map_err(|why| anyhow!("no region: set AWS_REGION ({why:#})"))?;
        let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
        let endpoint = var("AWS_ENDPOINT_URL_FIREHOSE").or_else(|_| var("AWS_ENDPOINT_URL"));
        Ok(Self {
            stream: stream.to_owned(),
            endpoint: endpoint.unwrap_or_else(|_| format!("https://firehose.{region}.amazonaws.com{suffix}")),
            region,
            credentials: credentials()?,
            agent: Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false).build().into(),
        })
    }

    /// The headers that sign a request.
    fn signature(&self, headers: &[(&str, &str)], body: &str) -> Result<Vec<(String, String)>> {
        let identity = self.credentials.clone().into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("firehose")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let body = SignableBody::Bytes(body.as_bytes());
        let request = SignableRequest::new("POST", &self.endpoint, headers.iter().copied(), body)?;
        let signed = sign(request, &params)?;
        let pair = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Ok(signed.output().headers().map(pair).collect())
    }

    /// The answer's status and text.
    fn post(&self, body: &str) -> Result<Result<(u16, String), ureq::Error>> {
        let headers =
            [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "Firehose_20150804.PutRecordBatch")];
        let mut request = self.agent.post(&self.endpoint);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        for (name, value) in self.signature(&headers, body).context("cannot sign")? {
            request = request.header(name, value);
        }
        let answer = request.send(body).and_then(|mut answer| {
            let text = answer.body_mut().read_to_string()?;
            Ok((answer.status().as_u16(), text))
        });
        Ok(answer)
    }
}

impl Stream for Firehose {
    fn put(&mut self, rows: &[Vec<u8>]) -> Result<Vec<Option<String>>> {
        let records: Vec<_> = rows.iter().map(|row| json!({ "Data": STANDARD.encode(row) })).collect();
        let body = json!({ "DeliveryStreamName": self.stream, "Records": records }).to_string();
        // A request that failed for a reason that passes is one of which nothing was taken.
        let refused = |code: String| Ok(vec![Some(code); rows.len()]);
        let (status, text) = match self.post(&body)? {
            Ok(answer) => answer,
            Err(error) => return refused(format!("{}: {error}", self.endpoint)),
        };
        if (200..300).contains(&status) {
            let Answer { request_responses } = serde_json::from_str(&text).context("no answer of PutRecordBatch")?;
            return Ok(request_responses.into_iter().map(|put| put.error_code).collect());
        }
        let Refusal { code, message } = serde_json::from_str(&text).unwrap_or_default();
        let code = code.rsplit('#').next().unwrap_or_default().split(':').next().unwrap_or_default();
        if status >= 500 || status == 429 || matches!(code, "ThrottlingException" | "LimitExceededException") {
            return refused(format!("{code} (status {status}) {message}"));
        }
        bail!("Firehose refuses to take rows for {}: {code} (status {status}) {message}", self.stream)
    }
}

/// From the environment, else from `aws configure export-credentials`, which knows profiles, sign-on and roles.
fn credentials() -> Result<Credentials> {
    if let (Ok(key), Ok(secret)) = (var("AWS_ACCESS_KEY_ID"), var("AWS_SECRET_ACCESS_KEY")) {
        return Ok(Credentials::new(key, secret, var("AWS_SESSION_TOKEN").ok(), None, "environment"));
    }
    let exported = aws(&["configure", "export-credentials", "--format", "process"]);
    let remedy = "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with AWS's CLI";
    let Exported { access_key_id, secret_access_key, session_token } =
        serde_json::from_str(&exported.context(remedy)?).context(remedy)?;
    Ok(Credentials::new(access_key_id, secret_access_key, session_token, None, "aws configure"))
}

/// What AWS's CLI prints.
fn aws(arguments: &[&str]) -> Result<String> {
    let called = || format!("aws {}", arguments.join(" "));
    let output = Command::new("aws").args(arguments).output().with_context(called)?;
    if !output.status.success() {
        bail!("{}: {}", called(), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}

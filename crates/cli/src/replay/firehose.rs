//! A real stream: `PutRecordBatch`.
//!
//! One operation does not need AWS's SDK; docs/decisions/0019 has the numbers. Credentials and region are what AWS's own
//! tools use: the environment, else whatever `aws configure` knows.

use super::put::Stream;
use anyhow::{Context, Result, anyhow, bail};
use aws::{Access, Client, Credentials, Failure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;
use std::env::var;
use std::process::Command;
use std::time::{Duration, SystemTime};

/// 4 MiB take seconds on a slow line; a request that takes longer than this is lost.
const TIMEOUT: Duration = Duration::from_mins(1);

/// What passes by itself, beside what the service itself is at fault for.
const PASSING: [&str; 2] = ["ThrottlingException", "LimitExceededException"];

/// A stream of Direct PUT.
pub(super) struct Firehose {
    stream: String,
    client: Client,
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
        let region = region.or_else(|_| cli(&["configure", "get", "region"]).map(|region| region.trim().to_owned()));
        let region = region.map_err(|why| anyhow!("no region: set AWS_REGION ({why:#})"))?;
        let access = Access::new("firehose", region, credentials()?, |name| var(name).ok());
        Ok(Self { stream: stream.to_owned(), client: Client::new(access, TIMEOUT) })
    }
}

impl Stream for Firehose {
    fn put(&mut self, rows: &[Vec<u8>]) -> Result<Vec<Option<String>>> {
        let records: Vec<_> = rows.iter().map(|row| json!({ "Data": STANDARD.encode(row) })).collect();
        let body = json!({ "DeliveryStreamName": self.stream, "Records": records }).to_string();
        match self.client.call("Firehose_20150804.PutRecordBatch", &body, SystemTime::now()) {
            Ok(text) => {
                let Answer { request_responses } =
                    serde_json::from_str(&text).context("no answer of PutRecordBatch")?;
                Ok(request_responses.into_iter().map(|put| put.error_code).collect())
            }
            // A request that failed for a reason that passes is one of which nothing was taken.
            Err(failure) if passes(&failure) => Ok(vec![Some(failure.to_string()); rows.len()]),
            Err(Failure::Refused(refusal)) => bail!("Firehose refuses to take rows for {}: {refusal}", self.stream),
            Err(failure) => bail!("{failure}"),
        }
    }
}

/// Whether the same request may succeed a moment later.
fn passes(failure: &Failure) -> bool {
    let is_known = |code: &str| PASSING.contains(&code);
    failure.is_the_services() || matches!(failure, Failure::Refused(refusal) if is_known(&refusal.code))
}

/// From the environment, else from `aws configure export-credentials`, which knows profiles, sign-on and roles.
fn credentials() -> Result<Credentials> {
    if let (Ok(key), Ok(secret)) = (var("AWS_ACCESS_KEY_ID"), var("AWS_SECRET_ACCESS_KEY")) {
        return Ok(Credentials::new(key, secret, var("AWS_SESSION_TOKEN").ok(), None, "environment"));
    }
    let exported = cli(&["configure", "export-credentials", "--format", "process"]);
    let remedy = "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with AWS's CLI";
    let Exported { access_key_id, secret_access_key, session_token } =
        serde_json::from_str(&exported.context(remedy)?).context(remedy)?;
    Ok(Credentials::new(access_key_id, secret_access_key, session_token, None, "aws configure"))
}

/// What AWS's CLI prints.
fn cli(arguments: &[&str]) -> Result<String> {
    let called = || format!("aws {}", arguments.join(" "));
    let output = Command::new("aws").args(arguments).output().with_context(called)?;
    if !output.status.success() {
        bail!("{}: {}", called(), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}

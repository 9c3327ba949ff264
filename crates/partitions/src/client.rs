//! A call to Glue: JSON over HTTPS, signed, tried again when the service asks for patience.

use crate::config::Access;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;
use std::time::{Duration, SystemTime};
use ureq::Agent;

/// A call is made at most this often; the pauses between come to 3 seconds.
pub const ATTEMPTS: u32 = 5;

/// The pause after the given attempt, from 0: each twice as long as the one before.
fn pause_after(attempt: u32) -> Duration {
    Duration::from_millis(200 << attempt)
}

/// Glue has answered within a second or two; a call that takes longer is lost.
const TIMEOUT: Duration = Duration::from_secs(20);

/// What passes by itself, as Glue's API names it: <https://docs.aws.amazon.com/glue/latest/webapi/CommonErrors.html>
/// and the errors of the operations in [`crate::glue`].
const PASSING: [&str; 7] = [
    "ThrottlingException",
    "InternalServiceException",
    "InternalFailure",
    "OperationTimeoutException",
    "ServiceUnavailable",
    "ConcurrentModificationException",
    "ResourceNotReadyException",
];

/// Why a call, or what it asked for one partition, failed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    /// Glue's name of the error, or `Unreachable`.
    pub code: String,
    /// What it means, for people.
    pub message: String,
    /// Whether the service itself, not the request, is at fault.
    is_the_services: bool,
}

impl Failure {
    /// What Glue says.
    pub fn new(code: &str, message: &str) -> Self {
        Self { code: code.to_owned(), message: message.to_owned(), is_the_services: false }
    }

    fn unreachable(message: String) -> Self {
        Self { code: "Unreachable".to_owned(), message, is_the_services: true }
    }

    /// Whether the same call may succeed a moment later.
    pub fn passes(&self) -> bool {
        self.is_the_services || PASSING.contains(&self.code.as_str())
    }

    fn remedy(&self) -> &'static str {
        match self.code.as_str() {
            "EntityNotFoundException" => "; set GLUE_DATABASE and GLUE_TABLE to a table that there is",
            "AccessDeniedException" => {
                "; let the function's role do this to the catalog, the database and the table (in Lake Formation, too, where it governs them)"
            }
            _ => "",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {}{}", self.code, self.message, self.remedy())
    }
}

/// Calls Glue.
#[derive(Debug)]
pub struct Client {
    access: Access,
    agent: Agent,
    clock: fn() -> SystemTime,
    sleep: fn(Duration),
    /// How many calls were made, repeated ones included.
    pub calls: u64,
}

impl Client {
    /// A client that takes the time of its signatures from `clock` and waits with `sleep`.
    pub fn new(access: Access, clock: fn() -> SystemTime, sleep: fn(Duration)) -> Self {
        let agent = Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false).build().into();
        Self { access, agent, clock, sleep, calls: 0 }
    }

    /// Calls an operation; what passes is tried again.
    ///
    /// # Errors
    /// What Glue says, or why it cannot be reached.
    pub fn call<A: DeserializeOwned>(&mut self, operation: &str, request: &impl Serialize) -> Result<A, Failure> {
        let body = serde_json::to_string(request).map_err(|error| Failure::new("Unwritable", &error.to_string()))?;
        let mut attempt = 0;
        loop {
            let answer = self.once(operation, &body).and_then(|text| {
                serde_json::from_str(&text)
                    .map_err(|error| Failure::new("Unreadable", &format!("{operation}: {error}")))
            });
            match answer {
                Err(failure) if failure.passes() && attempt + 1 < ATTEMPTS => self.wait(attempt),
                done => return done,
            }
            attempt += 1;
        }
    }

    /// Waits after the given attempt, from 0.
    pub fn wait(&self, attempt: u32) {
        (self.sleep)(pause_after(attempt));
    }

    fn once(&mut self, operation: &str, body: &str) -> Result<String, Failure> {
        self.calls += 1;
        let target = format!("AWSGlue.{operation}");
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
        let mut request = self.agent.post(&self.access.endpoint);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        for (name, value) in self.signature(&headers, body)? {
            request = request.header(name, value);
        }
        let unreachable = |error: ureq::Error| Failure::unreachable(format!("{}: {error}", self.access.endpoint));
        let mut answer = request.send(body).map_err(unreachable)?;
        let text = answer.body_mut().read_to_string().map_err(unreachable)?;
        if answer.status().is_success() { Ok(text) } else { Err(refusal(answer.status().as_u16(), &text)) }
    }

    /// The headers that sign a request.
    fn signature(&self, headers: &[(&str, &str)], body: &str) -> Result<Vec<(String, String)>, Failure> {
        let unsigned = |error: &dyn fmt::Display| Failure::new("Unsigned", &error.to_string());
        let identity = self.access.credentials.clone().into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.access.region)
            .name("glue")
            .time((self.clock)())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| unsigned(&error))?
            .into();
        let body = SignableBody::Bytes(body.as_bytes());
        let request = SignableRequest::new("POST", &self.access.endpoint, headers.iter().copied(), body)
            .map_err(|error| unsigned(&error))?;
        let signed = sign(request, &params).map_err(|error| unsigned(&error))?;
        let pair = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Ok(signed.output().headers().map(pair).collect())
    }
}

/// What an answer with an error status says: `__type`, at times with a namespace before it, and `message`.
/// <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization>
fn refusal(status: u16, text: &str) -> Failure {
    let body: Value = serde_json::from_str(text).unwrap_or_default();
    let code = body["__type"].as_str().unwrap_or("UnknownError");
    let code = code.rsplit('#').next().unwrap_or(code).split(':').next().unwrap_or(code);
    let message = body["message"].as_str().or(body["Message"].as_str());
    let message = message.map_or_else(|| format!("an answer with status {status}"), str::to_owned);
    Failure { code: code.to_owned(), message, is_the_services: status >= 500 || status == 429 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_known_by_its_name_with_or_without_namespace() {
        for text in [
            r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#,
            r#"{"__type":"com.amazonaws.glue#ThrottlingException","Message":"Rate exceeded"}"#,
            r#"{"__type":"ThrottlingException:http://internal.amazon.com/","message":"Rate exceeded"}"#,
        ] {
            let failure = refusal(400, text);
            assert_eq!(failure.to_string(), "ThrottlingException: Rate exceeded");
            assert!(failure.passes());
        }
    }

    #[test]
    fn what_the_request_is_at_fault_for_does_not_pass() {
        assert!(!refusal(400, r#"{"__type":"InvalidInputException","message":"no"}"#).passes());
        let denied =
            refusal(400, r#"{"__type":"AccessDeniedException","message":"not authorized to perform: glue:GetTable"}"#);
        assert!(!denied.passes() && denied.to_string().contains("glue:GetTable; let the function's role"), "{denied}");
    }

    #[test]
    fn an_answer_that_is_not_json_still_says_whose_fault_it_is() {
        assert!(refusal(503, "<html>").passes());
        assert!(!refusal(403, "").passes());
        assert_eq!(refusal(502, "").to_string(), "UnknownError: an answer with status 502");
    }
}

//! A call to Glue, made again when the service asks for patience.

use aws::Access;
use aws::failure::Refusal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::time::{Duration, SystemTime};

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
    /// Glue's name of the error, or ours for a call without an answer, such as `Unreachable`.
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

impl From<aws::Failure> for Failure {
    fn from(failure: aws::Failure) -> Self {
        let is_the_services = failure.is_the_services();
        let (code, message) = match failure {
            aws::Failure::Unsigned(why) => ("Unsigned".to_owned(), why),
            aws::Failure::Unreachable(why) => ("Unreachable".to_owned(), why),
            aws::Failure::Refused(Refusal { status, code, message }) => {
                (code, message.unwrap_or_else(|| format!("an answer with status {status}")))
            }
        };
        Self { code, message, is_the_services }
    }
}

/// Calls Glue.
#[derive(Debug)]
pub struct Client {
    aws: aws::Client,
    clock: fn() -> SystemTime,
    sleep: fn(Duration),
    /// How many calls were made, repeated ones included.
    pub calls: u64,
}

impl Client {
    /// A client that takes the time of its signatures from `clock` and waits with `sleep`.
    pub fn new(access: Access, clock: fn() -> SystemTime, sleep: fn(Duration)) -> Self {
        Self { aws: aws::Client::new(access, TIMEOUT), clock, sleep, calls: 0 }
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
        Ok(self.aws.call(&format!("AWSGlue.{operation}"), body, (self.clock)())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: &str, message: Option<&str>) -> Failure {
        let message = message.map(str::to_owned);
        aws::Failure::Refused(Refusal { status, code: code.to_owned(), message }).into()
    }

    #[test]
    fn what_glue_says_passes_does() {
        let throttled = refused(400, "ThrottlingException", Some("Rate exceeded"));
        assert_eq!(throttled.to_string(), "ThrottlingException: Rate exceeded");
        assert!(throttled.passes());
    }

    #[test]
    fn what_the_request_is_at_fault_for_does_not_pass() {
        assert!(!refused(400, "InvalidInputException", Some("no")).passes());
        let denied = refused(400, "AccessDeniedException", Some("not authorized to perform: glue:GetTable"));
        assert!(!denied.passes() && denied.to_string().contains("glue:GetTable; let the function's role"), "{denied}");
    }

    #[test]
    fn what_the_service_is_at_fault_for_passes_under_any_name() {
        assert!(refused(502, "UnknownError", None).passes());
        assert_eq!(refused(502, "UnknownError", None).to_string(), "UnknownError: an answer with status 502");
        assert!(Failure::from(aws::Failure::Unreachable("a timeout".into())).passes());
        assert!(!Failure::from(aws::Failure::Unsigned("no host".into())).passes());
    }
}

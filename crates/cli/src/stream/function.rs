//! The Lambda function: in this process, or behind the address of a runtime emulator.

use anyhow::{Context, Result, bail};
use clickstream::batch::answer;
use clickstream::firehose::Request;
use clickstream::transform::Transform;
use serde::Deserialize;
use std::time::{Duration, Instant};

/// The most bytes that Lambda takes and gives (its own error message names the number).
pub(crate) const MOST_BYTES: usize = 6_291_556;

/// How long Firehose waits for an answer (developer guide, "Data transformation").
const TIMEOUT: Duration = Duration::from_mins(5);

/// Where the emulator listens for invocations, if the address names no path.
const PATH: &str = "/2015-03-31/functions/function/invocations";

/// The header that an answer has if the function failed (API reference, Lambda's `Invoke`). Not every emulator sends it.
const FUNCTION_ERROR: &str = "x-amz-function-error";

/// What an invocation came to: the answer's text, or what the function died of.
pub(super) type Answered = Result<String, String>;

/// The function that a stream invokes.
#[derive(Debug)]
pub(crate) enum Function {
    /// The transform itself.
    InProcess {
        /// Makes the rows.
        transform: Box<Transform>,
        /// How long it took so far.
        time: Duration,
    },
    /// Whatever runs there.
    Emulator {
        /// Address for invocations.
        url: String,
        /// Keeps the connection.
        agent: ureq::Agent,
    },
}

impl Function {
    /// The transform in this process.
    pub(crate) fn in_process(transform: Transform) -> Self {
        Self::InProcess { transform: Box::new(transform), time: Duration::ZERO }
    }

    /// The function that an emulator at `url` runs.
    pub(crate) fn at(url: &str) -> Self {
        let has_path = url.splitn(4, '/').nth(3).is_some_and(|path| !path.is_empty());
        let url = if has_path { url.to_owned() } else { format!("{}{PATH}", url.trim_end_matches('/')) };
        let config = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false);
        Self::Emulator { url, agent: config.build().into() }
    }

    /// Invokes the function. `now` is the time of the invocation, in milliseconds since 1970.
    ///
    /// # Errors
    /// If there is no function to invoke.
    pub(super) fn invoke(&mut self, request: &str, now: i64) -> Result<Answered> {
        match self {
            Self::InProcess { transform, time } => {
                let start = Instant::now();
                let request = Request::parse(request)?;
                let body = String::from_utf8(answer(transform, &request, now).body)?;
                *time += start.elapsed();
                Ok(if body.len() > MOST_BYTES { Err("the answer is larger than Lambda's".into()) } else { Ok(body) })
            }
            Self::Emulator { url, agent } => {
                let mut response = match agent.post(&*url).content_type("application/json").send(request) {
                    Ok(response) => response,
                    Err(error) if nobody_is_there(&error) => {
                        return Err(error).context(format!("no function answers at {url}; start the emulator first"));
                    }
                    // It was there, and died of the invocation, or took longer than Firehose waits.
                    Err(error) => return Ok(Err(error.to_string())),
                };
                if response.status() == 404 {
                    bail!("{url} knows no such function: give the whole address that ends in /invocations");
                }
                let is_ok = response.status().is_success() && !response.headers().contains_key(FUNCTION_ERROR);
                let body = response.body_mut().with_config().limit(MOST_BYTES as u64).read_to_string();
                Ok(match body {
                    Ok(body) if is_ok => died_of(&body).map_or(Ok(body), Err),
                    Ok(body) => Err(died_of(&body).unwrap_or(body)),
                    Err(error) => Err(error.to_string()),
                })
            }
        }
    }
}

fn nobody_is_there(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        ureq::Error::ConnectionFailed | ureq::Error::HostNotFound | ureq::Error::BadUri(_) => true,
        _ => false,
    }
}

/// What an emulator reports that the function died of: it says so in an answer like any other.
fn died_of(body: &str) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Died {
        error_type: String,
        error_message: Option<String>,
    }
    if body.starts_with("Task timed out") {
        return Some(body.to_owned());
    }
    let died: Died = serde_json::from_str(body).ok()?;
    Some(format!("{}: {}", died.error_type, died.error_message.unwrap_or_default()))
}

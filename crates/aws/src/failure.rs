//! Why a call has no answer, and what the service says of it.

use serde_json::Value;
use std::fmt;

/// Why a call has no answer.
#[derive(Debug)]
pub enum Failure {
    /// It was not made: what is known of the access makes no signature.
    Unsigned(String),
    /// No answer came, or not in time.
    Unreachable(String),
    /// The service refuses it.
    Refused(Refusal),
}

/// An answer with an error status.
#[derive(Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The service's name of the error, such as `ThrottlingException`; `UnknownError` if it gives none.
    pub code: String,
    /// What it means, for people.
    pub message: Option<String>,
}

impl Failure {
    /// Whether the service itself, not the request, is at fault: the same call may succeed a moment later. Services have
    /// errors besides that pass; these are known by their [`Refusal::code`].
    pub fn is_the_services(&self) -> bool {
        match self {
            Self::Unsigned(_) => false,
            Self::Unreachable(_) => true,
            Self::Refused(refusal) => refusal.status >= 500 || refusal.status == 429,
        }
    }
}

impl Refusal {
    /// What an answer's body says: `__type`, at times with a namespace before it or a URL after it, and `message`.
    /// <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization>
    pub(crate) fn read(status: u16, text: &str) -> Self {
        let body: Value = serde_json::from_str(text).unwrap_or_default();
        let code = body["__type"].as_str().unwrap_or("UnknownError");
        let code = code.rsplit('#').next().unwrap_or(code).split(':').next().unwrap_or(code);
        let message = body["message"].as_str().or(body["Message"].as_str());
        Self { status, code: code.to_owned(), message: message.map(str::to_owned) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Unsigned(why) => write!(f, "cannot sign: {why}"),
            Self::Unreachable(why) => f.write_str(why),
            Self::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} (status {})", self.code, self.status)?;
        self.message.iter().try_for_each(|message| write!(f, " {message}"))
    }
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
            let refusal = Refusal::read(400, text);
            assert_eq!(refusal.to_string(), "ThrottlingException (status 400) Rate exceeded");
        }
    }

    #[test]
    fn an_answer_that_is_not_json_still_says_whose_fault_it_is() {
        let refused = |status, text| Failure::Refused(Refusal::read(status, text));
        assert!(refused(503, "<html>").is_the_services() && refused(429, "").is_the_services());
        assert!(!refused(403, "").is_the_services() && !refused(400, "null").is_the_services());
        assert_eq!(refused(502, "").to_string(), "UnknownError (status 502)");
    }
}

//! A call, signed: a JSON document posted over HTTPS.

use crate::access::Access;
use crate::failure::{Failure, Refusal};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use std::error::Error;
use std::time::{Duration, SystemTime};
use ureq::Agent;

/// Calls a service.
#[derive(Debug)]
pub struct Client {
    access: Access,
    agent: Agent,
}

impl Client {
    /// A client whose calls are lost when they take longer than `timeout`.
    pub fn new(access: Access, timeout: Duration) -> Self {
        let agent = Agent::config_builder().timeout_global(Some(timeout)).http_status_as_error(false).build().into();
        Self { access, agent }
    }

    /// Calls the operation `target`, such as `AWSGlue.GetTable`, with a JSON document, and returns the one that is
    /// answered. `now` is the time of the signature.
    ///
    /// # Errors
    /// [`Failure`] says which.
    pub fn call(&self, target: &str, body: &str, now: SystemTime) -> Result<String, Failure> {
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)];
        let signature =
            signature(&self.access, &headers, body, now).map_err(|error| Failure::Unsigned(error.to_string()))?;
        let mut request = self.agent.post(&self.access.endpoint);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        for (name, value) in signature {
            request = request.header(name, value);
        }
        let unreachable = |error: ureq::Error| Failure::Unreachable(format!("{}: {error}", self.access.endpoint));
        let mut answer = request.send(body).map_err(unreachable)?;
        let text = answer.body_mut().read_to_string().map_err(unreachable)?;
        let status = answer.status();
        if status.is_success() { Ok(text) } else { Err(Failure::Refused(Refusal::read(status.as_u16(), &text))) }
    }
}

/// The headers that sign a request.
fn signature(
    access: &Access,
    headers: &[(&str, &str)],
    body: &str,
    now: SystemTime,
) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let identity = access.credentials.clone().into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(&access.region)
        .name(access.service)
        .time(now)
        .settings(SigningSettings::default())
        .build()?
        .into();
    let body = SignableBody::Bytes(body.as_bytes());
    let request = SignableRequest::new("POST", &access.endpoint, headers.iter().copied(), body)?;
    let signed = sign(request, &params)?;
    let pair = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    Ok(signed.output().headers().map(pair).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_credential_types::Credentials;
    use std::net::TcpListener;
    use std::time::UNIX_EPOCH;

    fn access(endpoint: &str) -> Access {
        let credentials = Credentials::new("AKIA", "secret", Some("session".into()), None, "test");
        let endpoint = endpoint.to_owned();
        Access { service: "glue", endpoint, region: "eu-west-1".into(), credentials }
    }

    /// 2026-11-23T10:15:30Z.
    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_795_428_930)
    }

    #[test]
    fn a_request_is_signed_as_botocore_signs_it() {
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "AWSGlue.GetTable")];
        let access = access("https://glue.eu-west-1.amazonaws.com");
        let signature = signature(&access, &headers, r#"{"Name":"events"}"#, now()).expect("a signature");
        let value = |name: &str| signature.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
        assert_eq!(value("x-amz-date"), Some("20261123T101530Z"));
        assert_eq!(value("x-amz-security-token"), Some("session"));
        // What botocore 1.43 writes for the same request.
        let expected = "AWS4-HMAC-SHA256 Credential=AKIA/20261123/eu-west-1/glue/aws4_request, \
            SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, \
            Signature=d62faea9c9c3e8d47ce3601035f1b8da6d7161766391f7ed217d966ba5b196ac";
        assert_eq!(value("authorization"), Some(expected));
    }

    fn failure(endpoint: &str) -> Failure {
        let client = Client::new(access(endpoint), Duration::from_millis(100));
        client.call("AWSGlue.GetTable", "{}", now()).expect_err(endpoint)
    }

    #[test]
    fn who_never_answers_is_unreachable() {
        let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let endpoint = format!("http://{}", silent.local_addr().expect("an address"));
        let unreachable = failure(&endpoint);
        assert!(unreachable.is_the_services());
        assert!(unreachable.to_string().starts_with(&format!("{endpoint}: timeout")), "{unreachable}");
    }

    #[test]
    fn where_no_endpoint_can_be_nothing_is_signed() {
        let unsigned = failure("no endpoint");
        assert!(!unsigned.is_the_services() && unsigned.to_string().starts_with("cannot sign: "), "{unsigned}");
    }
}

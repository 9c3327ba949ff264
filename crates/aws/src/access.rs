//! Which service, where, on whose behalf.

use aws_credential_types::Credentials;

/// How a service of AWS is reached.
#[derive(Debug, Clone)]
pub struct Access {
    /// The service's name in signatures and endpoints, such as `glue`.
    pub service: &'static str,
    /// Where it is called; a URL.
    pub endpoint: String,
    /// Its region.
    pub region: String,
    /// On whose behalf it is called.
    pub credentials: Credentials,
}

impl Access {
    /// At the endpoint `AWS_ENDPOINT_URL_<SERVICE>`, else `AWS_ENDPOINT_URL`, else that of the region; `variable` looks
    /// up an environment variable. <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
    pub fn new(
        service: &'static str,
        region: String,
        credentials: Credentials,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let own = format!("AWS_ENDPOINT_URL_{}", service.to_ascii_uppercase());
        let endpoint = variable(&own).or_else(|| variable("AWS_ENDPOINT_URL"));
        Self { service, endpoint: endpoint.unwrap_or_else(|| endpoint_of(service, &region)), region, credentials }
    }
}

/// A service's endpoint in a region; China's regions have a domain of their own.
/// <https://docs.aws.amazon.com/general/latest/gr/rande.html>
fn endpoint_of(service: &str, region: &str) -> String {
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    format!("https://{service}.{region}.amazonaws.com{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(region: &str, variables: &[(&str, &str)]) -> String {
        let credentials = Credentials::new("AKIA", "secret", None, None, "test");
        let lookup = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        Access::new("glue", region.to_owned(), credentials, lookup).endpoint
    }

    #[test]
    fn a_region_has_its_endpoint_and_china_its_domain() {
        assert_eq!(endpoint("eu-west-1", &[]), "https://glue.eu-west-1.amazonaws.com");
        assert_eq!(endpoint("cn-north-1", &[]), "https://glue.cn-north-1.amazonaws.com.cn");
    }

    #[test]
    fn the_services_own_endpoint_is_preferred_to_everybodys() {
        let [all, glue, other] = [
            ("AWS_ENDPOINT_URL", "http://all"),
            ("AWS_ENDPOINT_URL_GLUE", "http://glue"),
            ("AWS_ENDPOINT_URL_FIREHOSE", "http://other"),
        ];
        assert_eq!(endpoint("eu-west-1", &[all, other]), "http://all");
        assert_eq!(endpoint("eu-west-1", &[all, other, glue]), "http://glue");
    }
}

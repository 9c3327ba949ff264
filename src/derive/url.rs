//! The parts of a page's URL. Any text has parts; a text that is no URL is a path.

use std::borrow::Cow;

/// `scheme://` or `//`, then host and port; up to the first `/`, `?` or `#`.
fn split(url: &str) -> (&str, &str) {
    let scheme = url
        .split_once("://")
        .filter(|(scheme, _)| scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)));
    let Some(rest) = scheme.map(|(_, rest)| rest).or_else(|| url.strip_prefix("//")) else { return ("", url) };
    rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()))
}

/// The host, in lower case, without user, port or final dot.
///
/// ```
/// use clickstream::derive::url::host;
/// assert_eq!(host("https://Shop.Example:8443/a?b").as_deref(), Some("shop.example"));
/// assert_eq!(host("/a?b=https://x.example"), None);
/// ```
pub fn host(url: &str) -> Option<String> {
    let (authority, _) = split(url);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or(v6),
        None => host.split(':').next().unwrap_or(host),
    };
    let host = host.trim_end_matches('.');
    (!host.is_empty()).then(|| host.to_lowercase())
}

/// The path; `/` for a URL that has a host alone.
///
/// ```
/// use clickstream::derive::url::path;
/// assert_eq!(path("https://shop.example/a/b?c#d"), Some("/a/b"));
/// assert_eq!(path("https://shop.example"), Some("/"));
/// ```
pub fn path(url: &str) -> Option<&str> {
    let (authority, rest) = split(url);
    let path = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
    match (path.is_empty(), authority.is_empty()) {
        (true, true) => None,
        (true, false) => Some("/"),
        _ => Some(path),
    }
}

/// The query, without the `?`.
///
/// ```
/// use clickstream::derive::url::query;
/// assert_eq!(query("https://shop.example/a?c=1&d=2#e"), Some("c=1&d=2"));
/// ```
pub fn query(url: &str) -> Option<&str> {
    let before_fragment = url.split('#').next().unwrap_or(url);
    before_fragment.split_once('?').map(|(_, query)| query).filter(|query| !query.is_empty())
}

/// The first of `keys` that the query has a value for, and that value, decoded. A key that begins with `*` stands for
/// every key that ends with the rest.
///
/// ```
/// use clickstream::derive::url::parameter;
/// let keys = ["gclid".to_owned(), "*clid".to_owned()];
/// let found = parameter("https://shop.example/?xclid=1&GCLID=a%20b", &keys);
/// assert_eq!(found.map(|(key, value)| (key, value.into_owned())), Some(("gclid".into(), "a b".into())));
/// ```
pub fn parameter<'a>(url: &'a str, keys: &[String]) -> Option<(String, Cow<'a, str>)> {
    let matches = |key: &String, name: &str| match key.strip_prefix('*') {
        Some(end) => name.to_ascii_lowercase().ends_with(end),
        None => name.eq_ignore_ascii_case(key),
    };
    let parameters = form_urlencoded::parse(query(url)?.as_bytes()).filter(|(_, value)| !value.trim().is_empty());
    let ranked = parameters.filter_map(|(name, value)| {
        let rank = keys.iter().position(|key| matches(key, &name))?;
        Some((rank, name, value))
    });
    // Of equal ranks, `min_by_key` gives the first.
    ranked.min_by_key(|(rank, ..)| *rank).map(|(_, name, value)| (name.to_ascii_lowercase(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_urls_have_parts_too() {
        for (url, expected_host, expected_path, expected_query) in [
            ("", None, None, None),
            ("//cdn.example/x", Some("cdn.example"), Some("/x"), None),
            ("https://u:p@shop.example./", Some("shop.example"), Some("/"), None),
            ("https://[2001:db8::1]:8080/x", Some("2001:db8::1"), Some("/x"), None),
            ("https://bücher.example?ä=ö", Some("bücher.example"), Some("/"), Some("ä=ö")),
            ("shoes?page=2", None, Some("shoes"), Some("page=2")),
            ("https://", None, None, None),
            ("app://home/#/cart?x=1", Some("home"), Some("/"), None),
            ("go to http://x.example", None, Some("go to http://x.example"), None),
            ("?", None, None, None),
        ] {
            assert_eq!(host(url).as_deref(), expected_host, "{url}");
            assert_eq!(path(url), expected_path, "{url}");
            assert_eq!(query(url), expected_query, "{url}");
        }
    }

    #[test]
    fn parameters_are_found_in_the_order_of_the_keys_and_blank_ones_are_not() {
        let keys = ["a".to_owned(), "b".to_owned()];
        let found = |url| parameter(url, &keys).map(|(_, value)| value.into_owned());
        assert_eq!(found("?b=1&a=2").as_deref(), Some("2"));
        assert_eq!(found("?a=&b=x+y%2B").as_deref(), Some("x y+"));
        assert_eq!(found("?c=1"), None);
        assert_eq!(found("?a=%ff").as_deref(), Some("\u{fffd}"));
    }
}

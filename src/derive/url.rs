//! The parts of a page's URL. Any text has parts; a text that is no URL is a path.

use crate::chunk::find;
use crate::json::Span;
use std::borrow::Cow;

/// Where the parts of a URL are in it; each is empty if it is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts {
    /// User, host and port.
    authority: Span,
    path: Span,
    query: Span,
}

impl Parts {
    /// Authority, if `scheme://` or `//` begins the URL, up to the first `/`, `?` or `#`; path, up to `?` or `#`; query, up
    /// to `#`.
    pub(crate) fn of(url: &str) -> Self {
        let end = |found: Option<usize>| found.unwrap_or(url.len());
        let colon = end(find(url.as_bytes(), 0, *b":"));
        let is_scheme = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
        let has_scheme = url[colon..].starts_with("://") && url[..colon].bytes().all(is_scheme);
        let authority =
            if has_scheme { Some(colon + "://".len()) } else { url.starts_with("//").then_some("//".len()) };
        let slash = authority.map_or(0, |from| end(find(url.as_bytes(), from, *b"/?#")));
        let mark = end(find(url.as_bytes(), slash, *b"?#"));
        let query = mark + usize::from(url[mark..].starts_with('?'));
        Self {
            authority: Span::new(authority.unwrap_or(slash), slash),
            path: Span::new(slash, mark),
            query: Span::new(query, if query > mark { end(find(url.as_bytes(), query, *b"#")) } else { query }),
        }
    }

    pub(crate) fn has_query(self) -> bool {
        !self.query.is_empty()
    }

    /// See [`host`].
    pub(crate) fn host(self, url: &str) -> Option<Cow<'_, str>> {
        let authority = self.authority.of(url);
        // Most name a host and nothing else.
        let is_bare = find(authority.as_bytes(), 0, *b"@:[").is_none();
        let host = if is_bare { authority } else { without_user_and_port(authority) };
        let host = if host.ends_with('.') { host.trim_end_matches('.') } else { host };
        let has_other = host.bytes().fold(false, |any, b| any | b.is_ascii_uppercase() | !b.is_ascii());
        (!host.is_empty()).then(|| if has_other { host.to_lowercase().into() } else { host.into() })
    }

    /// See [`path`].
    pub(crate) fn path(self, url: &str) -> Option<&str> {
        match (self.path.is_empty(), self.authority.is_empty()) {
            (true, true) => None,
            (true, false) => Some("/"),
            _ => Some(self.path.of(url)),
        }
    }

    /// See [`query`].
    pub(crate) fn query(self, url: &str) -> Option<&str> {
        (!self.query.is_empty()).then(|| self.query.of(url))
    }

    /// Notes the parameters of the query.
    pub(crate) fn parameters(self, url: &str, parameters: &mut Vec<Parameter>) {
        let bytes = &url.as_bytes()[..self.query.end()];
        let mut from = self.query.start();
        while from < bytes.len() {
            let sign = find(bytes, from, *b"&=").unwrap_or(bytes.len());
            let is_pair = bytes.get(sign) == Some(&b'=');
            let end = if is_pair { find(bytes, sign, *b"&").unwrap_or(bytes.len()) } else { sign };
            let is_encoded = find(&bytes[..end], from, *b"%+").is_some();
            let value = Span::new(sign + usize::from(is_pair), end);
            parameters.push(Parameter { name: Span::new(from, sign), value, is_encoded });
            from = end + 1;
        }
    }
}

/// A parameter of a URL's query.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    /// As it is written.
    name: Span,
    value: Span,
    /// Whether they may mean another than what is written.
    is_encoded: bool,
}

/// See [`parameter`].
pub(crate) fn first_of<'a>(
    url: &'a str,
    parameters: &[Parameter],
    keys: &[String],
) -> Option<(Cow<'a, str>, Cow<'a, str>)> {
    let matches = |key: &String, name: &[u8]| match key.as_bytes() {
        [b'*', end @ ..] => name.len() >= end.len() && name[name.len() - end.len()..].eq_ignore_ascii_case(end),
        key => name.eq_ignore_ascii_case(key),
    };
    let rank = |name: &str| keys.iter().position(|key| matches(key, name.as_bytes()));
    let ranked = parameters.iter().filter_map(|parameter| {
        let written = parameter.name.of(url);
        let (name, value) = if parameter.is_encoded {
            // Most names are what they look like, and most are none of the keys.
            if rank(written).is_none() && find(written.as_bytes(), 0, *b"%+").is_none() {
                return None;
            }
            let pair = url.get(parameter.name.start()..parameter.value.end())?;
            form_urlencoded::parse(pair.as_bytes()).next()?
        } else {
            (written.into(), parameter.value.of(url).into())
        };
        let rank = rank(&name)?;
        (!value.trim().is_empty()).then_some((rank, name, value))
    });
    // Of equal ranks, `min_by_key` gives the first.
    ranked.min_by_key(|(rank, ..)| *rank).map(|(_, name, value)| (name, value))
}

/// The host in an authority that may hold more.
fn without_user_and_port(authority: &str) -> &str {
    let host = authority.rsplit('@').next().unwrap_or(authority);
    match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or(v6),
        None => host.split(':').next().unwrap_or(host),
    }
}

/// The host, in lower case, without user, port or final dot.
///
/// ```
/// use clickstream::derive::url::host;
/// assert_eq!(host("https://Shop.Example:8443/a?b").as_deref(), Some("shop.example"));
/// assert_eq!(host("/a?b=https://x.example"), None);
/// ```
pub fn host(url: &str) -> Option<Cow<'_, str>> {
    Parts::of(url).host(url)
}

/// The path; `/` for a URL that has a host alone.
///
/// ```
/// use clickstream::derive::url::path;
/// assert_eq!(path("https://shop.example/a/b?c#d"), Some("/a/b"));
/// assert_eq!(path("https://shop.example"), Some("/"));
/// ```
pub fn path(url: &str) -> Option<&str> {
    Parts::of(url).path(url)
}

/// The query, without the `?`.
///
/// ```
/// use clickstream::derive::url::query;
/// assert_eq!(query("https://shop.example/a?c=1&d=2#e"), Some("c=1&d=2"));
/// ```
pub fn query(url: &str) -> Option<&str> {
    Parts::of(url).query(url)
}

/// The first of `keys` that the query has a value for, as the query spells it, and that value; both decoded. A key that
/// begins with `*` stands for every key that ends with the rest.
///
/// ```
/// use clickstream::derive::url::parameter;
/// let keys = ["gclid".to_owned(), "*clid".to_owned()];
/// let found = parameter("https://shop.example/?xclid=1&GCLID=a%20b", &keys);
/// assert_eq!(found, Some(("GCLID".into(), "a b".into())));
/// ```
pub fn parameter<'a>(url: &'a str, keys: &[String]) -> Option<(Cow<'a, str>, Cow<'a, str>)> {
    let mut parameters = Vec::new();
    Parts::of(url).parameters(url, &mut parameters);
    first_of(url, &parameters, keys)
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

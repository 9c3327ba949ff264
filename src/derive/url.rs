//! The parts of a page's URL. Any text has parts; a text that is no URL is a path.

use super::privacy::SIGNS;
use crate::chunk::{find, find_other_than_host};
use crate::json::Span;
use crate::schema::derived::Keys;
use std::borrow::Cow;

/// Where the parts of a URL are in it; each is empty if it is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts {
    /// User, host and port.
    authority: Span,
    path: Span,
    query: Span,
    /// Whether the authority is a host as columns hold it, and nothing else.
    is_plain: bool,
    /// Whether there is nothing in the path that privacy looks at.
    is_clean: bool,
}

impl Parts {
    /// Authority, if `scheme://` or `//` begins the URL, up to the first `/`, `?` or `#`; path, up to `?` or `#`; query, up
    /// to `#`.
    pub(crate) fn of(url: &[u8]) -> Self {
        let end = |found: Option<usize>| found.unwrap_or(url.len());
        let authority = if url.starts_with(b"https://") { Some(b"https://".len()) } else { authority(url) };
        let from = authority.unwrap_or_default();
        let plain = if authority.is_some() { end(find_other_than_host(url, from)) } else { 0 };
        let is_plain = url.get(plain).is_none_or(|byte| matches!(byte, b'/' | b'?' | b'#'))
            && url[from..plain].last().is_some_and(|byte| *byte != b'.');
        let slash = match authority {
            Some(_) if !is_plain => end(find(url, from, *b"/?#")),
            _ => plain,
        };
        let clean = end(find(url, if is_plain { plain } else { 0 }, SIGNS));
        let mark = match url.get(clean) {
            Some(b'?' | b'#') if clean >= slash => clean,
            None => url.len(),
            _ => end(find(url, slash, *b"?#")),
        };
        let query = mark + usize::from(url.get(mark) == Some(&b'?'));
        Self {
            authority: Span::new(authority.unwrap_or(slash), slash),
            path: Span::new(slash, mark),
            query: Span::new(query, if query > mark { end(find(url, query, *b"#")) } else { query }),
            is_plain,
            is_clean: mark <= clean,
        }
    }

    pub(crate) fn has_query(self) -> bool {
        !self.query.is_empty()
    }

    /// Where the host is, if it can stay as it is.
    pub(crate) fn plain_host(self) -> Option<Span> {
        self.is_plain.then_some(self.authority)
    }

    /// Where the path is, if it is there and privacy need not look at it.
    pub(crate) fn plain_path(self) -> Option<Span> {
        (!self.path.is_empty() && self.is_clean).then_some(self.path)
    }

    /// See [`host`].
    pub(crate) fn host(self, url: &str) -> Option<Cow<'_, str>> {
        let authority = self.authority.of(url);
        let host = authority.rsplit('@').next().unwrap_or(authority);
        let host = match host.strip_prefix('[') {
            Some(v6) => v6.split(']').next().unwrap_or(v6),
            None => host.split(':').next().unwrap_or(host),
        };
        let host = host.trim_end_matches('.');
        let is_lower = host.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
        (!host.is_empty()).then(|| if is_lower { host.into() } else { host.to_lowercase().into() })
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

    /// Looks for `keys` among the parameters of the query: in `found`, for each search the parameter that counts.
    pub(crate) fn search(self, url: &str, keys: &Keys, found: &mut [Option<Parameter>]) {
        let bytes = &url.as_bytes()[..self.query.end()];
        let mut from = self.query.start();
        while from < bytes.len() {
            let first = find(bytes, from, *b"&=%+").unwrap_or(bytes.len());
            let is_encoded = matches!(bytes.get(first), Some(b'%' | b'+'));
            let sign = if is_encoded { find(bytes, first, *b"&=").unwrap_or(bytes.len()) } else { first };
            // A parameter without a value is none.
            from = 1 + if bytes.get(sign) == Some(&b'=') {
                let odd = find(bytes, sign, *b"&%+@?").unwrap_or(bytes.len());
                let is_plain = bytes.get(odd).is_none_or(|byte| *byte == b'&');
                let end = if is_plain { odd } else { find(bytes, odd, *b"&").unwrap_or(bytes.len()) };
                let (name, value) = (Span::new(from, sign), Span::new(sign + 1, end));
                let parameter = Parameter { rank: 0, name, value, is_plain };
                let name = if is_encoded { parameter.decoded(url).0 } else { name.of(url).into() };
                parameter.offer(&name, url, keys, found);
                end
            } else {
                sign
            };
        }
    }
}

/// Where the authority begins, if there is one.
fn authority(url: &[u8]) -> Option<usize> {
    let colon = find(url, 0, *b":").unwrap_or(url.len());
    let is_scheme = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    if url[colon..].starts_with(b"://") && url[..colon].iter().all(is_scheme) {
        return Some(colon + "://".len());
    }
    url.starts_with(b"//").then_some("//".len())
}

/// A parameter of a URL's query.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    /// The rank of the key that it was found under.
    rank: usize,
    /// As it is written.
    name: Span,
    value: Span,
    /// Whether the value means what is written, and privacy need not look at it.
    is_plain: bool,
}

impl Parameter {
    /// Where the value is, if it can stay as it is.
    pub(crate) fn plain_value(self) -> Option<Span> {
        self.is_plain.then_some(self.value)
    }

    /// Puts the parameter, whose name means this, into `found` wherever it is what counts so far.
    fn offer(self, name: &str, url: &str, keys: &Keys, found: &mut [Option<Self>]) {
        keys.of(name).for_each(|key| {
            // Of equal ranks, the first.
            if let Some(found) = found.get_mut(key.search)
                && found.is_none_or(|found| key.rank < found.rank)
                && !self.is_blank(url)
            {
                *found = Some(Self { rank: key.rank, ..self });
            }
        });
    }

    /// Whether the value is nothing but white space.
    fn is_blank(self, url: &str) -> bool {
        let begins =
            self.value.of(url).bytes().next().is_some_and(|b| b.is_ascii_graphic() && !matches!(b, b'%' | b'+'));
        !begins && self.decoded(url).1.trim().is_empty()
    }

    /// Name and value as they are meant.
    pub(crate) fn decoded(self, url: &str) -> (Cow<'_, str>, Cow<'_, str>) {
        let pair = url.get(self.name.start()..self.value.end()).unwrap_or_default();
        let parsed = is_encoded(pair).then(|| form_urlencoded::parse(pair.as_bytes()).next()).flatten();
        parsed.unwrap_or_else(|| (self.name.of(url).into(), self.value.of(url).into()))
    }
}

/// Whether a text of a query may mean another than what is written.
fn is_encoded(text: &str) -> bool {
    find(text.as_bytes(), 0, *b"%+").is_some()
}

/// The host, in lower case, without user, port or final dot.
///
/// ```
/// use clickstream::derive::url::host;
/// assert_eq!(host("https://Shop.Example:8443/a?b").as_deref(), Some("shop.example"));
/// assert_eq!(host("/a?b=https://x.example"), None);
/// ```
pub fn host(url: &str) -> Option<Cow<'_, str>> {
    Parts::of(url.as_bytes()).host(url)
}

/// The path; `/` for a URL that has a host alone.
///
/// ```
/// use clickstream::derive::url::path;
/// assert_eq!(path("https://shop.example/a/b?c#d"), Some("/a/b"));
/// assert_eq!(path("https://shop.example"), Some("/"));
/// ```
pub fn path(url: &str) -> Option<&str> {
    Parts::of(url.as_bytes()).path(url)
}

/// The query, without the `?`.
///
/// ```
/// use clickstream::derive::url::query;
/// assert_eq!(query("https://shop.example/a?c=1&d=2#e"), Some("c=1&d=2"));
/// ```
pub fn query(url: &str) -> Option<&str> {
    Parts::of(url.as_bytes()).query(url)
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
    let (mut wanted, mut found) = (Keys::default(), [None]);
    wanted.add(0, keys);
    Parts::of(url.as_bytes()).search(url, &wanted, &mut found);
    found[0].map(|parameter| parameter.decoded(url))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derive::privacy::has_signs;
    use proptest::prelude::*;

    /// The parts that [`Parts::of`] finds, the way they are defined.
    fn parts(url: &str) -> (&str, &str, &str) {
        let is_scheme = |scheme: &str| scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        let scheme = url.split_once(':').filter(|(scheme, rest)| is_scheme(scheme) && rest.starts_with("//"));
        let rest = scheme.map_or(url, |(_, rest)| rest);
        let (authority, rest) = match rest.strip_prefix("//") {
            Some(rest) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
            None => ("", rest),
        };
        let (path, rest) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
        let query = rest.strip_prefix('?').map_or("", |query| query.split('#').next().unwrap_or_default());
        (authority, path, query)
    }

    proptest! {
        #[test]
        fn parts_are_where_they_are_by_definition(
            url in "(https?://|HTTPS://|//|a:)?[a-z.]{0,20}[@:A-Z.ü]{0,2}(/[a-z]{0,20}[@%?#]{0,2}){0,3}|[a:/?#@%.ü]{0,9}",
        ) {
            let found = Parts::of(url.as_bytes());
            prop_assert_eq!((found.authority.of(&url), found.path.of(&url), found.query.of(&url)), parts(&url), "{}", url);
            if let Some(host) = found.plain_host() {
                prop_assert_eq!(found.host(&url), Some(host.of(&url).into()));
                prop_assert!(!has_signs(host.of(&url)));
            }
            if let Some(path) = found.plain_path() {
                prop_assert_eq!(found.path(&url), Some(path.of(&url)));
                prop_assert!(!has_signs(path.of(&url)));
            }
        }
    }

    proptest! {
        #[test]
        fn a_plain_value_means_what_is_written(url in "\\?([ab]{0,2}[=%&+@?#4]{0,2}){1,6}") {
            let (mut keys, mut found) = (Keys::default(), [None]);
            keys.add(0, &["*".to_owned()]);
            Parts::of(url.as_bytes()).search(&url, &keys, &mut found);
            if let Some(parameter) = found[0] {
                let value = parameter.decoded(&url).1;
                let is_plain = value == parameter.value.of(&url) && !has_signs(&value);
                prop_assert_eq!(parameter.plain_value().is_some(), is_plain, "{}", url);
            }
        }
    }

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

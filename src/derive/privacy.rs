//! What is never stored in the clear: e-mail addresses, credentials in URLs, keys that the schema removes.

use crate::row::{Flag, FlagSet};
use crate::schema::Plan;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// SHA-256 as 64 hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|n| char::from_digit(n.into(), 16))
        .collect()
}

/// The key under which a person's address is stored: SHA-256 of its trimmed lower-case form, as advertising networks
/// compute it too; a SHA-256 that the producer made stays as it is. `None` for a text that is neither.
pub(crate) fn hash_email(address: &str) -> Option<String> {
    let address = address.trim();
    if address.len() == 64 && address.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Some(address.to_ascii_lowercase());
    }
    address.contains('@').then(|| sha256(address.to_lowercase().as_bytes()))
}

/// Whether the whole text is one e-mail address, by its looks: `local@domain.tld`. RFC 5321 allows 254 bytes.
pub(crate) fn is_email(text: &str) -> bool {
    let text = text.trim();
    let Some((local, domain)) = text.split_once('@') else { return false };
    text.len() <= 254
        && !local.is_empty()
        && domain.split('.').count() >= 2
        && domain.split('.').all(|label| !label.is_empty())
        && !text
            .contains(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | ':' | ',' | ';' | '<' | '>' | '"'))
        && !domain.contains('@')
}

/// `text` as it may be stored, if that differs: an e-mail address hashed; in a URL, user names and passwords, removed
/// keys and e-mail addresses of the query and the fragment.
pub(crate) fn scrub(plan: &Plan, text: &str, flags: &mut FlagSet) -> Option<String> {
    // Nothing of all that is without one of these bytes.
    memchr::memchr3(b'@', b'?', b'#', text.as_bytes())?;
    if is_email(text) {
        flags.raise(Flag::EmailHashed);
        return hash_email(text);
    }
    let mut clean = Cow::Borrowed(text);
    if let Some(without) = without_credentials(text) {
        flags.raise(Flag::KeyRemoved);
        clean = Cow::Owned(without);
    }
    // The last first, so that the earlier place stays where it is.
    for sign in ['#', '?'] {
        let Some(at) = clean.find(sign) else { continue };
        let end = if sign == '?' { clean.find('#').unwrap_or(clean.len()) } else { clean.len() };
        let Some(query) = clean.get(at + 1..end).and_then(|query| scrub_query(plan, query, flags)) else { continue };
        let kept = if query.is_empty() { &clean[..at] } else { &clean[..=at] };
        clean = Cow::Owned([kept, &query, &clean[end..]].concat());
    }
    match clean {
        Cow::Borrowed(_) => None,
        Cow::Owned(clean) => Some(clean),
    }
}

/// A query as it may be stored, if that differs.
pub(crate) fn scrub_query(plan: &Plan, query: &str, flags: &mut FlagSet) -> Option<String> {
    memchr::memchr(b'=', query.as_bytes())?;
    let mut changed = false;
    let mut kept: Vec<Cow<str>> = Vec::new();
    for pair in query.split('&') {
        let Some((key, value)) = form_urlencoded::parse(pair.trim_start_matches('?').as_bytes()).next() else {
            kept.push(pair.into());
            continue;
        };
        if plan.removed_keys.get(key.as_bytes()).is_some() {
            flags.raise(Flag::KeyRemoved);
            changed = true;
        } else if let Some(hash) = Some(&value).filter(|value| is_email(value)).and_then(|value| hash_email(value)) {
            flags.raise(Flag::EmailHashed);
            changed = true;
            let encoded = pair.split_once('=').map_or(pair, |(key, _)| key);
            kept.push(format!("{encoded}={hash}").into());
        } else {
            kept.push(pair.into());
        }
    }
    changed.then(|| kept.join("&"))
}

/// `https://user:password@host/` without the part before the `@`.
fn without_credentials(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.find(['/', '?', '#']).map_or(rest, |end| &rest[..end]);
    let at = authority.rfind('@')?;
    (!scheme.contains(char::is_whitespace)).then(|| format!("{scheme}://{}", &rest[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PETER: &str = "peter@example.com";
    // printf peter@example.com | sha256sum
    const PETER_SHA256: &str = "f111db891a36b76df28abc74867e6c7248f796e045117f0cff27b6e2be25d2df";

    #[test]
    fn an_address_has_one_hash_however_it_is_written() {
        for spelling in [PETER, " Peter@Example.COM ", PETER_SHA256, &PETER_SHA256.to_uppercase()] {
            assert_eq!(hash_email(spelling).as_deref(), Some(PETER_SHA256), "{spelling}");
        }
        assert_eq!(hash_email("none"), None);
    }

    #[test]
    fn only_a_whole_text_is_an_address() {
        for address in [PETER, " a+b@c.d ", "o'neil@bücher.example"] {
            assert!(is_email(address), "{address}");
        }
        for other in ["", "@", "a@b", "a@.b", "a@b.", "mail peter@example.com", "a@b@c.d", "https://x@y.z", "@a.b"] {
            assert!(!is_email(other), "{other}");
        }
    }

    #[test]
    fn urls_lose_what_privacy_removes_and_nothing_else() {
        let plan = Plan::embedded().expect("the schema compiles");
        for (url, clean) in [
            (
                "https://shop.example/a?q=1&token=x&utm_source=y#top",
                Some("https://shop.example/a?q=1&utm_source=y#top"),
            ),
            ("https://shop.example/a?Access-Token=x", Some("https://shop.example/a")),
            ("/cb#access_token=x&state=1", Some("/cb#state=1")),
            ("?pass%77ord=x&a=b", Some("?a=b")),
            ("https://me:secret@shop.example/", Some("https://shop.example/")),
            ("https://shop.example/a?q=shoes&page=2#top", None),
            ("what? a question", None),
        ] {
            assert_eq!(scrub(&plan, url, &mut FlagSet::default()).as_deref(), clean, "{url}");
        }
        let hashed = scrub(&plan, "/welcome?email=Peter%40example.com&b=1", &mut FlagSet::default());
        assert_eq!(hashed, Some(format!("/welcome?email={PETER_SHA256}&b=1")));
    }
}

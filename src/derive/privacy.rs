//! What is never stored in the clear: e-mail addresses, credentials and IP addresses in URLs, keys that the schema
//! removes.

use crate::chunk::find;
use crate::derive::ip;
use crate::digits::hexadecimal;
use crate::row::{Flag, FlagSet};
use crate::schema::fold::folded_hash;
use crate::schema::{Plan, Rule};
use sha2::{Digest, Sha256};

/// SHA-256 as 64 hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(64);
    push_hex(&Sha256::digest(bytes).into(), &mut hex);
    hex
}

/// Appends two hexadecimal digits for each byte of a hash, which has a multiple of sixteen.
pub(crate) fn push_hex<const BYTES: usize>(hash: &[u8; BYTES], out: &mut String) {
    for sixteen in hash.as_chunks().0 {
        hexadecimal(*sixteen).push(32, out);
    }
}

/// The key under which a person's address is stored: SHA-256 of its trimmed lower-case form, as advertising networks
/// compute it too; a SHA-256 that the producer made stays as it is. Of `Ada <ada@example.com>`, the address counts. `None`
/// for a text that is none of these.
pub(crate) fn hash_email(address: &str) -> Option<String> {
    let address = address.trim();
    if address.len() == 64 && address.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Some(address.to_ascii_lowercase());
    }
    let inner = address.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(address, |(inner, _)| inner);
    hash_address(inner)
}

/// The same key, for a text that as a whole is an address; `None` for every other.
#[inline(always)]
pub(crate) fn hash_address(text: &str) -> Option<String> {
    let has_sign = find(text.as_bytes(), 0, *b"@").is_some();
    (has_sign && is_email(text)).then(|| sha256(text.trim().to_lowercase().as_bytes()))
}

/// Whether the whole text is one e-mail address, by its looks: `local@domain.tld`. One that is longer than mail servers
/// take is one here: something stands before or after an address without a sign between them.
fn is_email(text: &str) -> bool {
    let Some(at) = find(text.as_bytes(), 0, *b"@") else { return false };
    let (local, domain) = (text[..at].trim_start(), text[at + 1..].trim_end());
    let text = text.trim();
    !local.is_empty()
        && domain.split('.').all(|label| !label.is_empty())
        && domain.rsplit_once('.').is_some_and(|(_, top)| top.len() > 1 && top.starts_with(char::is_alphabetic))
        && !text
            .contains(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | ':' | ',' | ';' | '<' | '>' | '"'))
        && !domain.contains('@')
}

/// `text` as it may be stored, if that differs: e-mail addresses hashed; in a URL, user names, passwords and removed keys
/// of the query and the fragment gone, and IP addresses shortened under the keys that hold one.
#[inline(always)]
pub(crate) fn scrub(plan: &Plan, text: &str, flags: &mut FlagSet) -> Option<String> {
    if has_signs(text) { scrub_signs(plan, text, flags) } else { None }
}

/// The bytes without one of which there is neither an address nor a parameter in a text.
pub(crate) const SIGNS: [u8; 4] = *b"@?#%";

/// Whether a text has one of [`SIGNS`].
#[inline(always)]
pub(crate) fn has_signs(text: &str) -> bool {
    find(text.as_bytes(), 0, SIGNS).is_some()
}

#[inline(never)]
fn scrub_signs(plan: &Plan, text: &str, flags: &mut FlagSet) -> Option<String> {
    // Most have a query and nothing else.
    let may_hold_address = sign(text, 0).is_some();
    if let Some(hash) = may_hold_address.then(|| hash_address(text)).flatten() {
        flags.raise(Flag::EmailHashed);
        return Some(hash);
    }
    let without = may_hold_address.then(|| without_credentials(text)).flatten();
    if without.is_some() {
        flags.raise(Flag::KeyRemoved);
    }
    let rest = without.as_deref().unwrap_or(text);
    let at = find(rest.as_bytes(), 0, *b"?#").unwrap_or(rest.len());
    let (before, parameters) = rest.split_at(at);
    let scrubbed =
        scrub_parameters(plan, parameters, may_hold_address, flags).map(|clean| [before, &clean].concat()).or(without);
    let hashed = may_hold_address.then(|| hash_addresses(scrubbed.as_deref().unwrap_or(text))).flatten();
    if hashed.is_some() {
        flags.raise(Flag::EmailHashed);
    }
    hashed.or(scrubbed)
}

/// `text` with every address in it replaced by its hash, if there is one; `%40` is an `@` here.
fn hash_addresses(text: &str) -> Option<String> {
    let (mut clean, mut kept) = (String::new(), 0);
    let mut from = 0;
    while let Some((at, sign)) = sign(text, from) {
        from = at + sign;
        let is_local = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '+' | '-' | '\'');
        let is_domain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
        let rest = &text[from..];
        let domain = rest[..rest.find(|c| !is_domain(c)).unwrap_or(rest.len())].trim_end_matches(['.', '-']);
        // Most signs that are no address's have no domain after them.
        if !domain.contains('.') {
            continue;
        }
        let start = text[kept..at]
            .rfind(|c| !is_local(c))
            .map_or(kept, |before| kept + before + text[kept + before..].chars().next().map_or(1, char::len_utf8));
        if start == at {
            continue;
        }
        let lower = domain.to_ascii_lowercase();
        let is_picture = PICTURES.iter().any(|ending| lower.ends_with(ending));
        let address = format!("{}@{domain}", &text[start..at]);
        if let Some(hash) = hash_address(&address).filter(|_| !is_picture) {
            clean.extend([&text[kept..start], &hash]);
            kept = from + domain.len();
            from = kept;
        }
    }
    (kept > 0).then(|| clean + &text[kept..])
}

/// `logo@2x.png` is no address.
const PICTURES: [&str; 7] = [".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif"];

/// The next `@` or `%40` from `from` on, and how long it is.
fn sign(text: &str, from: usize) -> Option<(usize, usize)> {
    let (bytes, mut from) = (text.as_bytes(), from);
    loop {
        let at = find(bytes, from, *b"@%")?;
        match bytes[at..] {
            [b'@', ..] => return Some((at, 1)),
            [b'%', b'4', b'0', ..] => return Some((at, 3)),
            _ => from = at + 1,
        }
    }
}

/// Parameters as they may be stored, if that differs: what stands between `?`, `#` and `&`, as in `a=1&b=2`,
/// `?a=1#b=2` and `#/route?a=1`. Without an `@` in any spelling they hold no address.
pub(crate) fn scrub_parameters(plan: &Plan, text: &str, may_hold_address: bool, flags: &mut FlagSet) -> Option<String> {
    let mut clean: Option<String> = None;
    // The sign before a removed parameter goes to the one that takes its place.
    let mut inherited = None;
    let mut at = 0;
    while at < text.len() {
        let start = at + usize::from(matches!(text.as_bytes()[at], b'?' | b'#' | b'&'));
        let sign = &text[at..start];
        let end = find(text.as_bytes(), start, *b"?#&").unwrap_or(text.len());
        let sign = if sign == "&" { inherited.take().unwrap_or(sign) } else { sign };
        inherited = None;
        match scrub_parameter(plan, &text[start..end], may_hold_address, flags) {
            Scrubbed::Kept => {
                if let Some(clean) = &mut clean {
                    clean.extend([sign, &text[start..end]]);
                }
            }
            Scrubbed::Replaced(other) => clean.get_or_insert_with(|| text[..at].to_owned()).extend([sign, &other]),
            Scrubbed::Removed => {
                clean.get_or_insert_with(|| text[..at].to_owned());
                inherited = Some(sign);
            }
        }
        at = end;
    }
    clean
}

enum Scrubbed {
    Kept,
    Replaced(String),
    Removed,
}

/// One parameter, `key=value` or a word alone.
fn scrub_parameter(plan: &Plan, parameter: &str, may_hold_address: bool, flags: &mut FlagSet) -> Scrubbed {
    // Most keys are what they look like, and most parameters hold no address.
    match find(parameter.as_bytes(), 0, *b"=+%@") {
        None => return Scrubbed::Kept,
        Some(sign)
            if parameter.as_bytes()[sign] == b'='
                && !(may_hold_address && self::sign(parameter, sign).is_some())
                && guard(plan, &parameter[..sign]).is_none() =>
        {
            return Scrubbed::Kept;
        }
        _ => {}
    }
    let pair = parameter.split_once('=');
    let Some((key, value)) = form_urlencoded::parse(parameter.as_bytes()).next() else { return Scrubbed::Kept };
    if let Some((spelled, _)) = pair {
        let scrubbed = scrub_pair(plan, spelled, (&key, &value), flags);
        if !matches!(scrubbed, Scrubbed::Kept) {
            return scrubbed;
        }
    }
    let hashed = match (hash_address(&value), hash_address(&key)) {
        (Some(value), _) => [pair.map_or("", |(key, _)| key), "=", &value].concat(),
        (None, Some(key)) => key,
        (None, None) => return Scrubbed::Kept,
    };
    flags.raise(Flag::EmailHashed);
    Scrubbed::Replaced(hashed)
}

/// What privacy does to the value under a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guard {
    Remove,
    Shorten,
}

/// What it does under this one, if anything.
fn guard(plan: &Plan, key: &str) -> Option<Guard> {
    let (key, hash) = (key.as_bytes(), folded_hash(key.as_bytes()));
    if !plan.known.may_have(hash) {
        return None;
    }
    if plan.removed_keys.get_hashed(hash, key).is_some() {
        return Some(Guard::Remove);
    }
    (plan.protected_keys.get_hashed(hash, key) == Some(Rule::Ip)).then_some(Guard::Shorten)
}

/// A parameter by its key, which is `spelled` in the text. What stands for an IP address and cannot be read as one cannot
/// be shortened.
fn scrub_pair(plan: &Plan, spelled: &str, (key, value): (&str, &str), flags: &mut FlagSet) -> Scrubbed {
    let network = match guard(plan, key) {
        Some(Guard::Remove) => None,
        Some(Guard::Shorten) if !value.trim().is_empty() => ip::network(value),
        _ => return Scrubbed::Kept,
    };
    match network {
        Some(network) if network == value => Scrubbed::Kept,
        Some(network) => {
            flags.raise(Flag::IpShortened);
            Scrubbed::Replaced([spelled, "=", &network].concat())
        }
        None => {
            flags.raise(Flag::KeyRemoved);
            Scrubbed::Removed
        }
    }
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
        assert_eq!(hash_email("Peter <peter@example.com>").as_deref(), Some(PETER_SHA256));
        assert_eq!((hash_email("none"), hash_email("not@")), (None, None));
    }

    #[test]
    fn only_a_whole_text_is_an_address() {
        for address in [PETER, " a+b@c.de ", "o'neil@bücher.example"] {
            assert!(is_email(address), "{address}");
        }
        for other in [
            "",
            "analytics.js@2.11.1",
            "@",
            "a@b",
            "a@.b",
            "a@b.",
            "mail peter@example.com",
            "a@b@c.d",
            "https://x@y.z",
            "@a.b",
        ] {
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
            ("/#/reset?token=x&lang=de", Some("/#/reset?lang=de")),
            ("/a?b=1&token=x#token=y", Some("/a?b=1")),
            ("/a?token", None),
            ("https://cdn.example/logo@2x.png", None),
            ("sdk@2.11.1 and me@home", None),
            ("https://me:secret@shop.example/", Some("https://shop.example/")),
            ("https://shop.example/a?q=shoes&page=2#top", None),
            ("what? a question", None),
            ("/a?ip=203.0.113.77&b=1", Some("/a?ip=203.0.113.0&b=1")),
            ("/a?b=1#Client-IP=[2001:db8:85a3::1]:443", Some("/a?b=1#Client-IP=2001:db8:85a3::")),
            ("?x%5Fforwarded_for=10.0.0.1%2C+203.0.113.77", Some("?x%5Fforwarded_for=203.0.113.0")),
            ("/a?ip=2001%3Adb8%3A85a3%3A%3A1", Some("/a?ip=2001:db8:85a3::")),
            ("/a?ip=203.0.113.77.x&b=1", Some("/a?b=1")),
            ("/a?ip=ada%40home", Some("/a")),
            ("/a?ip=203.0.113.0&ip=&ip", None),
            ("/a?version=203.0.113.77&zip=1", None),
        ] {
            assert_eq!(scrub(&plan, url, &mut FlagSet::default()).as_deref(), clean, "{url}");
        }
        let long = format!("{}_{PETER}", "x".repeat(300));
        for (text, hashed) in [
            ("mailto:Peter@example.com?subject=x", format!("mailto:{PETER_SHA256}?subject=x")),
            ("https://shop.example/u/peter%40example.com/x", format!("https://shop.example/u/{PETER_SHA256}/x")),
            ("Hi peter@example.com, hi Peter@Example.com.", format!("Hi {PETER_SHA256}, hi {PETER_SHA256}.")),
            ("Peter <peter@example.com>", format!("Peter <{PETER_SHA256}>")),
            (&long, sha256(long.as_bytes())),
            (&format!("Hi {long}!"), format!("Hi {}!", sha256(long.as_bytes()))),
        ] {
            assert_eq!(scrub(&plan, text, &mut FlagSet::default()), Some(hashed), "{text}");
        }
        let hashed = scrub(&plan, "/welcome?email=Peter%40example.com&b=1", &mut FlagSet::default());
        assert_eq!(hashed, Some(format!("/welcome?email={PETER_SHA256}&b=1")));
    }
}

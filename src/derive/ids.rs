//! Identifiers: of events, visitors and persons.

use super::privacy::{hash_address, push_hex, sha256};
use crate::json::trim;
use crate::row::{Flag, FlagSet};
use crate::schema::{Plan, Rule};
use std::borrow::Cow;
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_128;

/// An identifier as rows hold it: `None` for a placeholder. E-mail addresses are hashed, under [`Rule::Uuid`] UUIDs are
/// written in lower case, and what is longer than `width` bytes is replaced by its SHA-256, because a cut identifier
/// would join with others.
pub(crate) fn identifier<'a>(
    plan: &Plan,
    rule: Rule,
    text: &'a str,
    width: u32,
    flags: &mut FlagSet,
) -> Option<Cow<'a, str>> {
    let id = trim(text);
    if is_blocked(plan, id) {
        return None;
    }
    if let Some(hash) = hash_address(id) {
        flags.raise(Flag::EmailHashed);
        return Some(hash.into());
    }
    if id.len() > width as usize {
        flags.raise(Flag::IdHashed);
        return Some(sha256(id.as_bytes()).into());
    }
    if rule == Rule::Uuid && id.bytes().fold(false, |any, b| any | b.is_ascii_uppercase()) && is_uuid(id) {
        return Some(id.to_ascii_lowercase().into());
    }
    Some(id.into())
}

/// A placeholder that the schema lists, in any case, or nothing but zeros and dashes: the nil UUID, `0`, `-`.
fn is_blocked(plan: &Plan, id: &str) -> bool {
    may_be_blocked(plan, id.as_bytes())
        && (id.bytes().all(|b| matches!(b, b'0' | b'-'))
            || plan.blocked_ids.iter().any(|blocked| blocked.eq_ignore_ascii_case(id)))
}

/// Whether an identifier has to be looked at: lists hold short words, most identifiers are long or begin otherwise, and
/// few begin with a zero or a dash.
#[inline(always)]
pub(crate) fn may_be_blocked(plan: &Plan, id: &[u8]) -> bool {
    let Some(first) = id.first() else { return true };
    let is_like_one = plan.blocked_lengths & 1 << (id.len() % 64) != 0 && plan.blocked_firsts & 1 << (first % 32) != 0;
    id.len() >= 64 || is_like_one || matches!(first, b'0' | b'-')
}

fn is_uuid(id: &str) -> bool {
    id.len() == 36
        && id
            .bytes()
            .enumerate()
            .all(|(at, b)| if matches!(at, 8 | 13 | 18 | 23) { b == b'-' } else { b.is_ascii_hexdigit() })
}

/// Appends the id of an event whose producer gave none: a 128-bit hash, so that every delivery of the same record gives
/// the same id. It is that of the event's text, at `event` in `text`, of the envelope that it came in, and of what tells an
/// event without a time of its own from its likes: when it arrived (milliseconds) and where in its record it stood. `hashed`
/// is a buffer.
pub fn event_id(
    (text, event): (&str, Range<usize>),
    envelope: &str,
    arrival: Option<(i64, usize)>,
    hashed: &mut Vec<u8>,
    out: &mut String,
) {
    // A zero ends each part. Zeros follow a record's text, too: most events are hashed where they stand.
    let ended = text.as_bytes().get(event.start..event.end + 2).filter(|ended| ended.ends_with(&[0, 0]));
    let hash = match ended {
        Some(ended) if envelope.is_empty() && arrival.is_none() => xxh3_128(ended),
        _ => {
            hashed.clear();
            for part in [text.get(event).unwrap_or_default(), envelope] {
                hashed.extend_from_slice(part.as_bytes());
                hashed.push(0);
            }
            if let Some((ms, position)) = arrival {
                hashed.extend_from_slice(&ms.to_le_bytes());
                hashed.extend_from_slice(&(position as u64).to_le_bytes());
            }
            xxh3_128(hashed)
        }
    };
    push_hex(&hash.to_be_bytes(), out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_trimmed_and_otherwise_kept() {
        let plan = Plan::embedded().expect("the schema compiles");
        let upper = "6F1C1C0E-2B6F-4C6B-8A55-1C8B8B3F6A10";
        for (rule, text, id) in [
            (Rule::Id, " U-42 ", Some("U-42")),
            (Rule::Id, upper, Some(upper)),
            (Rule::Uuid, upper, Some("6f1c1c0e-2b6f-4c6b-8a55-1c8b8b3f6a10")),
            (Rule::Uuid, "GA1.2.ABC", Some("GA1.2.ABC")),
            (Rule::Id, "1", Some("1")),
            (Rule::Id, "Undefined", None),
            (Rule::Id, "0", None),
            (Rule::Uuid, "00000000-0000-0000-0000-000000000000", None),
        ] {
            assert_eq!(identifier(&plan, rule, text, 64, &mut FlagSet::default()).as_deref(), id, "{text}");
        }
    }

    #[test]
    fn what_the_schema_lists_is_no_identifier_in_any_case() {
        let plan = Plan::embedded().expect("the schema compiles");
        for blocked in &plan.blocked_ids {
            for text in [blocked.clone(), blocked.to_uppercase(), blocked.to_lowercase()] {
                assert_eq!(identifier(&plan, Rule::Id, &text, 64, &mut FlagSet::default()), None, "{text}");
            }
        }
    }

    #[test]
    fn long_identifiers_and_addresses_are_hashed_and_flagged() {
        let plan = Plan::embedded().expect("the schema compiles");
        for (text, flag) in [("x".repeat(65), Flag::IdHashed), ("Peter@example.com".into(), Flag::EmailHashed)] {
            let mut flags = FlagSet::default();
            let id = identifier(&plan, Rule::Id, &text, 64, &mut flags).expect("an identifier");
            assert!(id.len() == 64 && flags.has(flag), "{id}");
        }
    }

    #[test]
    fn only_what_tells_events_apart_changes_their_id() {
        let event_id = |event: &str, envelope, arrival| {
            let [alone, followed] = ["", "\0\0 "].map(|next| {
                let (text, mut id) = (format!(" {event}{next}"), String::new());
                super::event_id((&text, 1..1 + event.len()), envelope, arrival, &mut Vec::new(), &mut id);
                id
            });
            assert_eq!(alone, followed);
            alone
        };
        let id = event_id(r#"{"a":1}"#, "", None);
        assert_eq!(id.len(), 32);
        let others = [
            event_id(r#"{"a":2}"#, "", None),
            event_id(r#"{"a":1}"#, "{}", None),
            event_id(r#"{"a":1}"#, "", Some((1, 0))),
            event_id(r#"{"a":1}"#, "", Some((1, 1))),
        ];
        assert!(others.iter().all(|other| *other != id));
    }
}

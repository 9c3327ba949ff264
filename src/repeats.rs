//! Whether an object holds a key twice.

use crate::json::meaning;
use crate::tape::{Kind, Tape};
use xxhash_rust::xxh3::xxh3_64;

/// Whether an object of an event seems to hold a key twice: not so by chance, but keys can be chosen for it.
#[inline(never)]
pub(crate) fn seem_to_be(tape: &Tape, text: &str) -> bool {
    let mut members = Vec::with_capacity(tape.entries.len());
    add_members(tape, text, None, &mut members);
    for (entry, index) in tape.entries.iter().zip(0..) {
        if entry.kind == Kind::Object {
            add_members(tape, text, Some(index), &mut members);
        }
    }
    // A look at some bits spares most members the sorting.
    let mut times = vec![0u8; (4 * members.len()).next_power_of_two()];
    let mask = times.len() - 1;
    let bits = |(object, hash): &(usize, usize)| (object.wrapping_mul(MIX) ^ hash) & mask;
    for member in &members {
        let times = &mut times[bits(member)];
        *times = times.saturating_add(1);
    }
    members.retain(|member| times[bits(member)] > 1);
    members.sort_unstable();
    members.windows(2).any(|two| two[0] == two[1])
}

/// An odd number without pattern.
const MIX: usize = 0x9e37_79b9_7f4a_7c15;

/// Adds the object and the key's hash for each member of an object: of the entry `of`, or of the event.
fn add_members(tape: &Tape, text: &str, of: Option<usize>, members: &mut Vec<(usize, usize)>) {
    let object = of.map_or(0, |entry| entry + 1);
    for child in tape.children(of) {
        let (key, _) = meaning(text, tape.entries[child].key);
        members.push((object, hash(&key)));
    }
}

/// A hash of a key, by which most are told from each other.
#[inline(never)]
#[allow(clippy::cast_possible_truncation)] // what is left is a hash, too
pub(crate) fn hash(key: &str) -> usize {
    xxh3_64(key.as_bytes()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Keys;
    use crate::schema::Plan;
    use proptest::prelude::*;
    use std::collections::HashSet;

    /// JSON, and whether an object in it holds a key twice.
    fn json() -> impl Strategy<Value = (String, bool)> {
        let leaf = Just(("1".to_owned(), false));
        leaf.prop_recursive(3, 40, 6, |inner| {
            let key = prop_oneof!["[a-h]?", "[ab]{17}", Just(r"\u0061".to_owned())];
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(|elements| {
                    let (texts, repeats): (Vec<_>, Vec<_>) = elements.into_iter().unzip();
                    (format!("[{}]", texts.join(",")), repeats.contains(&true))
                }),
                object(key, inner),
            ]
        })
    }

    fn object(
        key: impl Strategy<Value = String>,
        value: impl Strategy<Value = (String, bool)>,
    ) -> impl Strategy<Value = (String, bool)> {
        proptest::collection::vec((key, value), 0..6).prop_map(|members| {
            let keys: HashSet<_> = members.iter().map(|(key, _)| key.replace(r"\u0061", "a")).collect();
            let repeats = keys.len() < members.len() || members.iter().any(|(_, (_, repeats))| *repeats);
            let members: Vec<_> = members.iter().map(|(key, (value, _))| format!("\"{key}\":{value}")).collect();
            (format!("{{{}}}", members.join(",")), repeats)
        })
    }

    proptest! {
        #[test]
        fn a_repeated_key_is_seen_where_there_is_one(
            (event, repeats) in object(prop_oneof!["[a-h]{1,2}", Just(r"\u0061".to_owned())], json()),
        ) {
            let plan = Plan::embedded().expect("the schema compiles");
            let mut tape = Tape::default();
            tape.clear(&plan);
            tape.add((&plan, &mut Keys::default()), &event, (0, 1), false).expect("an event");
            prop_assert_eq!(seem_to_be(&tape, &event), repeats, "{}", event);
        }
    }

    #[test]
    fn many_keys_do_not_seem_to_be_repeated() {
        let plan = Plan::embedded().expect("the schema compiles");
        let (mut tape, mut keys) = (Tape::default(), Keys::default());
        for (count, more, seem_repeated, repeats) in [
            (2_000, "", false, false),
            (2_000, ",\"attribute_7\":0", true, true),
            (20_000, "", true, false),
            (20_000, ",\"attribute_7\":0", true, true),
        ] {
            let members: Vec<_> = (0..count).map(|n| format!("\"attribute_{n}\":{{\"{n}\":1}}")).collect();
            let event = format!("{{{}{more}}}", members.join(","));
            tape.clear(&plan);
            let number = keys.begin();
            tape.add((&plan, &mut keys), &event, (0, number), true).expect("an event");
            assert_eq!((keys.repeated, tape.repeated), (seem_repeated, repeats), "{count}{more}");
        }
    }
}

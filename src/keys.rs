//! What a key means where it stands in an event.

use crate::chunk::SIZE;
use crate::schema::fold::folded_hash;
use crate::schema::plan::{NO_SOURCE, Plan, Rule};
use xxhash_rust::xxh3::xxh3_64;

/// A stream has few keys, each in one or two spellings: this many are kept, and as many long ones.
const KEPT: usize = 1 << 10;

/// Longer keys, in bytes, are not kept: a record may have one of a megabyte.
const LONGEST: usize = 64;

/// What the schema knows of a key at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// Where it leads: a node of the plan's tree.
    pub(crate) place: Option<u32>,
    /// The path that ends there, or [`NO_SOURCE`].
    pub(crate) source: u16,
    /// Whether a container there is an answer, too: for a column that keeps trees, and where the schema looks for nothing
    /// inside.
    pub(crate) answers_whole: bool,
    /// Whether an array of objects there holds the record's events.
    pub(crate) envelope: bool,
    /// Whether privacy removes the key.
    pub(crate) removed: bool,
    /// What it holds, if privacy protects that.
    pub(crate) rule: Option<Rule>,
    /// The dialect markers that it is.
    pub(crate) markers: u64,
}

impl Meaning {
    /// What the schema knows of the place itself.
    pub(crate) fn of(plan: &Plan, place: Option<u32>) -> Self {
        let node = place.and_then(|place| plan.nodes.get(place as usize));
        Self {
            place,
            source: node.map_or(NO_SOURCE, |node| node.source),
            answers_whole: node.is_some_and(|node| node.keeps_tree || node.is_leaf()),
            envelope: node.is_some_and(|node| node.envelope),
            removed: false,
            rule: None,
            markers: node.map_or(0, |node| node.markers),
        }
    }

    #[inline(never)]
    fn look_up(plan: &Plan, at: Option<u32>, key: &[u8]) -> Self {
        let hash = folded_hash(key);
        let node = at.and_then(|at| plan.nodes.get(at as usize));
        Self {
            removed: plan.removed_keys.get_hashed(hash, key).is_some(),
            rule: plan.protected_keys.get_hashed(hash, key),
            ..Self::of(plan, node.and_then(|node| node.keys.get_hashed(hash, key)))
        }
    }
}

/// The bytes of a key of at most 16, zeros after them. JSON text has no NUL, so no other key has the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spelling(u64, u64);

impl Spelling {
    /// Of the first `length` of `bytes`.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // halves are what is wanted
    pub(crate) fn first(bytes: [u8; SIZE], length: usize) -> Self {
        const MASKS: [u128; SIZE + 1] = {
            let mut masks = [u128::MAX; SIZE + 1];
            let mut length = 0;
            while length < SIZE {
                masks[length] = (1 << (8 * length)) - 1;
                length += 1;
            }
            masks
        };
        let both = u128::from_le_bytes(bytes) & MASKS[length.min(SIZE)];
        Self(both as u64, (both >> 64) as u64)
    }

    /// Of a whole key; `None` for a longer one.
    fn of(key: &[u8]) -> Option<Self> {
        let mut bytes = [0; SIZE];
        bytes.get_mut(..key.len())?.copy_from_slice(key);
        Some(Self::first(bytes, SIZE))
    }
}

/// A key that was looked up: spelling and place, and what they mean.
#[derive(Debug, Clone, Copy)]
struct Known {
    spelling: Spelling,
    at: Option<u32>,
    meaning: Meaning,
}

/// A longer key that was looked up.
#[derive(Debug)]
struct KnownLong {
    key: Box<[u8]>,
    at: Option<u32>,
    meaning: Meaning,
}

/// Looks keys up and remembers their spellings: of short ones the last two that fell on a slot, of longer ones the last.
/// The answer is a function of plan, place and key alone.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    short: Vec<Option<Known>>,
    long: Vec<Option<KnownLong>>,
}

impl Keys {
    /// The meaning of a key in an object at `place`, and a hash: the same for every key that is spelled the same.
    pub(crate) fn meaning(&mut self, plan: &Plan, place: Option<u32>, key: &[u8]) -> (Meaning, u64) {
        match Spelling::of(key) {
            Some(spelling) => self.short(plan, place, spelling, || key),
            None => self.long(plan, place, key),
        }
    }

    /// [`Self::meaning`] of a key that is spelled like this.
    #[inline(always)]
    pub(crate) fn short<'k>(
        &mut self,
        plan: &Plan,
        place: Option<u32>,
        spelling: Spelling,
        key: impl Fn() -> &'k [u8],
    ) -> (Meaning, u64) {
        let hash = mixed(spelling);
        let slot = slot(hash, place);
        for slot in [slot, slot ^ 1] {
            if let Some(Some(known)) = self.short.get(slot)
                && known.spelling == spelling
                && known.at == place
            {
                return (known.meaning, hash);
            }
        }
        (self.learn(plan, place, key(), slot, spelling), hash)
    }

    fn long(&mut self, plan: &Plan, place: Option<u32>, key: &[u8]) -> (Meaning, u64) {
        let hash = xxh3_64(key);
        if key.len() > LONGEST {
            return (Meaning::look_up(plan, place, key), hash);
        }
        self.long.resize_with(KEPT, || None);
        let remembered = &mut self.long[slot(hash, place)];
        if let Some(known) = remembered.as_ref().filter(|known| known.at == place && *known.key == *key) {
            return (known.meaning, hash);
        }
        let meaning = Meaning::look_up(plan, place, key);
        *remembered = Some(KnownLong { key: key.into(), at: place, meaning });
        (meaning, hash)
    }

    #[inline(never)]
    fn learn(&mut self, plan: &Plan, at: Option<u32>, key: &[u8], slot: usize, spelling: Spelling) -> Meaning {
        self.short.resize(KEPT, None);
        let meaning = Meaning::look_up(plan, at, key);
        self.short[slot ^ 1] = self.short[slot];
        self.short[slot] = Some(Known { spelling, at, meaning });
        meaning
    }
}

/// Where a key is remembered.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // the low bits will do
fn slot(hash: u64, place: Option<u32>) -> usize {
    (hash as usize ^ place.map_or(0, |place| place as usize)) % KEPT
}

/// Two odd numbers without pattern: digits of the golden ratio and of the square root of two.
const MIX: (u64, u64) = (0x9e37_79b9_7f4a_7c15, 0x6a09_e667_f3bc_c909);

/// A 64-bit hash: both halves multiplied, both halves of the product.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // halves are what is wanted
fn mixed(Spelling(first, second): Spelling) -> u64 {
    let product = u128::from(first ^ MIX.0) * u128::from(second ^ MIX.1);
    product as u64 ^ (product >> 64) as u64
}

/// Whether two of an object's keys have the same hash; puts the hashes in another order.
pub(crate) fn have_repeated(hashes: &mut [u64]) -> bool {
    let mut seen = [0u64; 16];
    // A bit for each; only if two fall on one, or there are too many for that, a closer look.
    let bits = hashes.len() <= 64
        && hashes.iter().all(|hash| {
            let (word, bit) = (&mut seen[(*hash >> 6) as usize % 16], 1 << (*hash % 64));
            let is_new = *word & bit == 0;
            *word |= bit;
            is_new
        });
    !bits && {
        hashes.sort_unstable();
        hashes.windows(2).any(|pair| pair[0] == pair[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_key_means_the_same_however_many_were_looked_up_before(keys in proptest::collection::vec("[a-zA-Z_]{0,20}|ip|User_ID|items|password|ga_session_number|x_forwarded_for__", 1..60)) {
            let plan = Plan::embedded().expect("the schema compiles");
            let mut known = Keys::default();
            for place in [Some(0), None, Some(0)] {
                for key in &keys {
                    let (meaning, _) = known.meaning(&plan, place, key.as_bytes());
                    prop_assert_eq!(meaning, Meaning::look_up(&plan, place, key.as_bytes()));
                }
            }
        }

        #[test]
        fn a_flood_of_keys_does_not_grow_the_memory(length in 16..200usize) {
            let (plan, mut known) = (Plan::embedded().expect("the schema compiles"), Keys::default());
            for n in 0..KEPT * 2 {
                known.meaning(&plan, None, format!("{n:0length$}").as_bytes());
            }
            let kept: usize = known.long.iter().flatten().map(|known| known.key.len()).sum();
            prop_assert!(known.long.len() <= KEPT && kept <= KEPT * LONGEST, "{kept} bytes");
        }

        #[test]
        fn repeated_hashes_are_found(hashes in proptest::collection::vec(0..5_000u64, 0..90)) {
            let distinct: std::collections::HashSet<_> = hashes.iter().copied().collect();
            prop_assert_eq!(have_repeated(&mut hashes.clone()), distinct.len() < hashes.len());
        }
    }
}

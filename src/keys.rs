//! What a key means where it stands in an event.

use crate::schema::fold::folded_hash;
use crate::schema::plan::{Plan, Rule};
use crate::words::number;

/// A stream has few keys, each in one or two spellings: this many are kept, 2 ^ BITS.
const BITS: u32 = 10;

/// What the schema knows of a key at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// Where it leads: a node of the plan's tree.
    pub(crate) place: Option<u32>,
    /// Whether privacy removes it.
    pub(crate) removed: bool,
    /// What it holds, if privacy protects that.
    pub(crate) rule: Option<Rule>,
}

/// A key that was looked up: spelling and place, and what they mean.
#[derive(Debug, Clone, Copy)]
struct Known {
    spelling: u128,
    at: Option<u32>,
    meaning: Meaning,
}

/// Looks keys up and remembers their spellings: the last two that fell on a slot. The answer is a function of plan,
/// place and key alone.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    known: Vec<Option<Known>>,
}

impl Keys {
    /// The meaning of a key in an object at `place`, and a hash: the same for every key that is spelled the same.
    #[inline(always)]
    pub(crate) fn meaning(&mut self, plan: &Plan, place: Option<u32>, key: &[u8]) -> (Meaning, u64) {
        let Some(spelling) = number(key) else {
            let hash = folded_hash(key);
            return (look_up(plan, place, key), hash);
        };
        let hash = mixed(spelling);
        let slot = ((hash ^ u64::from(place.unwrap_or(u32::MAX))).wrapping_mul(MIX.0) >> (64 - BITS)) as usize;
        for slot in [slot, slot ^ 1] {
            if let Some(Some(known)) = self.known.get(slot)
                && known.spelling == spelling
                && known.at == place
            {
                return (known.meaning, hash);
            }
        }
        (self.learn(plan, place, key, slot, spelling), hash)
    }

    #[inline(never)]
    fn learn(&mut self, plan: &Plan, at: Option<u32>, key: &[u8], slot: usize, spelling: u128) -> Meaning {
        self.known.resize(1 << BITS, None);
        let meaning = look_up(plan, at, key);
        self.known[slot ^ 1] = self.known[slot];
        self.known[slot] = Some(Known { spelling, at, meaning });
        meaning
    }
}

#[inline(never)]
fn look_up(plan: &Plan, at: Option<u32>, key: &[u8]) -> Meaning {
    let hash = folded_hash(key);
    let node = at.and_then(|at| plan.nodes.get(at as usize));
    Meaning {
        place: node.and_then(|node| node.keys.get_hashed(hash, key)),
        removed: plan.removed_keys.get_hashed(hash, key).is_some(),
        rule: plan.protected_keys.get_hashed(hash, key),
    }
}

/// Two odd numbers without pattern: digits of the golden ratio and of the square root of two.
const MIX: (u64, u64) = (0x9e37_79b9_7f4a_7c15, 0x6a09_e667_f3bc_c909);

/// A 64-bit hash: both halves multiplied, both halves of the product.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // halves are what is wanted
fn mixed(spelling: u128) -> u64 {
    let product = u128::from(spelling as u64 ^ MIX.0) * u128::from((spelling >> 64) as u64 ^ MIX.1);
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
        fn a_key_means_the_same_however_many_were_looked_up_before(keys in proptest::collection::vec("[a-zA-Z_]{0,20}|ip|User_ID|items|password", 1..60)) {
            let plan = Plan::embedded().expect("the schema compiles");
            let mut known = Keys::default();
            for place in [Some(0), None, Some(0)] {
                for key in &keys {
                    let (meaning, _) = known.meaning(&plan, place, key.as_bytes());
                    prop_assert_eq!(meaning, look_up(&plan, place, key.as_bytes()));
                }
            }
        }

        #[test]
        fn repeated_hashes_are_found(hashes in proptest::collection::vec(0..5_000u64, 0..90)) {
            let distinct: std::collections::HashSet<_> = hashes.iter().copied().collect();
            prop_assert_eq!(have_repeated(&mut hashes.clone()), distinct.len() < hashes.len());
        }
    }
}

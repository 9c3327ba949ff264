//! How names are compared: attribute keys, path segments and event names.

/// The folded form of `name`: ASCII letters in lower case; spaces, `_` and `-` removed.
///
/// One shop's pages write `itemId`, `item_id`, `Item-ID` and `User_ID`; all spellings of a name fold to one.
///
/// ```
/// use clickstream::schema::fold;
/// assert_eq!(fold("Order Completed"), fold("orderCompleted"));
/// assert_eq!(fold("User_ID"), "userid");
/// ```
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    folded.extend(name.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).map(|c| c.to_ascii_lowercase()));
    folded
}

/// What a byte folds to; 0 for the bytes that folding removes. NUL itself never occurs in JSON text.
const FOLDED: [u8; 256] = {
    let mut table = [0u8; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation)] // byte < 256
        let b = byte as u8;
        table[byte] = if matches!(b, b' ' | b'_' | b'-') { 0 } else { b.to_ascii_lowercase() };
        byte += 1;
    }
    table
};

/// A number without pattern for each byte, by what it folds to; 0 for the bytes that folding removes.
const NUMBERS: [u64; 256] = {
    let mut numbers = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        // The finalizer of SplitMix64; of 0 it makes 0.
        let mut number = (FOLDED[byte] as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        numbers[byte] = number ^ number >> 31;
        byte += 1;
    }
    numbers
};

/// A hash of the folded form, computed without building it. The order of the letters does not count: it tells the few names
/// of a schema from each other and from others, and takes an addition a byte.
pub(crate) fn folded_hash(name: &[u8]) -> u64 {
    name.iter().fold(0, |hash: u64, byte| hash.wrapping_add(NUMBERS[usize::from(*byte)]))
}

/// Whether `name` folds to `folded`, which is folded already.
pub(crate) fn folds_to(name: &[u8], folded: &[u8]) -> bool {
    let mut rest = folded.iter();
    name.iter().map(|&byte| FOLDED[usize::from(byte)]).filter(|&byte| byte != 0).all(|byte| rest.next() == Some(&byte))
        && rest.next().is_none()
}

/// A map from folded names, built once and looked up by unfolded ones: open addressing, at most half full.
#[derive(Debug, Clone)]
pub(crate) struct FoldedMap<T> {
    slots: Vec<Option<(u64, Box<str>, T)>>,
}

impl<T: Copy> FoldedMap<T> {
    /// Of entries with the same folded name, the first stays.
    pub(crate) fn new(entries: impl IntoIterator<Item = (String, T)>) -> Self {
        let entries: Vec<_> = entries.into_iter().collect();
        let mut map = Self { slots: Vec::new() };
        map.slots.resize_with((entries.len() * 2).next_power_of_two(), || None);
        for (name, value) in entries {
            let name = fold(&name);
            let hash = folded_hash(name.as_bytes());
            let at = map.slot(hash, name.as_bytes());
            map.slots[at].get_or_insert((hash, name.into(), value));
        }
        map
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.iter().all(Option::is_none)
    }

    /// The hashes of its names.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = u64> {
        self.slots.iter().flatten().map(|(hash, ..)| *hash)
    }

    /// The value under the name that `name` folds to.
    pub(crate) fn get(&self, name: &[u8]) -> Option<T> {
        self.get_hashed(folded_hash(name), name)
    }

    /// [`Self::get`] for a caller that has hashed the name already.
    pub(crate) fn get_hashed(&self, hash: u64, name: &[u8]) -> Option<T> {
        self.slots[self.slot(hash, name)].as_ref().map(|(_, _, value)| *value)
    }

    /// Where `name` is, or the empty slot where it would be.
    fn slot(&self, hash: u64, name: &[u8]) -> usize {
        let mask = self.slots.len() - 1;
        #[allow(clippy::cast_possible_truncation)] // the mask takes the low bits anyway
        let mut at = hash as usize & mask;
        while let Some((taken, folded, _)) = &self.slots[at] {
            if *taken == hash && folds_to(name, folded.as_bytes()) {
                break;
            }
            at = (at + 1) & mask;
        }
        at
    }
}

/// Hashes of names, by their lowest bits: what is not among them is none of the names.
#[derive(Debug, Clone)]
pub(crate) struct Hashes([u64; 64]);

impl FromIterator<u64> for Hashes {
    fn from_iter<I: IntoIterator<Item = u64>>(hashes: I) -> Self {
        let mut bits = [0; 64];
        hashes.into_iter().for_each(|hash| bits[Self::word(hash)] |= 1 << (hash % 64));
        Self(bits)
    }
}

impl Hashes {
    /// False for nearly every hash that is none of them.
    #[inline(always)]
    pub(crate) fn may_have(&self, hash: u64) -> bool {
        self.0[Self::word(hash)] >> (hash % 64) & 1 != 0
    }

    #[allow(clippy::cast_possible_truncation)] // below 64
    fn word(hash: u64) -> usize {
        (hash / 64 % 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_and_comparison_agree_with_the_folded_form() {
        for name in ["User_ID", "x-ga-js_client_id", "Größe", "", "__", "item id"] {
            let folded = fold(name);
            assert_eq!(folded_hash(name.as_bytes()), folded_hash(folded.as_bytes()), "{name}");
            assert!(folds_to(name.as_bytes(), folded.as_bytes()), "{name}");
            assert!(!folds_to(format!("{name}x").as_bytes(), folded.as_bytes()), "{name}");
            assert!(!folds_to(name.as_bytes(), format!("{folded}x").as_bytes()), "{name}");
        }
    }

    #[test]
    fn a_full_map_finds_every_name_in_any_spelling_and_no_other() {
        let map = FoldedMap::new((0..300).map(|n| (format!("attribute_{n}"), n)));
        for n in 0..300 {
            assert_eq!(map.get(format!("Attribute {n}").as_bytes()), Some(n));
        }
        assert_eq!(map.get(b"attribute_300"), None);
        let hashes: Hashes = map.hashes().collect();
        assert!((0..300).all(|n| hashes.may_have(folded_hash(format!("Attribute {n}").as_bytes()))));
        assert!((300..1_300).filter(|n| hashes.may_have(folded_hash(format!("other {n}").as_bytes()))).count() < 200);
        assert_eq!(FoldedMap::<u8>::new([]).get(b"x"), None);
    }
}

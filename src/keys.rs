//! Keys that were looked up, and whether an object has one twice.

use crate::chunk::SIZE;
use crate::json::unescape;
use crate::meaning::{Meaning, NOWHERE};
use crate::schema::Plan;
use std::hint::cold_path;
use xxhash_rust::xxh3::xxh3_64;

/// A stream has few keys, each in one or two spellings: this many are kept, and as many long ones.
const KEPT: usize = 1 << 10;

/// The same of short ones that a single record has beyond those.
const MORE: usize = 1 << 14;

/// Longer keys, in bytes, are not kept: a record may have one of a megabyte.
const LONGEST: usize = 64;

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

    /// That of no key.
    const NONE: Self = Self(u64::MAX, u64::MAX);

    /// The key.
    fn text(self, bytes: &mut [u8; SIZE]) -> &[u8] {
        let both = u128::from(self.0) | u128::from(self.1) << 64;
        *bytes = both.to_le_bytes();
        &bytes[..SIZE - both.leading_zeros() as usize / 8]
    }

    /// Of a whole key; `None` for a longer one.
    fn of(key: &[u8]) -> Option<Self> {
        let mut bytes = [0; SIZE];
        bytes.get_mut(..key.len())?.copy_from_slice(key);
        Some(Self::first(bytes, SIZE))
    }
}

/// A key that was looked up: how it is spelled, where it stands, what it means there, and the last object that had it.
#[derive(Debug, Clone, Copy)]
struct Known<K> {
    key: K,
    at: u32,
    last: u64,
    meaning: Meaning,
}

/// No key.
const NOTHING: Known<Spelling> = Known { key: Spelling::NONE, at: NOWHERE, last: 0, meaning: Meaning::NONE };

impl Known<Spelling> {
    #[inline(always)]
    fn is(&self, spelling: Spelling, at: u32) -> bool {
        self.key == spelling && self.at == at
    }
}

impl<K> Known<K> {
    /// Notes that an object has the key. True if it, or one with a greater number, was the last that had it.
    #[inline(always)]
    fn is_repeated(&mut self, object: u64) -> bool {
        std::mem::replace(&mut self.last, object) >= object
    }
}

/// Looks keys up and remembers their spellings: of short ones several that fall on the same slots, of longer ones the last.
/// The meaning is a function of plan, place and key alone.
///
/// Objects have numbers. That of the record's own object is its greatest: what stands in there beside an envelope's array
/// is a member of each event in the array, too. Of two events, or of two objects inside, the later one has the greater
/// number; objects at one place are never the one inside the other, but where the schema knows nothing.
#[derive(Debug)]
pub(crate) struct Keys {
    short: Box<[Known<Spelling>; KEPT]>,
    /// None before a record has that many.
    more: Vec<Known<Spelling>>,
    long: Vec<Option<Known<Box<[u8]>>>>,
    /// What a key means that is not kept.
    unkept: Meaning,
    /// The last object with one of those.
    last_unkept: u64,
    /// No object before the record's had a greater number.
    before: u64,
    /// The number of the last event.
    event: u64,
    /// That of the last object inside one.
    inner: u64,
    /// Whether an object of the record may hold a key twice. It may seem so by mistake, but it never seems not so.
    pub(crate) repeated: bool,
}

/// More than a record can have events, or objects inside of them: an invocation has 6 MB, an object two bytes at the least.
const MOST: u64 = 1 << 24;

impl Default for Keys {
    #[allow(clippy::large_stack_arrays)] // 64 KiB, for a moment
    fn default() -> Self {
        Self {
            short: Box::new([NOTHING; KEPT]),
            more: Vec::new(),
            long: Vec::new(),
            unkept: Meaning::NONE,
            last_unkept: 0,
            before: 0,
            event: 0,
            inner: MOST,
            repeated: false,
        }
    }
}

impl Keys {
    /// Begins a record's object, and gives its number.
    pub(crate) fn begin(&mut self) -> u64 {
        self.before += 3 * MOST;
        (self.event, self.inner) = (self.before, self.before + MOST);
        self.repeated = false;
        self.before + 3 * MOST
    }

    /// The number of the next event of the record.
    pub(crate) fn event(&mut self) -> u64 {
        self.event += 1;
        self.event
    }

    /// The number of the next object inside.
    pub(crate) fn inner(&mut self) -> u64 {
        self.inner += 1;
        self.inner
    }

    /// [`Self::meaning`] of a key that may be written with escapes.
    #[inline(never)]
    pub(crate) fn any(&mut self, plan: &Plan, of: (u32, u64), (inner, escaped): (&str, bool)) -> &Meaning {
        if !escaped {
            return self.meaning(plan, of, inner.as_bytes());
        }
        let mut name = String::new();
        unescape(inner, &mut name);
        self.meaning(plan, of, name.as_bytes())
    }

    /// The meaning of a key in an object, of which place and number are given.
    fn meaning(&mut self, plan: &Plan, of: (u32, u64), key: &[u8]) -> &Meaning {
        match Spelling::of(key) {
            Some(spelling) => self.short(plan, of, spelling),
            None => self.long(plan, of, key),
        }
    }

    /// [`Self::meaning`] of a key that is spelled like this.
    #[inline(always)]
    pub(crate) fn short(&mut self, plan: &Plan, (place, object): (u32, u64), spelling: Spelling) -> &Meaning {
        let slot = slot::<KEPT>(mixed(spelling), place);
        if !self.short[slot].is(spelling, place) {
            cold_path();
            return self.elsewhere(plan, (place, object), spelling);
        }
        let known = &mut self.short[slot];
        self.repeated |= known.is_repeated(object);
        &known.meaning
    }

    #[inline(never)]
    fn long(&mut self, plan: &Plan, (place, object): (u32, u64), key: &[u8]) -> &Meaning {
        if key.len() > LONGEST {
            self.repeated |= std::mem::replace(&mut self.last_unkept, object) > self.before;
            self.unkept = Meaning::look_up(plan, place, key);
            return &self.unkept;
        }
        self.long.resize_with(KEPT, || None);
        let remembered = &mut self.long[slot::<KEPT>(xxh3_64(key), place)];
        let is_known = remembered.as_ref().is_some_and(|known| known.at == place && *known.key == *key);
        let gone = if is_known { None } else { remembered.take() };
        self.repeated |= gone.is_some_and(|gone| gone.last > self.before);
        let known = remembered.get_or_insert_with(|| {
            let meaning = Meaning::look_up(plan, place, key);
            Known { key: key.into(), at: place, last: 0, meaning }
        });
        self.repeated |= known.is_repeated(object);
        &known.meaning
    }

    /// [`Self::short`] for a key that is not where it is looked for first: it is on another slot, or remembered from now on,
    /// instead of the one of several that was longest not seen. If all of these are the record's, too, it is not kept.
    #[inline(never)]
    fn elsewhere(&mut self, plan: &Plan, (place, object): (u32, u64), spelling: Spelling) -> &Meaning {
        // Where the record's key was found or put it stays until the next record: it is found there again.
        let hash = mixed(spelling);
        let far = slot::<MORE>(hash, place);
        let known = if self.more.get(far).is_some_and(|known| known.is(spelling, place)) {
            &mut self.more[far]
        } else {
            let known = one_of::<4>(&mut self.short[..], slot::<KEPT>(hash, place), spelling, place);
            if known.is(spelling, place) || known.last <= self.before {
                known
            } else {
                self.more.resize(MORE, NOTHING);
                one_of::<16>(&mut self.more, far, spelling, place)
            }
        };
        if !known.is(spelling, place) {
            let meaning = Meaning::look_up(plan, place, spelling.text(&mut [0; SIZE]));
            if known.last > self.before {
                // It may be there again, and nobody would see.
                (self.repeated, self.unkept) = (true, meaning);
                return &self.unkept;
            }
            *known = Known { key: spelling, at: place, last: 0, meaning };
        }
        self.repeated |= known.is_repeated(object);
        &known.meaning
    }
}

/// The one of `COUNT` slots that has a key; if none does, the one whose key was longest not seen.
fn one_of<const COUNT: usize>(
    known: &mut [Known<Spelling>],
    first: usize,
    spelling: Spelling,
    place: u32,
) -> &mut Known<Spelling> {
    let all = (0..COUNT).map(|number| first ^ number);
    let found = all.clone().find(|slot| known[*slot].is(spelling, place));
    let slot = found.or_else(|| all.min_by_key(|slot| known[*slot].last)).unwrap_or(first);
    &mut known[slot]
}

/// Which of `COUNT` slots a key is looked for on first.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // what is left is a hash, too
fn slot<const COUNT: usize>(hash: u64, place: u32) -> usize {
    ((hash >> (u64::BITS - COUNT.ilog2())) as usize ^ place as usize) % COUNT
}

/// A hash: the highest bits of a product depend on all bits of a factor.
#[inline(always)]
fn mixed(Spelling(first, second): Spelling) -> u64 {
    /// An odd number without pattern: digits of the golden ratio.
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    first.wrapping_add(second).wrapping_mul(MIX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_keys_of_an_event_do_not_seem_to_be_repeated() {
        let (plan, mut known) = (Plan::embedded().expect("the schema compiles"), Keys::default());
        let event = r#"{"event":"item_view","UUID":"7c7b","url":"/","referrer":"/","ts":1,"sid":"s-1","title":"Tea","itemId":"4711","price":3}"#;
        for _ in 0..3 {
            let mut tape = crate::tape::Tape::default();
            tape.clear(&plan);
            let number = known.begin();
            assert!(tape.add((&plan, &mut known), event, (0, number), true).is_ok() && !known.repeated);
        }
    }

    proptest! {
        #[test]
        fn a_key_means_the_same_however_many_were_looked_up_before(keys in proptest::collection::vec("[a-zA-Z_]{0,20}|ip|User_ID|items|password|ga_session_number|x_forwarded_for__", 1..60)) {
            let plan = Plan::embedded().expect("the schema compiles");
            let mut known = Keys::default();
            for place in [0, NOWHERE, 0] {
                for key in &keys {
                    let object = known.begin();
                    let meaning = known.meaning(&plan, (place, object), key.as_bytes());
                    prop_assert_eq!(*meaning, Meaning::look_up(&plan, place, key.as_bytes()));
                }
            }
        }

        #[test]
        fn a_flood_of_keys_does_not_grow_the_memory(length in 16..200usize) {
            let (plan, mut known) = (Plan::embedded().expect("the schema compiles"), Keys::default());
            let object = known.begin();
            for n in 0..KEPT * 2 {
                known.meaning(&plan, (NOWHERE, object), format!("{n:0length$}").as_bytes());
            }
            let kept: usize = known.long.iter().flatten().map(|known| known.key.len()).sum();
            prop_assert!(known.long.len() <= KEPT && kept <= KEPT * LONGEST, "{kept} bytes");
        }

        #[test]
        fn a_key_that_is_repeated_is_never_missed(
            keys in proptest::collection::vec(("[a-c]{1,2}|[a-b]{17}|[a-b]{66}|[a-z]{9}", 0..4usize), 0..2_500),
        ) {
            let (plan, mut known) = (Plan::embedded().expect("the schema compiles"), Keys::default());
            let record = known.begin();
            // Two events of the record, and two objects that are open at once where the schema knows nothing.
            let objects = [(0, record), (0, known.event()), (0, known.event()), (NOWHERE, known.inner()), (NOWHERE, known.inner())];
            let mut seen = std::collections::HashSet::new();
            // What stands beside events comes before them, and one event before the other.
            let mut ordered: Vec<_> = keys.iter().filter(|(_, of)| *of < 3).collect();
            ordered.sort_by_key(|(_, of)| *of);
            ordered.extend(keys.iter().filter(|(_, of)| *of == 3));
            for (position, (key, of)) in ordered.into_iter().enumerate() {
                let of = if *of == 3 { 3 + position % 2 } else { *of };
                known.meaning(&plan, objects[of], key.as_bytes());
                let has_it = !seen.insert((of, key)) || matches!(of, 1 | 2) && seen.contains(&(0, key));
                prop_assert!(known.repeated || !has_it, "{}", key);
            }
        }

        #[test]
        fn a_key_that_is_repeated_is_seen_among_thousands(
            records in proptest::collection::vec((1..6_000usize, any::<proptest::sample::Index>()), 1..4),
        ) {
            let (plan, mut known) = (Plan::embedded().expect("the schema compiles"), Keys::default());
            for (count, repeated) in records {
                let object = (0, known.begin());
                for number in 0..count {
                    known.meaning(&plan, object, number.to_string().as_bytes());
                }
                known.repeated = false;
                known.meaning(&plan, object, repeated.index(count).to_string().as_bytes());
                prop_assert!(known.repeated, "{} of {count}", repeated.index(count));
            }
        }
    }
}

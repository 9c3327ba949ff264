//! What a key means where it stands in an event.

use crate::chunk::SIZE;
use crate::coerce::Holds;
use crate::json::unescape;
use crate::schema::fold::folded_hash;
use crate::schema::plan::{NO_SOURCE, Plan, Rule};
use std::hint::cold_path;
use xxhash_rust::xxh3::xxh3_64;

/// A stream has few keys, each in one or two spellings: this many are kept, and as many long ones.
const KEPT: usize = 1 << 10;

/// Longer keys, in bytes, are not kept: a record may have one of a megabyte.
const LONGEST: usize = 64;

/// What the schema knows of a key at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// Where it leads: a node of the plan's tree, or [`NOWHERE`].
    pub(crate) place: u32,
    /// The path that ends there, or [`NO_SOURCE`].
    pub(crate) source: u16,
    /// The column that the path fills; `None` for an item's.
    pub(crate) fills: Option<Fills>,
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

/// A column, and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fills {
    pub(crate) column: u16,
    pub(crate) holds: Holds,
}

/// A place that the schema does not know.
pub(crate) const NOWHERE: u32 = u32::MAX;

impl Meaning {
    /// That of what the schema does not know.
    const NONE: Self = Self {
        place: NOWHERE,
        source: NO_SOURCE,
        fills: None,
        answers_whole: false,
        envelope: false,
        removed: false,
        rule: None,
        markers: 0,
    };

    /// What the schema knows of the place itself.
    pub(crate) fn of(plan: &Plan, place: u32) -> Self {
        let Some(node) = plan.nodes.get(place as usize) else { return Self::NONE };
        let source = usize::from(node.source);
        let fills = (source < plan.first_item_source()).then(|| {
            let column = plan.sources[source].column;
            Fills { column, holds: Holds::of(&plan.columns[usize::from(column)]) }
        });
        Self {
            place,
            source: node.source,
            fills,
            answers_whole: node.keeps_tree || node.is_leaf(),
            envelope: node.envelope,
            removed: false,
            rule: None,
            markers: node.markers,
        }
    }

    #[inline(never)]
    fn look_up(plan: &Plan, at: u32, key: &[u8]) -> Self {
        let hash = folded_hash(key);
        if !plan.known.may_have(hash) {
            return Self::NONE;
        }
        if plan.removed_keys.get_hashed(hash, key).is_some() {
            return Self { removed: true, ..Self::NONE };
        }
        let node = plan.nodes.get(at as usize);
        Self {
            rule: plan.protected_keys.get_hashed(hash, key),
            ..Self::of(plan, node.and_then(|node| node.keys.get_hashed(hash, key)).unwrap_or(NOWHERE))
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

/// Looks keys up and remembers their spellings: of short ones four that fall on the same slots, of longer ones the last.
/// The meaning is a function of plan, place and key alone.
///
/// Objects have numbers. That of the record's own object is its greatest: what stands in there beside an envelope's array
/// is a member of each event in the array, too. Of two events, or of two objects inside, the later one has the greater
/// number; objects at one place are never the one inside the other, but where the schema knows nothing.
#[derive(Debug)]
pub(crate) struct Keys {
    short: Box<[Known<Spelling>; KEPT]>,
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
        const NOTHING: Known<Spelling> = Known { key: Spelling::NONE, at: NOWHERE, last: 0, meaning: Meaning::NONE };
        Self {
            short: Box::new([NOTHING; KEPT]),
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
        let mut slot = slot(mixed(spelling), place);
        if !self.short[slot].is(spelling, place) {
            cold_path();
            let Some(found) = self.elsewhere(plan, place, slot, spelling) else { return &self.unkept };
            slot = found;
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
        let remembered = &mut self.long[slot(xxh3_64(key), place)];
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

    /// The slot of a key that is not where it is looked for first: another one where it is, or where it is remembered from
    /// now on, instead of the one of four that was longest not seen. `None` if all four are the record's: then it is not
    /// kept.
    #[inline(never)]
    fn elsewhere(&mut self, plan: &Plan, at: u32, slot: usize, spelling: Spelling) -> Option<usize> {
        let all = [slot, slot ^ 1, slot ^ 2, slot ^ 3];
        let found = all.into_iter().find(|slot| self.short[*slot].is(spelling, at));
        if found.is_some() {
            return found;
        }
        let meaning = Meaning::look_up(plan, at, spelling.text(&mut [0; SIZE]));
        let oldest = all.into_iter().min_by_key(|slot| self.short[*slot].last).unwrap_or(slot);
        if self.short[oldest].last > self.before {
            // It may be there again, and nobody would see.
            (self.repeated, self.unkept) = (true, meaning);
            return None;
        }
        self.short[oldest] = Known { key: spelling, at, last: 0, meaning };
        Some(oldest)
    }
}

/// Where a key is remembered.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // the low bits will do
fn slot(hash: u64, place: u32) -> usize {
    (hash as usize ^ place as usize) % KEPT
}

/// A hash: the highest bits of a product depend on all bits of a factor.
#[inline(always)]
fn mixed(Spelling(first, second): Spelling) -> u64 {
    /// An odd number without pattern: digits of the golden ratio.
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    first.wrapping_add(second).wrapping_mul(MIX) >> (u64::BITS - KEPT.ilog2())
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
    }
}

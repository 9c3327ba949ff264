//! An event's members, each as one entry, in the order of the text.
//!
//! A tape is no document tree: entries are ranges of the text, and a container's entry knows where its own end.

use crate::bits::Bits;
use crate::cursor::Scalar;
use crate::json::Span;
use crate::keys::Keys;
use crate::schema::Plan;
use crate::schema::plan::Rule;
use std::ops::Range;

/// Deepest nesting of objects and arrays in an event; the event itself is 1. Far above any page's attributes, far
/// below what Redshift's SUPER (1,000 levels) and this module's recursion can take.
pub const MAX_DEPTH: usize = 64;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Scalar(Scalar),
    Object,
    Array,
}

/// Why a text cannot be put on the tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It is not JSON.
    NotJson,
    /// It nests deeper than [`MAX_DEPTH`] at this byte.
    TooDeep(usize),
}

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// No column has it: it goes to `extra`.
    Left,
    /// A column has it.
    Taken,
    /// It tells its keyed element from the others: goes to `extra` only with something else of the element.
    Telling,
    /// Privacy forbids to keep it.
    Gone,
}

/// One member of an object or element of an array.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// Inside of the key; empty for elements.
    pub(crate) key: Span,
    /// The value's whole text.
    pub(crate) value: Span,
    pub(crate) kind: Kind,
    pub(crate) fate: Fate,
    /// What the key holds, if privacy protects that.
    pub(crate) rule: Option<Rule>,
    /// The path that the value answers, or [`crate::schema::plan::NO_SOURCE`].
    pub(crate) source: u16,
    /// Index of the first entry after this one's own.
    pub(crate) end: u32,
    /// In [`crate::row::Row::made`]: what to write instead of the value, for privacy; empty for none.
    pub(crate) stand_in: Span,
}

/// The entries of one event. Its buffers are used again for the next one.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    pub(crate) entries: Vec<Entry>,
    /// Column sources that are answered.
    answered: Bits,
    /// For each that is: index of the entry that answers it.
    hits: Vec<u32>,
    /// Which dialect markers are there.
    pub(crate) markers: u64,
    /// Whether privacy removed a key.
    pub(crate) removed: bool,
    /// Whether some object may hold a key twice.
    pub(crate) repeated: bool,
    /// An array of objects where the schema knows an envelope: it has no entry.
    pub(crate) envelope: Option<Span>,
    /// The objects in it.
    pub(crate) events: Vec<Span>,
    /// Hashes of the keys of the objects that are open.
    pub(crate) hashes: Vec<u64>,
    pub(crate) keys: Keys,
    pub(crate) unescaped: String,
}

impl Tape {
    /// Empties the tape.
    pub(crate) fn clear(&mut self, plan: &Plan) {
        self.entries.clear();
        self.answered.clear(plan.first_item_source());
        self.hits.resize(plan.first_item_source(), 0);
        self.markers = 0;
        self.removed = false;
        self.repeated = false;
        self.envelope = None;
        self.hashes.clear();
    }

    /// Makes the tape say what `other` does.
    pub(crate) fn copy(&mut self, other: &Self) {
        self.entries.clone_from(&other.entries);
        self.hits.clone_from(&other.hits);
        self.answered.copy(&other.answered);
        self.markers = other.markers;
        self.removed = other.removed;
        self.repeated = other.repeated;
        self.envelope = other.envelope;
        self.hashes.clone_from(&other.hashes);
    }

    /// Takes back that column sources are answered: their entries are left over.
    pub(crate) fn forget(&mut self, sources: Range<usize>) {
        sources.for_each(|source| self.answered.remove(source));
    }

    /// Whether any of these column sources is answered.
    pub(crate) fn answers(&self, sources: Range<usize>) -> bool {
        self.answered.next(sources.start).is_some_and(|source| source < sources.end)
    }

    /// Which of these column sources are answered, best first, each with the entry that does.
    #[inline]
    pub(crate) fn hits(&self, sources: Range<usize>) -> impl Iterator<Item = (usize, usize)> + use<'_> {
        let next = move |from| self.answered.next(from).filter(|source| *source < sources.end);
        std::iter::successors(next(sources.start), move |source| next(source + 1))
            .map(|source| (source, self.hits[source] as usize))
    }

    /// The entry that answers a column source which is answered.
    pub(crate) fn hit(&self, source: usize) -> usize {
        self.hits[source] as usize
    }

    /// The first column source from `from` on that is answered.
    pub(crate) fn next_answered(&self, from: usize) -> Option<usize> {
        self.answered.next(from)
    }

    /// The entries directly inside an entry, in order, or of the event for `None`.
    pub(crate) fn children(&self, of: Option<usize>) -> impl Iterator<Item = usize> + use<'_> {
        let (first, end) = match of {
            None => (0, self.entries.len()),
            Some(entry) => (entry + 1, self.entries[entry].end as usize),
        };
        let next = |child: &usize| self.entries.get(*child).map(|entry| entry.end as usize);
        std::iter::successors(Some(first), next).take_while(move |child| *child < end)
    }

    /// Notes that an entry answers a source, and gives the one that answered it before. An item's own sources are not noted.
    #[inline(always)]
    pub(crate) fn answer(&mut self, source: u16, index: usize) -> Option<usize> {
        let source = usize::from(source);
        let before = std::mem::replace(self.hits.get_mut(source)?, entry_number(index));
        let was_answered = self.answered.has(source);
        self.answered.add(source);
        was_answered.then_some(before as usize)
    }
}

/// The number of an entry; an invocation's 6 MB never have more.
pub(crate) fn entry_number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

//! An event's members, each as one entry, in the order of the text.
//!
//! A tape is no document tree: entries are ranges of the text, and a container's entry knows where its own end.

use crate::bits::Bits;
use crate::coerce::held;
use crate::cursor::Scalar;
use crate::json::Span;
use crate::meaning::Meaning;
use crate::row::{Cell, FilledBy, Row};
use crate::schema::Plan;
use crate::schema::plan::{NO_SOURCE, Rule};
use std::hint::cold_path;
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

impl Entry {
    /// The entry that comes after `index` others, with nothing inside.
    #[inline(always)]
    pub(crate) fn new(index: usize, key: Span, (value, kind): (Span, Kind), meaning: &Meaning) -> Self {
        Self {
            key,
            value,
            kind,
            fate: Fate::Left,
            rule: meaning.rule,
            source: meaning.source,
            end: entry_number(index + 1),
            stand_in: Span::default(),
        }
    }
}

/// The entries of one event. Its buffers are used again for the next one.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    pub(crate) entries: Vec<Entry>,
    /// The columns that are answered.
    answered: Bits,
    /// For each of these, the source that was the first to answer it, and its entry.
    first: Vec<(u16, u32)>,
    /// Those that may have several answers; they are in `hits`.
    contested: Bits,
    hits: Hits,
    /// Which dialect markers are there.
    pub(crate) markers: u64,
    /// Whether privacy removed a key.
    pub(crate) removed: bool,
    /// Whether some object holds a key twice, or keys were chosen to look like it.
    pub(crate) repeated: bool,
    /// An array of objects where the schema knows an envelope: it has no entry.
    pub(crate) envelope: Option<Span>,
    /// The objects in it.
    pub(crate) events: Vec<Span>,
    /// What those that are answered and not open hold as it is.
    found: Vec<(Cell, FilledBy)>,
    /// The other columns that are answered: a value, or several, have to be looked at.
    pub(crate) open: Bits,
}

impl Tape {
    /// Empties the tape.
    pub(crate) fn clear(&mut self, plan: &Plan) {
        self.entries.clear();
        self.hits.clear(plan.first_item_source());
        self.first.resize(plan.columns.len(), (NO_SOURCE, 0));
        self.markers = 0;
        self.removed = false;
        self.repeated = false;
        self.envelope = None;
        self.answered.clear();
        self.contested.clear();
        self.found.resize(plan.columns.len(), <(Cell, FilledBy)>::default());
        self.open.clear();
    }

    /// Makes the tape say what `other` does.
    pub(crate) fn copy(&mut self, other: &Self) {
        self.entries.clone_from(&other.entries);
        self.answered = other.answered;
        self.first.clone_from(&other.first);
        self.contested = other.contested;
        if self.contested.is_empty() {
            self.hits.clear(other.hits.entries.len());
        } else {
            self.hits.entries.clone_from(&other.hits.entries);
            self.hits.event = other.hits.event;
        }
        self.markers = other.markers;
        self.removed = other.removed;
        self.repeated = other.repeated;
        self.envelope = other.envelope;
        self.found.resize(other.found.len(), <(Cell, FilledBy)>::default());
        other.held().each(|column| self.found[column] = other.found[column]);
        self.open = other.open;
    }

    /// Takes back that a column is answered: its entries are left over.
    pub(crate) fn forget(&mut self, column: usize, sources: Range<usize>) {
        if let Some((_, entry)) = self.alone(column) {
            self.entries[entry].fate = Fate::Left;
        }
        for (entry, event) in &mut self.hits.entries[sources] {
            if *event == self.hits.event {
                self.entries[*entry as usize].fate = Fate::Left;
                *event = 0;
            }
        }
        self.answered.remove(column);
        self.contested.remove(column);
        self.open.remove(column);
    }

    /// The columns that hold as it is what answers them.
    fn held(&self) -> Bits {
        self.answered.without(self.open)
    }

    /// Begins the row with what columns hold as it is.
    pub(crate) fn begin(&mut self, row: &mut Row) {
        let held = self.held();
        row.begin(&mut self.found, held);
    }

    /// Whether a column is answered.
    pub(crate) fn answers(&self, column: usize) -> bool {
        self.answered.has(column)
    }

    /// Which of a column's sources are there, best first, each with its entry.
    #[inline]
    pub(crate) fn hits(&self, column: usize, sources: Range<usize>) -> impl Iterator<Item = (usize, usize)> + use<'_> {
        let hits = self.hits.entries[sources.clone()].iter().zip(sources);
        let hits = hits.filter(|((_, event), _)| *event == self.hits.event);
        self.alone(column).into_iter().chain(hits.map(|((entry, _), source)| (source, *entry as usize)))
    }

    /// The source that is the only one of a column, and its entry; `None` if there may be several.
    #[inline(always)]
    pub(crate) fn alone(&self, column: usize) -> Option<(usize, usize)> {
        let (source, entry) = self.first[column];
        (self.answered.has(column) && !self.contested.has(column)).then_some((source.into(), entry as usize))
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

    /// Adds a scalar. Most that answer a column are the first that does, and fit as they are.
    #[inline(always)]
    pub(crate) fn scalar(&mut self, (plan, text): (&Plan, &str), key: Span, value: (Span, Scalar), meaning: &Meaning) {
        let index = self.entries.len();
        let entry = || Entry::new(index, key, (value.0, Kind::Scalar(value.1)), meaning);
        let Some(fills) = &meaning.fills else {
            if meaning.removed {
                cold_path();
                self.removed = true;
            } else {
                self.entries.push(entry());
                self.markers |= meaning.markers;
            }
            return;
        };
        let (hit, column) = ((meaning.source, index), fills.column.into());
        let is_first = self.note_first(hit, column);
        let entry = self.entries.push_mut(entry());
        self.markers |= meaning.markers;
        if !is_first {
            cold_path();
            return self.contest(text, hit, column);
        }
        if let Some(span) = held(plan, &fills.holds, text, value) {
            entry.fate = Fate::Taken;
            self.found[column] = (Cell::Text(span), FilledBy::Path(meaning.source));
        } else {
            cold_path();
            self.open.insert(column);
        }
    }

    /// Notes that an object or array answers a column.
    pub(crate) fn answer(&mut self, text: &str, hit: (u16, usize), column: usize) {
        if self.note_first(hit, column) {
            self.open.insert(column);
        } else {
            self.contest(text, hit, column);
        }
    }

    /// Notes that an entry answers a column that only looks at it, perhaps beside others.
    pub(crate) fn answer_aside(&mut self, hit: (u16, usize), column: usize) {
        self.note_first(hit, column);
        self.note(hit, column);
        self.open.insert(column);
    }

    /// Notes an answer if it is a column's first. False if it is not.
    #[inline(always)]
    fn note_first(&mut self, (source, index): (u16, usize), column: usize) -> bool {
        let is_first = self.answered.insert(column);
        if is_first {
            self.first[column] = (source, entry_number(index));
        }
        is_first
    }

    /// Notes that an entry answers a column that is answered already.
    #[inline(never)]
    fn contest(&mut self, text: &str, hit: (u16, usize), column: usize) {
        if let Some(before) = self.note(hit, column) {
            // Said twice, the same way: once is enough.
            let [first, second] = [before, hit.1].map(|entry| self.entries[entry].value.of(text));
            self.entries[before].fate = if first == second { Fate::Taken } else { Fate::Left };
        }
        self.open.insert(column);
    }

    /// Notes one of several answers of a column. Gives the entry that its source had before.
    fn note(&mut self, (source, index): (u16, usize), column: usize) -> Option<usize> {
        if self.contested.insert(column) {
            self.hits.note(self.first[column]);
        }
        self.hits.note((source, entry_number(index)))
    }
}

/// For each source of contested columns, the entry that answers it.
#[derive(Debug, Default)]
struct Hits {
    /// With the event that it is of: of an earlier one, it means nothing.
    entries: Vec<(u32, u32)>,
    /// The number of the event.
    event: u32,
}

impl Hits {
    /// Begins an event.
    fn clear(&mut self, sources: usize) {
        self.event = self.event.wrapping_add(1);
        if self.event == 0 || self.entries.len() != sources {
            *self = Self { entries: vec![(0, 0); sources], event: 1 };
        }
    }

    /// Notes a source and the entry that answers it. Gives the one that answered it before.
    fn note(&mut self, (source, entry): (u16, u32)) -> Option<usize> {
        let hit = (entry, self.event);
        let (entry, event) = std::mem::replace(&mut self.entries[usize::from(source)], hit);
        (event == self.event).then_some(entry as usize)
    }
}

/// The number of an entry; an invocation's 6 MB never have more.
#[allow(clippy::cast_possible_truncation)]
pub(crate) fn entry_number(index: usize) -> u32 {
    index as u32
}

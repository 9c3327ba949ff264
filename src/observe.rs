//! What became of an event and why, told by the very values that its row was written from.

use crate::partition::Partition;
use crate::row::{FilledBy, Flag, Row};
use crate::schema::Plan;
use crate::tape::{Fate, Tape};

/// Is shown every row of a record, in order: [`crate::transform::Transform::record_observed`].
pub type Observer<'o> = &'o mut dyn FnMut(&Observed);

/// An event whose row has just been written.
#[derive(Debug)]
pub struct Observed<'a> {
    /// The schema.
    pub plan: &'a Plan,
    pub(crate) text: &'a str,
    pub(crate) tape: &'a Tape,
    pub(crate) row: &'a Row,
    /// Where the row is filed.
    pub partition: Partition,
}

/// What filled a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filler<'a> {
    /// A path, as schema.toml spells it, alternatives expanded.
    Path(&'a str),
    /// A function, as schema.toml spells it.
    Function(&'a str),
    /// `received_at`, for the time of an event that has none of its own.
    Arrival,
}

/// A value of the event that one of a column's paths found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// The path, as schema.toml spells it, alternatives expanded.
    pub path: &'a str,
    /// Whether the value stays, as it was sent, in what no column has.
    pub left_over: bool,
}

impl<'a> Observed<'a> {
    /// A column's value: the text of a number or boolean, or what a string means. `None` for null.
    pub fn value(&self, column: usize) -> Option<&'a str> {
        self.row.get(self.text, column)
    }

    /// What filled a column; `None` for null.
    pub fn filler(&self, column: usize) -> Option<Filler<'a>> {
        self.value(column)?;
        let derivations = &self.plan.columns[column].derivations;
        match self.row.filled_by(column) {
            FilledBy::Path(source) => Some(Filler::Path(&self.plan.sources[usize::from(source)].path)),
            FilledBy::Function(nth) => Some(Filler::Function(&derivations[usize::from(nth)].text)),
            FilledBy::Nothing if column == self.plan.roles.event_time => Some(Filler::Arrival),
            // `extra()` and `flags()`, which come last and alone.
            FilledBy::Nothing => derivations.first().map(|derivation| Filler::Function(&derivation.text)),
        }
    }

    /// Every value of the event that was there for a column, best path first.
    pub fn candidates(&self, column: usize) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        let (plan, tape) = (self.plan, self.tape);
        tape.hits(column, plan.columns[column].sources.clone()).map(move |(source, entry)| {
            let entry = &tape.entries[entry];
            // An entry that a column only looks at stays with its item.
            let own = usize::from(entry.source) == source;
            Candidate { path: &plan.sources[source].path, left_over: own && entry.fate == Fate::Left }
        })
    }

    /// What was done to a column's value; for `None`, to the row as a whole.
    pub fn flags(&self, column: Option<usize>) -> impl Iterator<Item = Flag> + use<'a> {
        self.row.flags(column).iter()
    }
}

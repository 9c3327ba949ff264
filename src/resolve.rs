//! Which of a column's sources wins, and what becomes of the others.

use crate::coerce::{self, Coerced};
use crate::compact::{Compact, Keep};
use crate::items::{self, Items};
use crate::json::Span;
use crate::row::{Cell, Flag, FlagSet};
use crate::schema::{Column, ColumnType, MAX_VARCHAR, Plan, Rule};
use crate::tape::{Fate, Kind, Tape};

/// What a resolution works on.
pub(crate) struct Event<'a> {
    pub(crate) plan: &'a Plan,
    /// The record's text.
    pub(crate) text: &'a str,
    pub(crate) tape: &'a mut Tape,
    /// The row's made values.
    pub(crate) made: &'a mut String,
}

/// A column's value.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    pub(crate) cell: Cell,
    pub(crate) flags: FlagSet,
    /// Index of the source that won.
    pub(crate) source: Option<usize>,
}

impl Event<'_> {
    /// `hits`: which of the column's sources are there, best first, and the entry that each is.
    ///
    /// The first source that is present decides: its value is the column's, or null if it does not fit. A placeholder
    /// instead of an identifier decides nothing. The others stay in `extra` unless they say the same.
    pub(crate) fn resolve(
        &mut self,
        column: &Column,
        hits: &[(usize, usize)],
        mut items: Option<&mut Items>,
    ) -> Resolved {
        let mut resolved = Resolved::default();
        let mut winner: Option<usize> = None;
        for &(source, entry) in hits {
            if let Some(winner) = winner {
                let fate = self.lose(column, entry, winner, &mut resolved);
                self.settle((source, entry), fate);
            } else {
                let coerced = self.coerce(column, entry, items.as_deref_mut());
                let decides = self.take(column, (source, entry), coerced, &mut resolved);
                winner = decides.then_some(entry);
            }
        }
        resolved
    }

    /// [`Self::resolve`] for a column of which one source is there, with a value that cannot stay as it is.
    #[inline(always)]
    pub(crate) fn alone(&mut self, column: &Column, hit: (usize, usize), items: Option<&mut Items>) -> Resolved {
        let mut resolved = Resolved::default();
        let found = &self.tape.entries[hit.1];
        let coerced = match found.kind {
            Kind::Scalar(kind) if column.kind != ColumnType::Json => {
                coerce::closely(self.plan, column, self.text, (found.value, kind), self.made)
            }
            _ => self.coerce(column, hit.1, items),
        };
        self.take(column, hit, coerced, &mut resolved);
        resolved
    }

    /// Makes a value the column's, unless it decides nothing: then false.
    #[inline(always)]
    fn take(
        &mut self,
        column: &Column,
        (source, entry): (usize, usize),
        coerced: Coerced,
        resolved: &mut Resolved,
    ) -> bool {
        let fate = self.protect(column, entry, coerced);
        let (fate, decides) = match coerced {
            Coerced::Blank => (Fate::Taken, false),
            Coerced::Blocked => {
                resolved.flags.raise(Flag::IdBlocked);
                (fate, false)
            }
            Coerced::Misfit => {
                resolved.flags.raise(Flag::BadType);
                (fate, true)
            }
            Coerced::Value(cell, flags) => {
                resolved.flags.join(flags);
                (resolved.cell, resolved.source) = (cell, Some(source));
                // A list keeps what its items lost in the items themselves.
                (if flags.is_lossy() && column.kind != ColumnType::Json { fate } else { Fate::Taken }, true)
            }
        };
        self.settle((source, entry), fate);
        decides
    }

    /// An entry that a column only looks at stays with its item.
    #[inline(always)]
    fn settle(&mut self, (source, entry): (usize, usize), fate: Fate) {
        let entry = &mut self.tape.entries[entry];
        if usize::from(entry.source) == source {
            entry.fate = fate;
        }
    }

    fn coerce(&mut self, column: &Column, entry: usize, items: Option<&mut Items>) -> Coerced {
        let Self { plan, text, .. } = *self;
        let found = self.tape.entries[entry];
        match (column.kind, found.kind) {
            (ColumnType::Json, Kind::Scalar(_)) if found.value.of(text) == "null" => Coerced::Blank,
            (ColumnType::Json, _) if column.rule == Some(Rule::Items) => match items {
                Some(items) => items::items(self, entry, items),
                None => items::items(self, entry, &mut Items::default()),
            },
            (ColumnType::Json, Kind::Object | Kind::Array) => {
                let start = self.made.len();
                let mut compact = Compact::new(plan, text, self.tape, self.made, Keep::Whole);
                compact.container(Some(entry), MAX_VARCHAR as usize);
                let flags = compact.flags;
                let json = Span::new(start, self.made.len());
                if json.is_empty() { Coerced::Blank } else { Coerced::Value(Cell::Made(json), flags) }
            }
            (_, Kind::Scalar(kind)) => coerce::scalar(plan, column, text, (found.value, kind), self.made),
            _ => Coerced::Misfit,
        }
    }

    /// The fate of a value that did not win. `winner` is the entry that did.
    fn lose(&mut self, column: &Column, entry: usize, winner: usize, resolved: &mut Resolved) -> Fate {
        let [own, other] = [entry, winner].map(|index| self.tape.entries[index].value.of(self.text));
        let coerced = if column.kind == ColumnType::Json {
            if own == other { Coerced::Blank } else { Coerced::Misfit }
        } else {
            self.coerce(column, entry, None)
        };
        let fate = self.protect(column, entry, coerced);
        if fate == Fate::Gone {
            resolved.flags.raise(Flag::KeyRemoved);
        }
        let same = match coerced {
            Coerced::Blank => true,
            Coerced::Value(own, flags) => {
                if matches!(column.rule, Some(Rule::Email | Rule::Ip)) {
                    resolved.flags.join(flags);
                }
                let [own, other] =
                    [own, resolved.cell].map(|cell| cell.of(self.text, self.made).map(|text| canonical(column, text)));
                own == other && !flags.is_lossy()
            }
            Coerced::Blocked | Coerced::Misfit => false,
        };
        if same { Fate::Taken } else { fate }
    }

    /// Sees to it that an address is written nowhere else in the clear. Gives the fate of a value that its column
    /// does not hold whole.
    fn protect(&mut self, column: &Column, entry: usize, coerced: Coerced) -> Fate {
        let entry = &mut self.tape.entries[entry];
        match (column.rule, coerced) {
            (Some(Rule::Email | Rule::Ip), Coerced::Value(Cell::Made(span), _)) => entry.stand_in = span,
            (Some(Rule::Email | Rule::Ip), Coerced::Misfit) if matches!(entry.kind, Kind::Scalar(_)) => {
                return Fate::Gone;
            }
            _ => {}
        }
        Fate::Left
    }
}

/// A value's text, the same for equal values.
fn canonical<'a>(column: &Column, text: &'a str) -> &'a str {
    match column.kind {
        ColumnType::Decimal(..) if text.contains('.') => text.trim_end_matches('0').trim_end_matches('.'),
        _ => text,
    }
}

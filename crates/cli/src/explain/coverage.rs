//! How well the schema covers a whole input: counts, in bounded memory.

use super::event::Event;
use super::frequent::Frequent;
use super::leftover::Attribute;
use super::values::Values;
use clickstream::reject::{Reason, Reject};
use std::collections::BTreeMap;

/// Sums over all records. `records = ok + dropped + failed + refused`, `events = rows + rejected`.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    pub(super) records: u64,
    pub(super) ok: u64,
    pub(super) dropped: u64,
    /// Failed records by [`Reason::ALL`].
    pub(super) failed: [u64; Reason::ALL.len()],
    /// Larger than Firehose takes: no transform ever sees them.
    pub(super) refused: u64,
    pub(super) rows: u64,
    /// Events of failed records.
    pub(super) rejected: u64,
    /// Rows filed under `other`.
    pub(super) other: u64,
    /// Those of them whose event is not called anything.
    pub(super) nameless: u64,
    /// What the rest of them are called.
    pub(super) other_names: Frequent<()>,
    /// Rows in which each column has a value.
    pub(super) filled: Vec<u64>,
    /// Flags as `dq_flags` spells them.
    pub(super) flags: BTreeMap<String, u64>,
    /// Attributes in `extra`.
    pub(super) extra: Frequent<LeftOver>,
    /// Attributes in the `extra` of items.
    pub(super) items_extra: Frequent<LeftOver>,
}

/// What is known of an attribute that no column has.
#[derive(Debug, Default)]
pub(super) struct LeftOver {
    pub(super) can_be_named: bool,
    pub(super) values: Values,
}

impl Coverage {
    /// Of nothing yet.
    pub(super) fn new(columns: usize) -> Self {
        Self { filled: vec![0; columns], ..Self::default() }
    }

    /// Adds an event that became a row. The first of a record adds the record.
    pub(super) fn event(&mut self, event: &Event) {
        self.ok += u64::from(event.event == 1);
        self.rows += 1;
        self.other += u64::from(event.is_other);
        match &event.name {
            Some(name) if event.is_other => drop(self.other_names.count(name)),
            None => self.nameless += 1,
            Some(_) => {}
        }
        for column in event.columns.iter().filter(|column| column.value.is_some()) {
            self.filled[column.index] += 1;
        }
        for (flag, column) in event.all_flags() {
            let spelled = column.map_or_else(|| flag.code().to_owned(), |column| format!("{}:{column}", flag.code()));
            *self.flags.entry(spelled).or_default() += 1;
        }
        attributes(&mut self.extra, &event.extra);
        attributes(&mut self.items_extra, &event.items_extra);
    }

    /// Adds a record without rows.
    pub(super) fn reject(&mut self, reject: &Reject) {
        if reject.reason == Reason::Blank {
            self.dropped += 1;
        } else {
            self.failed[reject.reason as usize] += 1;
            self.rejected += reject.events as u64;
        }
    }

    /// Failed records.
    pub(super) fn failed_in_all(&self) -> u64 {
        self.failed.iter().sum()
    }
}

fn attributes(known: &mut Frequent<LeftOver>, attributes: &[Attribute]) {
    for attribute in attributes {
        if let Some(left_over) = known.count(&attribute.path) {
            left_over.can_be_named = attribute.can_be_named;
            left_over.values.add(&attribute.value);
        }
    }
}

//! Which functions can give something, told before they are asked: most columns have one, and most events give few of them
//! anything to work on.

use super::plan::{Column, Derivation};
use super::source::FunctionName;
use crate::bits::Bits;

/// Columns that functions can fill, by what those need. A column that has several is in several.
#[derive(Debug)]
pub(crate) struct Derived {
    /// Nothing.
    pub(crate) always: Bits,
    /// Items.
    pub(crate) of_items: Bits,
    /// A first item that speaks for the row.
    pub(crate) of_first_item: Bits,
    /// The item fields whose sums they need.
    pub(crate) summed: Vec<usize>,
    /// Another column.
    pub(crate) of_columns: Vec<DerivedOf>,
    /// Those columns.
    pub(crate) read: Bits,
}

/// Columns that functions can fill which read this one.
#[derive(Debug)]
pub(crate) struct DerivedOf {
    pub(crate) column: usize,
    /// From any value.
    pub(crate) value: Bits,
    /// From a URL's query.
    pub(crate) query: Bits,
}

impl Derived {
    /// Sorts the functions of `columns`.
    pub(super) fn new(columns: &[Column]) -> Self {
        use FunctionName as F;
        let none = || Bits::below(columns.len());
        let mut derived = Self {
            always: none(),
            of_items: none(),
            of_first_item: none(),
            summed: Vec::new(),
            of_columns: Vec::new(),
            read: none(),
        };
        for (index, column) in columns.iter().enumerate() {
            for Derivation { name, column: read, field, .. } in &column.derivations {
                if *name == F::Sum && !derived.summed.contains(field) {
                    derived.summed.push(*field);
                }
                if name.needs_value() {
                    let of = derived.of(*read, columns.len());
                    if *name == F::Query { &mut of.query } else { &mut of.value }.add(index);
                }
                match name {
                    F::Arrival | F::Hash | F::Version | F::Dialect => derived.always.add(index),
                    F::Count | F::Sum => derived.of_items.add(index),
                    F::First => derived.of_first_item.add(index),
                    // Those that need a value, and those that are filled when all other columns are.
                    _ => {}
                }
            }
        }
        derived
    }

    /// What reads `column`, of `columns`.
    fn of(&mut self, column: usize, columns: usize) -> &mut DerivedOf {
        self.read.add(column);
        let place = self.of_columns.iter().position(|of| of.column == column).unwrap_or_else(|| {
            self.of_columns.push(DerivedOf { column, value: Bits::below(columns), query: Bits::below(columns) });
            self.of_columns.len() - 1
        });
        &mut self.of_columns[place]
    }
}

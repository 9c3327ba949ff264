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
                let place = derived.of_columns.iter().position(|of| of.column == *read);
                match name {
                    F::Arrival | F::Hash | F::Version | F::Dialect => derived.always.add(index),
                    F::Count | F::Sum => derived.of_items.add(index),
                    F::First => derived.of_first_item.add(index),
                    // Filled when all other columns are.
                    F::Extra | F::Flags => {}
                    F::Source | F::On | F::Host | F::Path | F::Query | F::Browser | F::Os | F::Device | F::Bot => {
                        let place = place.unwrap_or(derived.of_columns.len());
                        derived.read.add(*read);
                        if place == derived.of_columns.len() {
                            derived.of_columns.push(DerivedOf { column: *read, value: none(), query: none() });
                        }
                        let of = &mut derived.of_columns[place];
                        if *name == F::Query { &mut of.query } else { &mut of.value }.add(index);
                    }
                }
            }
        }
        derived
    }
}

//! `[[event_type]]` and `[[dialect]]`: the names that events go by.

use super::{Compiler, OTHER};
use crate::schema::document::{At, Document};
use crate::schema::fold::{FoldedMap, fold};
use crate::schema::plan::Dialect;
use crate::schema::source::{self, Source};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

impl Compiler<'_> {
    /// The dialects, and their markers in the tree.
    pub(super) fn dialects(&mut self, document: &Document, event: u32) -> Vec<Dialect> {
        let mut markers: Vec<u32> = Vec::new();
        let mut dialects = Vec::new();
        for section in &document.dialects {
            let mut bits = [0; 3];
            for (list, paths) in section.lists.iter().enumerate() {
                for At { line, value: text } in paths {
                    let Ok(sources) = source::parse(text) else {
                        self.found.add(
                            *line,
                            format!("marker `{text}` is not a path"),
                            "write a path such as ecommerce",
                        );
                        continue;
                    };
                    for source in sources {
                        let Source::Path(steps) = source else { continue };
                        let place = self.tree.place(event, &At { line: *line, value: &steps }, self.found);
                        let bit = markers.iter().position(|m| *m == place).unwrap_or_else(|| {
                            markers.push(place);
                            markers.len() - 1
                        });
                        if bit >= 64 {
                            self.found.add(*line, "more than 64 markers", "tell the dialects apart by fewer");
                            continue;
                        }
                        self.tree.set_marker(place, 1 << bit);
                        bits[list] |= 1 << bit;
                    }
                }
            }
            dialects.push(Dialect { name: section.name.value.clone(), all: bits[0], any: bits[1], none: bits[2] });
        }
        dialects
    }

    /// The closed list of event types, and every folded name of each.
    pub(super) fn event_types(&mut self, document: &Document) -> (Vec<String>, FoldedMap<u16>) {
        let mut types = Vec::new();
        let mut names = BTreeMap::new();
        for section in &document.event_types {
            let index = u16::try_from(types.len()).unwrap_or(u16::MAX);
            types.push(section.name.value.clone());
            for At { line, value: name } in std::iter::once(&section.name).chain(&section.lists[0]) {
                let folded = fold(name);
                match names.entry(folded) {
                    Entry::Vacant(place) => drop(place.insert(index)),
                    Entry::Occupied(taken) if *taken.get() == index => {}
                    Entry::Occupied(taken) => {
                        let cause = format!("`{name}` already means `{}`", types[usize::from(*taken.get())]);
                        self.found.add(*line, cause, "keep one of the two; names are compared folded");
                    }
                }
            }
        }
        if !types.iter().any(|name| name == OTHER) {
            self.found.add(1, format!("there is no event type `{OTHER}`"), "add it: unknown events are filed there");
        }
        (types, FoldedMap::new(names))
    }
}

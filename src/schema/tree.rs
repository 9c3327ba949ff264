//! All paths of the schema as one tree, so that an event is matched against them in one pass.

use super::document::At;
use super::fold::{FoldedMap, fold};
use super::plan::{Elements, NO_SOURCE, Node};
use super::problem::Found;
use super::source::Step;
use std::collections::BTreeMap;

/// A [`Node`] while it grows.
#[derive(Debug)]
struct Seedling {
    keys: BTreeMap<String, u32>,
    indexes: Vec<(usize, u32)>,
    keyed: Option<(String, Vec<(String, u32)>)>,
    items: Option<u32>,
    source: u16,
    keeps_tree: bool,
    markers: u64,
    envelope: bool,
}

impl Default for Seedling {
    fn default() -> Self {
        Self {
            keys: BTreeMap::new(),
            indexes: Vec::new(),
            keyed: None,
            items: None,
            source: NO_SOURCE,
            keeps_tree: false,
            markers: 0,
            envelope: false,
        }
    }
}

/// The tree while it grows.
#[derive(Debug, Default)]
pub(super) struct Tree(Vec<Seedling>);

impl Tree {
    /// A new root.
    pub(super) fn root(&mut self) -> u32 {
        self.0.push(Seedling::default());
        u32::try_from(self.0.len() - 1).unwrap_or(u32::MAX)
    }

    /// The place that a path leads to from `root`.
    pub(super) fn place(&mut self, root: u32, path: &At<&[Step]>, found: &mut Found) -> u32 {
        let mut at = root;
        for step in path.value {
            let next = self.child(at, step);
            at = next.unwrap_or_else(|| {
                let new = self.root();
                self.attach(at, step, new, path.line, found);
                new
            });
        }
        at
    }

    fn at(&mut self, place: u32) -> &mut Seedling {
        &mut self.0[place as usize]
    }

    fn child(&mut self, place: u32, step: &Step) -> Option<u32> {
        let node = self.at(place);
        match step {
            Step::Key(key) => node.keys.get(&fold(key)).copied(),
            Step::Index(index) => find(&node.indexes, index),
            Step::Keyed { value, .. } => node.keyed.as_ref().and_then(|(_, values)| find(values, &fold(value))),
        }
    }

    fn attach(&mut self, place: u32, step: &Step, child: u32, line: usize, found: &mut Found) {
        let node = self.at(place);
        match step {
            Step::Key(key) => drop(node.keys.insert(fold(key), child)),
            Step::Index(index) => node.indexes.push((*index, child)),
            Step::Keyed { field, value } => {
                let (known, values) = node.keyed.get_or_insert_with(|| (fold(field), Vec::new()));
                if *known != fold(field) {
                    let cause = format!("this array is already told apart by `{known}`");
                    found.add(line, cause, "use the same field in every path through the array");
                }
                values.push((fold(value), child));
            }
        }
        self.check_elements(place, line, found);
    }

    fn check_elements(&mut self, place: u32, line: usize, found: &mut Found) {
        let node = self.at(place);
        if node.keyed.is_some() && (!node.indexes.is_empty() || node.items.is_some()) {
            let cause = "this array is read both by key and in another way";
            found.add(line, cause, "tell its elements apart in one way only");
        }
    }

    /// Makes a place a source. Gives the source that is there already, if one is.
    pub(super) fn set_source(&mut self, place: u32, source: usize, keeps_tree: bool) -> Result<(), usize> {
        let node = self.at(place);
        if node.source != NO_SOURCE {
            return Err(usize::from(node.source));
        }
        node.source = u16::try_from(source).unwrap_or(NO_SOURCE);
        node.keeps_tree = keeps_tree;
        Ok(())
    }

    pub(super) fn set_items(&mut self, place: u32, items: u32, line: usize, found: &mut Found) {
        self.at(place).items = Some(items);
        self.check_elements(place, line, found);
    }

    pub(super) fn set_marker(&mut self, place: u32, bit: u64) {
        self.at(place).markers |= bit;
    }

    pub(super) fn set_envelope(&mut self, place: u32) {
        self.at(place).envelope = true;
    }

    pub(super) fn grown(self) -> Vec<Node> {
        self.0
            .into_iter()
            .map(|seedling| Node {
                keys: FoldedMap::new(seedling.keys),
                elements: match (seedling.items, seedling.keyed, seedling.indexes) {
                    (Some(items), _, indexes) => Elements::Items(items, indexes),
                    (None, Some((field, values)), _) => Elements::Keyed { field, values: FoldedMap::new(values) },
                    (None, None, indexes) if !indexes.is_empty() => Elements::Indexed(indexes),
                    _ => Elements::Alike,
                },
                source: seedling.source,
                keeps_tree: seedling.keeps_tree,
                markers: seedling.markers,
                envelope: seedling.envelope,
            })
            .collect()
    }
}

fn find<K: PartialEq>(children: &[(K, u32)], key: &K) -> Option<u32> {
    children.iter().find(|(known, _)| known == key).map(|(_, child)| *child)
}

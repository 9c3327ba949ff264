//! Document to [`Plan`]: gives meaning to what the file says, and reports everything that has none.

mod columns;
mod roles;
mod vocabulary;

use super::check;
use super::derived::Derived;
use super::document::{At, Document};
use super::fold::FoldedMap;
use super::plan::{PathSource, Plan, Rule, Window};
use super::problem::Found;
use super::source::Step;
use super::tree::Tree;

/// The name under which events of unknown type are filed.
const OTHER: &str = "other";

/// Compiles what was read. `None` only with problems found.
pub(super) fn compile(document: &Document, found: &mut Found) -> Option<Plan> {
    check::names(document, found);
    check::released(document, found);
    check::quota(document, found);
    let removed_keys = FoldedMap::new(document.removed_keys.iter().map(|key| (key.value.clone(), ())));
    let mut compiler =
        Compiler { tree: Tree::default(), sources: Vec::new(), column: 0, owners: Vec::new(), removed_keys, found };
    let event = compiler.tree.root();
    let item = compiler.tree.root();
    let mut columns = compiler.fields(&document.columns, event, Some(item));
    let items = compiler.fields(&document.items, item, None);
    let (event_types, event_type_names) = compiler.event_types(document);
    for (column, section) in document.columns.iter().enumerate() {
        let derivations = compiler.derivations(section, column, &columns, &items, &event_types);
        columns[column].derivations = derivations;
    }
    let dialects = compiler.dialects(document, event);
    for key in &document.envelopes {
        let steps = [Step::Key(key.value.clone())];
        let place = compiler.tree.place(event, &At { line: key.line, value: &steps }, compiler.found);
        compiler.tree.set_envelope(place);
    }
    let roles = compiler.roles(&columns)?;
    let Compiler { tree, sources, removed_keys, .. } = compiler;
    let protected = columns.iter().filter_map(|column| match column.rule {
        Some(rule @ (Rule::Ip | Rule::Email)) => Some((rule, &sources[column.sources.clone()])),
        _ => None,
    });
    let protected = protected.flat_map(|(rule, sources)| sources.iter().map(move |source| (source.name.clone(), rule)));
    let protected_keys = FoldedMap::new(protected);
    let nodes = tree.grown();
    let hashes = nodes.iter().flat_map(|node| node.keys.hashes());
    let known = hashes.chain(removed_keys.hashes()).chain(protected_keys.hashes()).collect();
    Some(Plan {
        version: document.version.value,
        derived: Derived::new((&columns, &roles), &event_types, &dialects, document.version.value),
        columns,
        items,
        other: event_type_names.get(OTHER.as_bytes())?,
        event_types,
        window: Window { late_days: document.late_days.value, early_minutes: document.early_minutes.value },
        sources,
        event_type_names,
        nodes,
        dialects,
        blocked_lengths: document
            .blocked_ids
            .iter()
            .filter(|id| id.value.len() < 64)
            .fold(0, |lengths, id| lengths | 1 << id.value.len()),
        blocked_firsts: document
            .blocked_ids
            .iter()
            .filter_map(|id| id.value.bytes().next())
            .fold(0, |firsts, first| firsts | 1 << (first % 32)),
        blocked_ids: document.blocked_ids.iter().map(|id| id.value.clone()).collect(),
        removed_keys,
        protected_keys,
        known,
        roles,
    })
}

struct Compiler<'f> {
    tree: Tree,
    sources: Vec<PathSource>,
    /// Index of the column or field that is being compiled.
    column: u16,
    /// The column or field that each of `sources` fills.
    owners: Vec<String>,
    removed_keys: FoldedMap<()>,
    found: &'f mut Found,
}

impl Compiler<'_> {
    /// Reports `what` unless it has a column of the type that it needs.
    fn expect(&mut self, holds: bool, line: usize, what: &str, kind: &str) -> bool {
        if !holds {
            self.found.add(line, format!("`{what}` needs a column of type {kind}"), "change the column's type");
        }
        holds
    }
}

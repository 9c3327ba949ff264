//! What a key means where it stands in an event.

use crate::coerce::Holds;
use crate::schema::fold::folded_hash;
use crate::schema::plan::{NO_SOURCE, Plan, Rule};

/// What the schema knows of a key at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// Where it leads: a node of the plan's tree, or [`NOWHERE`].
    pub(crate) place: u32,
    /// The path that ends there, or [`NO_SOURCE`].
    pub(crate) source: u16,
    /// The column that the path fills; `None` for an item's.
    pub(crate) fills: Option<Fills>,
    /// Whether a container there is an answer, too: for a column that keeps trees, and where the schema looks for nothing
    /// inside.
    pub(crate) answers_whole: bool,
    /// Whether an array of objects there holds the record's events.
    pub(crate) envelope: bool,
    /// Whether privacy removes the key.
    pub(crate) removed: bool,
    /// What it holds, if privacy protects that.
    pub(crate) rule: Option<Rule>,
    /// The dialect markers that it is.
    pub(crate) markers: u64,
}

/// A column, and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fills {
    pub(crate) column: u16,
    pub(crate) holds: Holds,
}

/// A place that the schema does not know.
pub(crate) const NOWHERE: u32 = u32::MAX;

impl Meaning {
    /// That of what the schema does not know.
    pub(crate) const NONE: Self = Self {
        place: NOWHERE,
        source: NO_SOURCE,
        fills: None,
        answers_whole: false,
        envelope: false,
        removed: false,
        rule: None,
        markers: 0,
    };

    /// What the schema knows of the place itself.
    pub(crate) fn of(plan: &Plan, place: u32) -> Self {
        let Some(node) = plan.nodes.get(place as usize) else { return Self::NONE };
        let source = usize::from(node.source);
        let fills = (source < plan.first_item_source()).then(|| {
            let column = plan.sources[source].column;
            Fills { column, holds: plan.columns[usize::from(column)].holds }
        });
        Self {
            place,
            source: node.source,
            fills,
            answers_whole: node.keeps_tree || node.is_leaf(),
            envelope: node.envelope,
            removed: false,
            rule: None,
            markers: node.markers,
        }
    }

    /// That of a key, looked up at a place.
    #[inline(never)]
    pub(crate) fn look_up(plan: &Plan, at: u32, key: &[u8]) -> Self {
        let hash = folded_hash(key);
        if !plan.known.may_have(hash) {
            return Self::NONE;
        }
        if plan.removed_keys.get_hashed(hash, key).is_some() {
            return Self { removed: true, ..Self::NONE };
        }
        let node = plan.nodes.get(at as usize);
        Self {
            rule: plan.protected_keys.get_hashed(hash, key),
            ..Self::of(plan, node.and_then(|node| node.keys.get_hashed(hash, key)).unwrap_or(NOWHERE))
        }
    }
}

//! The compiled schema: what the transform looks things up in.

use super::ColumnType;
use super::derived::Derived;
use super::fold::{FoldedMap, Hashes};
use super::source::FunctionName;
use crate::coerce::Holds;
use crate::output::Block;
use std::ops::Range;

/// How a value is normalised beyond its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// An identifier: trimmed; blocked values are null; longer than its column, it is hashed instead of cut.
    Id,
    /// An identifier whose UUIDs are written in lower case.
    Uuid,
    /// An e-mail address, kept only as SHA-256 of its trimmed lower-case form.
    Email,
    /// An IP address, kept only as its /24 or /48 network.
    Ip,
    /// A URL, without the query parameters that privacy removes.
    Url,
    /// A URL's query, likewise.
    Query,
    /// Written in lower case.
    Lower,
    /// Three letters, written in upper case.
    Currency,
    /// A list of items, each flattened by the `[[item]]` fields.
    Items,
}

/// Every rule as schema.toml spells it.
pub(super) const RULES: [(&str, Rule); 9] = [
    ("id", Rule::Id),
    ("uuid", Rule::Uuid),
    ("email", Rule::Email),
    ("ip", Rule::Ip),
    ("url", Rule::Url),
    ("query", Rule::Query),
    ("lower", Rule::Lower),
    ("currency", Rule::Currency),
    ("items", Rule::Items),
];

/// A column of the row, or a field of an item.
#[derive(Debug)]
pub struct Column {
    /// Name in S3, Glue and Redshift.
    pub name: String,
    /// Type.
    pub kind: ColumnType,
    /// Normalisation, if any.
    pub rule: Option<Rule>,
    /// What it holds as it stands.
    pub(crate) holds: Holds,
    /// One sentence for people.
    pub description: String,
    /// Its paths: indexes into [`Plan::sources`], best first.
    pub(crate) sources: Range<usize>,
    /// What fills it when no path does, best first.
    pub(crate) derivations: Vec<Derivation>,
    /// As it opens the member in a row's JSON.
    pub(crate) member: Member,
}

/// `,"name":`, and the opening quote if the type has one.
#[derive(Debug)]
pub(crate) struct Member {
    text: String,
    /// The same, if it is short enough.
    pub(crate) block: Option<Block>,
    pub(crate) is_quoted: bool,
    pub(crate) escapes: Escapes,
}

/// Whether a value that was made needs escapes. A slice of the record has none there, and needs none here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escapes {
    Never,
    Seldom,
    Often,
}

impl Member {
    pub(crate) fn new(name: &str, kind: ColumnType) -> Self {
        let is_quoted = kind.is_quoted();
        let text = format!(",\"{name}\":{}", if is_quoted { "\"" } else { "" });
        let escapes = match kind {
            ColumnType::Varchar(_) => Escapes::Seldom,
            ColumnType::Json => Escapes::Often,
            _ => Escapes::Never,
        };
        Self { block: Block::new(&text), text, is_quoted, escapes }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// A compiled [`super::source::Function`].
#[derive(Debug)]
pub(crate) struct Derivation {
    /// As schema.toml spells it.
    pub(crate) text: String,
    pub(crate) name: FunctionName,
    /// Index of the column that it reads; the derived column itself where it reads none.
    pub(crate) column: usize,
    /// Index of the item field that it reads; 0 where it reads none.
    pub(crate) field: usize,
    pub(crate) keys: Vec<String>,
}

/// One path that fills a column.
#[derive(Debug)]
pub struct PathSource {
    /// As schema.toml spells it, alternatives expanded.
    pub path: String,
    /// Its last step, as spelled there.
    pub(crate) name: String,
    /// Index of the column, or of the item's field, that it fills.
    pub(crate) column: u16,
}

/// No source: most attributes of most events.
pub(crate) const NO_SOURCE: u16 = u16::MAX;

/// A place in an event's tree that the schema knows.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) keys: FoldedMap<u32>,
    pub(crate) elements: Elements,
    /// Index into [`Plan::sources`] of the path that ends here, or [`NO_SOURCE`].
    pub(crate) source: u16,
    /// Whether the value is a tree that the column keeps whole.
    pub(crate) keeps_tree: bool,
    /// Bits of the dialect markers that this place is.
    pub(crate) markers: u64,
    /// Whether an array of objects here holds the record's events.
    pub(crate) envelope: bool,
}

impl Node {
    /// Whether no path goes on from here.
    pub(crate) fn is_leaf(&self) -> bool {
        self.keys.is_empty() && matches!(self.elements, Elements::Alike)
    }
}

/// How an array's elements are told apart.
#[derive(Debug)]
pub(crate) enum Elements {
    /// They are not.
    Alike,
    /// By position.
    Indexed(Vec<(usize, u32)>),
    /// By a member of theirs.
    Keyed { field: String, values: FoldedMap<u32> },
    /// Each is an item; columns may look into some of them by position, too.
    Items(u32, Vec<(usize, u32)>),
}

/// What the schema file says, compiled.
#[derive(Debug)]
pub struct Plan {
    /// The schema's version.
    pub version: u32,
    /// The row's columns, in order.
    pub columns: Vec<Column>,
    /// The fields of an item, in order.
    pub items: Vec<Column>,
    /// The closed list of event types.
    pub event_types: Vec<String>,
    /// Which event times decide a partition's date.
    pub window: Window,
    /// Every path, columns' before items'.
    pub sources: Vec<PathSource>,
    /// Folded name or alias to index into `event_types`.
    pub(crate) event_type_names: FoldedMap<u16>,
    pub(crate) other: u16,
    /// The tree of paths; the event is node 0.
    pub(crate) nodes: Vec<Node>,
    pub(crate) dialects: Vec<Dialect>,
    pub(crate) blocked_ids: Vec<String>,
    /// A bit for the length of each; those of 64 bytes and more have none.
    pub(crate) blocked_lengths: u64,
    /// A bit for the first byte of each, by its last five bits, which a letter's case does not change.
    pub(crate) blocked_firsts: u32,
    pub(crate) removed_keys: FoldedMap<()>,
    /// Last steps of the paths that fill [`Rule::Ip`] and [`Rule::Email`] columns: what they hold is protected wherever
    /// they stand.
    pub(crate) protected_keys: FoldedMap<Rule>,
    /// The hashes of these keys and of the tree's: a key without one of them is none that the schema knows.
    pub(crate) known: Hashes,
    pub(crate) roles: Roles,
    pub(crate) derived: Derived,
}

/// The partition window: an event's own time decides its partition's date if it lies at most this far from the
/// record's arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Days before arrival.
    pub late_days: u32,
    /// Minutes after arrival.
    pub early_minutes: u32,
}

/// An input dialect and the markers that tell it: all of `all`, one of `any` unless that is empty, and none of `none`.
#[derive(Debug)]
pub(crate) struct Dialect {
    pub(crate) name: String,
    pub(crate) all: u64,
    pub(crate) any: u64,
    pub(crate) none: u64,
}

/// Indexes of the columns that the transform itself needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Roles {
    pub(crate) event_name: usize,
    pub(crate) event_time: usize,
    pub(crate) event_id: usize,
    pub(crate) received_at: usize,
    pub(crate) extra: usize,
    pub(crate) flags: usize,
}

impl Dialect {
    /// Whether an event with these markers is of the dialect.
    pub(crate) fn matches(&self, markers: u64) -> bool {
        markers & self.all == self.all && (self.any == 0 || markers & self.any != 0) && markers & self.none == 0
    }
}

impl Plan {
    /// Index of a column by its name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Index into [`Self::event_types`] of an event's name in any spelling; that of `other` for a name that the
    /// schema does not know.
    pub fn event_type(&self, name: &str) -> usize {
        self.event_type_of(name.as_bytes())
    }

    /// [`Self::event_type`] of a name's bytes.
    pub(crate) fn event_type_of(&self, name: &[u8]) -> usize {
        usize::from(self.event_type_names.get(name).unwrap_or(self.other))
    }

    /// The paths that fill a column or an item field, best first, as schema.toml spells them, alternatives expanded.
    pub fn paths(&self, of: &Column) -> impl Iterator<Item = &str> {
        self.sources[of.sources.clone()].iter().map(|source| source.path.as_str())
    }

    /// The sources of items begin here in [`Self::sources`].
    pub(crate) fn first_item_source(&self) -> usize {
        self.items.first().map_or(self.sources.len(), |field| field.sources.start)
    }

    /// Index into [`Self::items`] of the field that a source fills; `None` for a column's source.
    #[inline]
    pub(crate) fn item_field(&self, source: u16) -> Option<usize> {
        let source = usize::from(source);
        let field = self.sources.get(source).filter(|_| source >= self.first_item_source());
        field.map(|field| usize::from(field.column))
    }
}

//! A list of items, each flattened as the schema's `[[item]]` fields say.

use crate::coerce::{self, Coerced};
use crate::compact::{Compact, Keep};
use crate::cursor::Scalar;
use crate::json::push_inside;
use crate::resolve::{Event, Resolved};
use crate::row::{Cell, Flag, FlagSet};
use crate::schema::{ColumnType, MAX_VARCHAR, Plan};
use crate::tape::{Entry, Fate, Kind};

/// What columns may want to know of a list. Its buffers are used again for the next one.
#[derive(Debug, Default)]
pub(crate) struct Items {
    /// How many there are.
    pub(crate) count: usize,
    /// The first one's fields.
    pub(crate) first: Vec<Cell>,
    /// For each field, its sum: 1 for an item that has no whole number there.
    pub(crate) sums: Vec<i64>,
    /// The entries of the items.
    elements: Vec<usize>,
    /// An item's fields.
    fields: Vec<Cell>,
    /// For each source of an item: index of the entry that answers it, plus 1.
    sources: Vec<u32>,
    /// What answers a field.
    hits: Vec<(usize, usize)>,
    json: String,
}

impl Items {
    /// Forgets a list.
    pub(crate) fn clear(&mut self) {
        self.count = 0;
        self.first.clear();
        self.sums.clear();
        self.json.clear();
    }
}

/// The list that begins at an entry, as a JSON array of at most [`MAX_VARCHAR`] bytes; items that do not fit are left
/// off its end. A single object is a list of one; a text or number in a list is an item's first field.
pub(crate) fn items(event: &mut Event, list: usize, items: &mut Items) -> Coerced {
    items.elements.clear();
    let entries = &event.tape.entries;
    match entries[list].kind {
        Kind::Array => items.elements.extend(event.tape.children(Some(list))),
        Kind::Object => items.elements.push(list),
        Kind::Scalar(_) => return Coerced::Misfit,
    }
    items.elements.retain(|element| !is_null(&entries[*element], event.text));
    let is_item = |element: &usize| match entries[*element].kind {
        Kind::Object => true,
        Kind::Scalar(_) => !entries[*element].value.of(event.text).starts_with(['t', 'f']),
        Kind::Array => false,
    };
    if !items.elements.iter().all(is_item) {
        return Coerced::Misfit;
    }
    if items.elements.is_empty() {
        return Coerced::Blank;
    }
    items.clear();
    items.count = items.elements.len();
    items.sums.resize(event.plan.items.len(), 0);
    items.json.push('[');
    let (mut flags, mut full) = (FlagSet::default(), false);
    for place in 0..items.count {
        let element = items.elements[place];
        fields(event, element, items, &mut flags);
        for (sum, cell) in items.sums.iter_mut().zip(&items.fields) {
            let number = cell.of(event.text, event.made).and_then(|number| number.parse::<i64>().ok());
            *sum = sum.saturating_add(number.unwrap_or(1));
        }
        if !full {
            let before = items.json.len();
            if before > 1 {
                items.json.push(',');
            }
            write(event, element, &items.fields, &mut items.json, &mut flags);
            full = items.json.len() >= MAX_VARCHAR as usize;
            if full {
                items.json.truncate(before);
                flags.raise(Flag::Overflow);
            }
        }
        if place == 0 {
            items.first.clone_from(&items.fields);
        }
    }
    items.json.push(']');
    Coerced::Value(Cell::make(&items.json, event.made), flags)
}

/// Whether an entry is null.
fn is_null(entry: &Entry, text: &str) -> bool {
    entry.kind == Kind::Scalar(Scalar::Plain) && entry.value.of(text) == "null"
}

/// An item's fields.
fn fields(event: &mut Event, element: usize, items: &mut Items, flags: &mut FlagSet) {
    let plan: &Plan = event.plan;
    let Items { fields, sources, hits, .. } = items;
    fields.clear();
    if let Kind::Scalar(kind) = event.tape.entries[element].kind {
        let value = event.tape.entries[element].value;
        fields.resize(plan.items.len(), Cell::Empty);
        if let (Some(field), Some(first)) = (plan.items.first(), fields.first_mut())
            && let Coerced::Value(cell, done) = coerce::scalar(plan, field, event.text, (value, kind), event.made)
        {
            *first = cell;
            flags.join(done);
            event.tape.entries[element].fate = if done.is_lossy() { Fate::Left } else { Fate::Taken };
        }
        return;
    }
    let first_source = plan.first_item_source();
    sources.clear();
    sources.resize(plan.sources.len() - first_source, 0);
    let end = event.tape.entries[element].end as usize;
    for entry in element + 1..end {
        let source = usize::from(event.tape.entries[entry].source);
        if let Some(hit) = source.checked_sub(first_source).and_then(|source| sources.get_mut(source)) {
            *hit = u32::try_from(entry + 1).unwrap_or(0);
        }
    }
    for field in &plan.items {
        hits.clear();
        for source in field.sources.clone() {
            hits.extend((sources[source - first_source] as usize).checked_sub(1).map(|entry| (source, entry)));
        }
        let resolved = if hits.is_empty() { Resolved::default() } else { event.resolve(field, hits, None) };
        flags.join(resolved.flags);
        fields.push(resolved.cell);
    }
}

/// The brackets that follow the last item's `extra`.
const CLOSE: usize = "}]".len();

/// Appends an item as a JSON object: its fields, then what none of them has, as far as the list's column can hold it.
fn write(event: &Event, element: usize, fields: &[Cell], json: &mut String, flags: &mut FlagSet) {
    let room = MAX_VARCHAR as usize - CLOSE;
    json.push('{');
    let (start, mut skip) = (json.len(), "\",".len());
    for (field, cell) in event.plan.items.iter().zip(fields) {
        let Some(value) = cell.of(event.text, event.made) else { continue };
        json.push_str(&field.member[skip..]);
        skip = usize::from(!field.kind.is_quoted());
        match (cell, field.kind) {
            (Cell::Made(_), ColumnType::Varchar(_) | ColumnType::Json) => push_inside(value, json),
            _ => json.push_str(value),
        }
    }
    if skip == 0 {
        json.push('"');
    }
    let separator = if json.len() == start { "" } else { "," };
    let (plan, text, tape) = (event.plan, event.text, &*event.tape);
    let mut compact = Compact { plan, text, tape, made: event.made, keep: Keep::Left, flags: FlagSet::default() };
    let before = json.len();
    json.extend([separator, "\"extra\":"]);
    let start = json.len();
    if tape.entries[element].kind == Kind::Object {
        compact.container(Some(element), room.saturating_sub(json.len()), json);
    } else if tape.entries[element].fate == Fate::Left {
        json.push_str("{\"value\":");
        compact.value(element, None, json);
        json.push('}');
    }
    flags.join(compact.flags);
    if json.len() == start {
        json.truncate(before);
    }
    json.push('}');
}

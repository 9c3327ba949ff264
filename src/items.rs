//! A list of items, each flattened as the schema's `[[item]]` fields say.

use crate::coerce::{self, Coerced, as_is};
use crate::compact::{Compact, Keep};
use crate::cursor::Scalar;
use crate::json::push_inside;
use crate::resolve::Event;
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
    /// For each field that is summed, its sum: 1 for an item that has no whole number there.
    pub(crate) sums: Vec<i64>,
    /// The entries of the items.
    elements: Vec<usize>,
    /// An item's fields.
    fields: Vec<Cell>,
    /// The sources of an item that are there, and their entries.
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
        for &field in &event.plan.derived.summed {
            let number = items.fields[field].of(event.text, event.made).and_then(|number| number.parse::<i64>().ok());
            items.sums[field] = items.sums[field].saturating_add(number.unwrap_or(1));
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
    let Items { fields, hits, .. } = items;
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
    hits.clear();
    let end = event.tape.entries[element].end as usize;
    for entry in element + 1..end {
        let source = usize::from(event.tape.entries[entry].source);
        if source >= plan.first_item_source() && source < plan.sources.len() {
            hits.push((source, entry));
        }
    }
    hits.sort_unstable();
    // Said twice, the last counts.
    hits.dedup_by(|later, first| {
        let same = later.0 == first.0;
        first.1 = if same { later.1 } else { first.1 };
        same
    });
    fields.resize(plan.items.len(), Cell::Empty);
    let mut rest = hits.as_slice();
    while let Some(&(source, entry)) = rest.first() {
        let index = usize::from(plan.sources[source].column);
        let field = &plan.items[index];
        let (own, others) = rest.split_at(rest.partition_point(|(source, _)| *source < field.sources.end));
        rest = others;
        let found = &mut event.tape.entries[entry];
        if let (Kind::Scalar(kind), [_]) = (found.kind, own)
            && let Some(span) = as_is(plan, field, event.text, (found.value, kind))
        {
            found.fate = Fate::Taken;
            fields[index] = Cell::Text(span);
            continue;
        }
        let resolved = event.resolve(field, own, None);
        flags.join(resolved.flags);
        fields[index] = resolved.cell;
    }
}

/// The brackets that follow the last item's `extra`.
const CLOSE: usize = "}]".len();

/// Appends an item as a JSON object: its fields, then what none of them has, as far as the list's column can hold it.
fn write(event: &Event, element: usize, fields: &[Cell], json: &mut String, flags: &mut FlagSet) {
    let room = MAX_VARCHAR as usize - CLOSE;
    json.push('{');
    let start = json.len();
    for (field, cell) in event.plan.items.iter().zip(fields) {
        let Some(value) = cell.of(event.text, event.made) else { continue };
        // The first member follows nothing.
        json.push_str(&field.member.text()[usize::from(json.len() == start)..]);
        match (cell, field.kind) {
            (Cell::Made(_), ColumnType::Varchar(_) | ColumnType::Json) => push_inside(value, json),
            _ => json.push_str(value),
        }
        if field.kind.is_quoted() {
            json.push('"');
        }
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

//! A list of items, each flattened as the schema's `[[item]]` fields say.

use crate::coerce::{self, Coerced};
use crate::compact::{Compact, Keep};
use crate::json::push_string;
use crate::resolve::Event;
use crate::row::{Cell, Flag, FlagSet};
use crate::schema::plan::NO_SOURCE;
use crate::schema::{MAX_VARCHAR, Plan};
use crate::tape::{Fate, Kind};

/// What columns may want to know of a list.
#[derive(Debug, Default)]
pub(crate) struct Items {
    /// How many there are.
    pub(crate) count: usize,
    /// The first one's fields.
    pub(crate) first: Vec<Cell>,
    /// For each field, its sum: 1 for an item that has no whole number there.
    pub(crate) sums: Vec<i64>,
}

/// The list that begins at an entry, as a JSON array of at most [`MAX_VARCHAR`] bytes; items that do not fit are left
/// off its end. A single object is a list of one; a text or number in a list is an item's first field.
pub(crate) fn items(event: &mut Event, list: usize, items: &mut Items) -> Coerced {
    let entries = &event.tape.entries;
    let elements: Vec<usize> = match entries[list].kind {
        Kind::Array => event.tape.children(Some(list)).filter(|e| entries[*e].value.of(event.text) != "null").collect(),
        Kind::Object => vec![list],
        Kind::Scalar(_) => return Coerced::Misfit,
    };
    let is_item = |element: &usize| match entries[*element].kind {
        Kind::Object => true,
        Kind::Scalar(_) => !entries[*element].value.of(event.text).starts_with(['t', 'f']),
        Kind::Array => false,
    };
    if !elements.iter().all(is_item) {
        return Coerced::Misfit;
    }
    if elements.is_empty() {
        return Coerced::Blank;
    }
    *items = Items { count: elements.len(), first: Vec::new(), sums: vec![0; event.plan.items.len()] };
    let (mut json, mut flags, mut full) = (String::from("["), FlagSet::default(), false);
    for element in elements {
        let fields = fields(event, element, &mut flags);
        for (sum, cell) in items.sums.iter_mut().zip(&fields) {
            let number = cell.of(event.text, event.made).and_then(|number| number.parse::<i64>().ok());
            *sum = sum.saturating_add(number.unwrap_or(1));
        }
        if !full {
            let before = json.len();
            if before > 1 {
                json.push(',');
            }
            write(event, element, &fields, &mut json, &mut flags);
            full = json.len() >= MAX_VARCHAR as usize;
            if full {
                json.truncate(before);
                flags.raise(Flag::Overflow);
            }
        }
        if items.first.is_empty() {
            items.first = fields;
        }
    }
    json.push(']');
    Coerced::Value(Cell::make(&json, event.made), flags)
}

/// An item's fields.
fn fields(event: &mut Event, element: usize, flags: &mut FlagSet) -> Vec<Cell> {
    let plan: &Plan = event.plan;
    if let Kind::Scalar(kind) = event.tape.entries[element].kind {
        let value = event.tape.entries[element].value;
        let mut fields = vec![Cell::Empty; plan.items.len()];
        if let (Some(field), Some(first)) = (plan.items.first(), fields.first_mut())
            && let Coerced::Value(cell, done) = coerce::scalar(plan, field, event.text, (value, kind), event.made)
        {
            *first = cell;
            flags.join(done);
            event.tape.entries[element].fate = if done.is_lossy() { Fate::Left } else { Fate::Taken };
        }
        return fields;
    }
    let first_source = plan.first_item_source();
    let mut hits: Vec<Option<usize>> = vec![None; plan.sources.len() - first_source];
    for (offset, entry) in event.tape.entries[element + 1..event.tape.entries[element].end as usize].iter().enumerate()
    {
        if entry.source != NO_SOURCE
            && let Some(hit) = usize::from(entry.source).checked_sub(first_source).and_then(|s| hits.get_mut(s))
        {
            *hit = Some(element + 1 + offset);
        }
    }
    let hit = |source: usize| hits.get(source - first_source).copied().flatten();
    plan.items
        .iter()
        .map(|field| {
            let resolved = event.resolve(field, |_, source| hit(source), &mut Items::default());
            flags.join(resolved.flags);
            resolved.cell
        })
        .collect()
}

/// The brackets that follow the last item's `extra`.
const CLOSE: usize = "}]".len();

/// Appends an item as a JSON object: its fields, then what none of them has, as far as the list's column can hold it.
fn write(event: &Event, element: usize, fields: &[Cell], json: &mut String, flags: &mut FlagSet) {
    let room = MAX_VARCHAR as usize - CLOSE;
    json.push('{');
    let mut separator = "";
    for (field, cell) in event.plan.items.iter().zip(fields) {
        let Some(value) = cell.of(event.text, event.made) else { continue };
        json.extend([separator, &field.member]);
        if field.kind.is_quoted() {
            push_string(value, json);
        } else {
            json.push_str(value);
        }
        separator = ",";
    }
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

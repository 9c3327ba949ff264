//! A list of items, each flattened as the schema's `[[item]]` fields say.

use crate::bits::Bits;
use crate::coerce::{self, Coerced, held};
use crate::compact::{Compact, Keep};
use crate::cursor::Scalar;
use crate::encode;
use crate::json::Span;
use crate::output::Output;
use crate::resolve::Event;
use crate::row::{Cell, Flag, FlagSet};
use crate::schema::{Column, MAX_VARCHAR, Plan};
use crate::tape::{Entry, Fate, Kind};
use std::ops::RangeInclusive;

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
    /// Fields that something of an item answers.
    answered: Bits,
    /// Those of them that several entries answer.
    contested: Bits,
    /// For each field that is answered, the last entry that does.
    answers: Vec<usize>,
    /// The sources of a field that are there, and their entries.
    hits: Vec<(usize, usize)>,
    json: Output,
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
    match event.tape.entries[list].kind {
        Kind::Array => {
            for element in event.tape.children(Some(list)) {
                let Entry { kind, value, .. } = event.tape.entries[element];
                match kind {
                    Kind::Object => items.elements.push(element),
                    Kind::Array => return Coerced::Misfit,
                    Kind::Scalar(kind) => match value.of(event.text) {
                        "null" if kind == Scalar::Plain => {}
                        text if text.starts_with(['t', 'f']) => return Coerced::Misfit,
                        _ => items.elements.push(element),
                    },
                }
            }
        }
        Kind::Object => items.elements.push(list),
        Kind::Scalar(_) => return Coerced::Misfit,
    }
    if items.elements.is_empty() {
        return Coerced::Blank;
    }
    items.clear();
    items.count = items.elements.len();
    items.sums.resize(event.plan.items.len(), 0);
    items.json.push(b'[');
    let (mut flags, mut full) = (FlagSet::default(), false);
    for place in 0..items.count {
        let element = items.elements[place];
        let before = items.json.len();
        if before > 1 {
            items.json.push(b',');
        }
        let start = items.json.len();
        if place == 0 {
            items.fields.clear();
        }
        fields(event, element, items, &mut flags);
        for &field in &event.plan.derived.summed {
            let cell = if items.answered.has(field) { items.fields[field] } else { Cell::Empty };
            let number = cell.of(event.text, event.made).and_then(|number| number.parse::<i64>().ok());
            items.sums[field] = items.sums[field].saturating_add(number.unwrap_or(1));
        }
        if place == 0 {
            std::mem::swap(&mut items.first, &mut items.fields);
        }
        if full {
            items.json.truncate(before);
            continue;
        }
        extra(event, element, &mut items.json, &mut flags);
        // The first member follows nothing: its comma makes room for the brace.
        match items.json.text_mut().get_mut(start) {
            Some(comma) => *comma = b'{',
            None => items.json.push(b'{'),
        }
        items.json.push(b'}');
        full = items.json.len() >= MAX_VARCHAR as usize;
        if full {
            items.json.truncate(before);
            flags.raise(Flag::Overflow);
        }
    }
    items.json.push(b']');
    let json = simdutf8::basic::from_utf8(items.json.text()).unwrap_or_default();
    Coerced::Value(Cell::make(json, event.made), flags)
}

/// An item's fields, and each as a member of its JSON, with a comma before it. What no entry answers keeps its value.
#[inline(always)]
fn fields(event: &mut Event, element: usize, items: &mut Items, flags: &mut FlagSet) {
    let plan: &Plan = event.plan;
    let Items { fields, answered, contested, answers, hits, json, .. } = items;
    fields.resize(plan.items.len(), Cell::Empty);
    answered.clear();
    let Entry { kind, value, end, .. } = event.tape.entries[element];
    if let Kind::Scalar(kind) = kind {
        let done = only_field(event, (value, kind), fields, json);
        event.tape.entries[element].fate = if done.is_none_or(FlagSet::is_lossy) { Fate::Left } else { Fate::Taken };
        flags.join(done.unwrap_or_default());
        answered.insert(0);
        return;
    }
    let mut is_contested = false;
    answers.resize(plan.items.len(), 0);
    for (found, entry) in event.tape.entries[element + 1..end as usize].iter().zip(element + 1..) {
        if let Some(field) = plan.item_field(found.source) {
            if !answered.insert(field) {
                if !is_contested {
                    contested.clear();
                }
                contested.insert(field);
                is_contested = true;
            }
            answers[field] = entry;
        }
    }
    answered.each(|index| {
        let (field, entry) = (&plan.items[index], answers[index]);
        let several = is_contested && contested.has(index);
        let found = &mut event.tape.entries[entry];
        let cell = if let Kind::Scalar(kind) = found.kind
            && !several
            && let Some(span) = held(plan, &field.holds, event.text, (found.value, kind))
        {
            found.fate = Fate::Taken;
            Cell::Text(span)
        } else {
            let source = usize::from(found.source);
            let resolved = if several {
                candidates(event, field, element + 1..=entry, hits);
                event.resolve(field, hits, None)
            } else {
                event.alone(field, (source, entry), None)
            };
            flags.join(resolved.flags);
            resolved.cell
        };
        fields[index] = cell;
        encode::member(&field.member, cell, event.text.as_bytes(), event.made.as_bytes(), json);
    });
}

/// The first field of an item that is nothing but that, and what was done to it. `None` if it has none.
#[inline(never)]
fn only_field(event: &mut Event, value: (Span, Scalar), fields: &mut [Cell], json: &mut Output) -> Option<FlagSet> {
    let (field, first) = (event.plan.items.first()?, fields.first_mut()?);
    let Coerced::Value(cell, done) = coerce::scalar(event.plan, field, event.text, value, event.made) else {
        *first = Cell::Empty;
        return None;
    };
    *first = cell;
    encode::member(&field.member, cell, event.text.as_bytes(), event.made.as_bytes(), json);
    Some(done)
}

/// The sources of a field that are there among an item's `entries`, best first, and the entry of each.
#[inline(never)]
fn candidates(event: &Event, field: &Column, entries: RangeInclusive<usize>, hits: &mut Vec<(usize, usize)>) {
    let found = entries.map(|entry| (usize::from(event.tape.entries[entry].source), entry));
    hits.clear();
    hits.extend(found.filter(|(source, _)| field.sources.contains(source)));
    hits.sort_unstable();
    // Said twice, the last counts.
    hits.dedup_by(|later, first| {
        let same = later.0 == first.0;
        first.1 = if same { later.1 } else { first.1 };
        same
    });
}

/// The brackets that follow the last item's `extra`.
const CLOSE: usize = "}]".len();

/// As it opens the member of what no field has.
const EXTRA: &str = ",\"extra\":";

/// Appends what no field has of an item, as far as the list's column can hold it.
#[inline(always)]
fn extra(event: &mut Event, element: usize, json: &mut Output, flags: &mut FlagSet) {
    let Entry { kind, fate, end, .. } = event.tape.entries[element];
    let is_taken = |entry: &Entry| matches!(entry.fate, Fate::Taken | Fate::Gone);
    let is_whole = match kind {
        Kind::Object => event.tape.entries[element + 1..end as usize].iter().all(is_taken),
        _ => fate != Fate::Left,
    };
    if !is_whole {
        left_over(event, element, json, flags);
    }
}

#[inline(never)]
fn left_over(event: &mut Event, element: usize, json: &mut Output, flags: &mut FlagSet) {
    let (plan, text, tape, start) = (event.plan, event.text, &*event.tape, event.made.len());
    let is_object = tape.entries[element].kind == Kind::Object;
    let mut compact = Compact::new(plan, text, tape, event.made, Keep::Left);
    if is_object {
        let room = MAX_VARCHAR as usize - CLOSE - EXTRA.len();
        compact.container(Some(element), room.saturating_sub(json.len()));
    } else {
        compact.made.push_str("{\"value\":");
        compact.value(element, None);
        compact.made.push('}');
    }
    flags.join(compact.flags);
    let end = event.made.len();
    if end > start {
        json.append(EXTRA.as_bytes(), 0, EXTRA.len());
        json.append(event.made.as_bytes(), start, end);
        event.made.truncate(start);
    }
}

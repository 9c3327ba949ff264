//! A list of items, each flattened as the schema's `[[item]]` fields say.

use crate::coerce::{self, Coerced, as_is};
use crate::compact::{Compact, Keep};
use crate::cursor::Scalar;
use crate::encode;
use crate::output::Output;
use crate::resolve::Event;
use crate::row::{Cell, Flag, FlagSet};
use crate::schema::{Column, MAX_VARCHAR, Plan};
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
    /// For each field, what of an item answers it.
    answers: Vec<Answer>,
    /// The sources of a field that are there, and their entries.
    hits: Vec<(usize, usize)>,
    /// What no field has of an item.
    extra: String,
    json: Output,
}

/// What of an item answers a field.
#[derive(Debug, Clone, Copy)]
enum Answer {
    Nothing,
    /// An entry.
    One(usize),
    /// Several, one of them the last.
    Several(usize),
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
                match (kind, value.of(event.text)) {
                    (Kind::Scalar(Scalar::Plain), "null") => {}
                    (Kind::Scalar(_), text) if text.starts_with(['t', 'f']) => return Coerced::Misfit,
                    (Kind::Scalar(_) | Kind::Object, _) => items.elements.push(element),
                    (Kind::Array, _) => return Coerced::Misfit,
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
    items.json.append(b"[", 0, 1);
    let (mut flags, mut full) = (FlagSet::default(), false);
    for place in 0..items.count {
        let element = items.elements[place];
        let before = items.json.len();
        if before > 1 {
            items.json.append(b",", 0, 1);
        }
        let start = items.json.len();
        fields(event, element, items, &mut flags);
        for &field in &event.plan.derived.summed {
            let number = items.fields[field].of(event.text, event.made).and_then(|number| number.parse::<i64>().ok());
            items.sums[field] = items.sums[field].saturating_add(number.unwrap_or(1));
        }
        if place == 0 {
            items.first.clone_from(&items.fields);
        }
        if full {
            items.json.truncate(before);
            continue;
        }
        extra(event, element, items, &mut flags);
        // The first member follows nothing: its comma makes room for the brace.
        match items.json.text_mut().get_mut(start) {
            Some(comma) => *comma = b'{',
            None => items.json.append(b"{", 0, 1),
        }
        items.json.append(b"}", 0, 1);
        full = items.json.len() >= MAX_VARCHAR as usize;
        if full {
            items.json.truncate(before);
            flags.raise(Flag::Overflow);
        }
    }
    items.json.append(b"]", 0, 1);
    Coerced::Value(Cell::make(str::from_utf8(items.json.text()).unwrap_or_default(), event.made), flags)
}

/// An item's fields, and each as a member of its JSON, with a comma before it.
fn fields(event: &mut Event, element: usize, items: &mut Items, flags: &mut FlagSet) {
    let plan: &Plan = event.plan;
    let Items { fields, answers, hits, json, .. } = items;
    fields.clear();
    fields.resize(plan.items.len(), Cell::Empty);
    if let Kind::Scalar(kind) = event.tape.entries[element].kind {
        let value = event.tape.entries[element].value;
        if let (Some(field), Some(first)) = (plan.items.first(), fields.first_mut())
            && let Coerced::Value(cell, done) = coerce::scalar(plan, field, event.text, (value, kind), event.made)
        {
            *first = cell;
            member(event, field, cell, json);
            flags.join(done);
            event.tape.entries[element].fate = if done.is_lossy() { Fate::Left } else { Fate::Taken };
        }
        return;
    }
    answers.clear();
    answers.resize(plan.items.len(), Answer::Nothing);
    let end = event.tape.entries[element].end as usize;
    for (entry, found) in event.tape.entries[..end].iter().enumerate().skip(element + 1) {
        if let Some(field) = plan.item_field(found.source) {
            answers[field] = match answers[field] {
                Answer::Nothing => Answer::One(entry),
                Answer::One(_) | Answer::Several(_) => Answer::Several(entry),
            };
        }
    }
    for ((field, answer), cell) in plan.items.iter().zip(&*answers).zip(fields) {
        let resolved = match *answer {
            Answer::Nothing => continue,
            Answer::One(entry) => {
                let found = &mut event.tape.entries[entry];
                if let Kind::Scalar(kind) = found.kind
                    && let Some(span) = as_is(plan, field, event.text, (found.value, kind))
                {
                    found.fate = Fate::Taken;
                    *cell = Cell::Text(span);
                    member(event, field, *cell, json);
                    continue;
                }
                let source = usize::from(found.source);
                event.alone(field, (source, entry), None)
            }
            Answer::Several(last) => {
                let entries = &event.tape.entries;
                let found = (element + 1..=last).map(|entry| (usize::from(entries[entry].source), entry));
                hits.clear();
                hits.extend(found.filter(|(source, _)| field.sources.contains(source)));
                hits.sort_unstable();
                // Said twice, the last counts.
                hits.dedup_by(|later, first| {
                    let same = later.0 == first.0;
                    first.1 = if same { later.1 } else { first.1 };
                    same
                });
                event.resolve(field, hits, None)
            }
        };
        flags.join(resolved.flags);
        *cell = resolved.cell;
        member(event, field, *cell, json);
    }
}

/// Appends a field as a member, if it is not null.
#[inline(always)]
fn member(event: &Event, field: &Column, cell: Cell, json: &mut Output) {
    encode::member(&field.member, cell, event.text.as_bytes(), event.made.as_bytes(), json);
}

/// The brackets that follow the last item's `extra`.
const CLOSE: usize = "}]".len();

/// Appends what no field has of an item, as far as the list's column can hold it.
fn extra(event: &Event, element: usize, items: &mut Items, flags: &mut FlagSet) {
    let (plan, text, tape) = (event.plan, event.text, &*event.tape);
    let Entry { kind, fate, end, .. } = tape.entries[element];
    let is_taken = |entry: &Entry| matches!(entry.fate, Fate::Taken | Fate::Gone);
    if kind == Kind::Object && tape.entries[element + 1..end as usize].iter().all(is_taken) {
        return;
    }
    let Items { extra, json, .. } = items;
    extra.clear();
    extra.push_str(",\"extra\":");
    let start = extra.len();
    let mut compact = Compact { plan, text, tape, made: event.made, keep: Keep::Left, flags: FlagSet::default() };
    if kind == Kind::Object {
        let room = MAX_VARCHAR as usize - CLOSE;
        compact.container(Some(element), room.saturating_sub(json.len() + start), extra);
    } else if fate == Fate::Left {
        extra.push_str("{\"value\":");
        compact.value(element, None, extra);
        extra.push('}');
    }
    flags.join(compact.flags);
    if extra.len() > start {
        json.append(extra.as_bytes(), 0, extra.len());
    }
}

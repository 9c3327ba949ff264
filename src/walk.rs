//! One pass over an event's text: every member goes onto the tape, matched against the schema's tree.

use crate::cursor::{Cursor, Value};
use crate::json::Span;
use crate::keys::Keys;
use crate::meaning::{Meaning, NOWHERE};
use crate::repeats;
use crate::schema::Plan;
use crate::schema::fold::folds_to;
use crate::schema::plan::{Elements, NO_SOURCE, Node};
use crate::tape::{Entry, Fate, Kind, MAX_DEPTH, Stop, Tape, entry_number};
use std::hint::cold_path;

impl Tape {
    /// Adds the members of the object that begins at `at` in `text`, and that has a number from `keys`. With `expand`, an envelope's array is left out and
    /// noted instead; the objects in it are only looked at when they are added themselves. Gives where the object ends.
    pub(crate) fn add(
        &mut self,
        (plan, keys): (&Plan, &mut Keys),
        text: &str,
        (at, object): (usize, u64),
        expand: bool,
    ) -> Result<usize, Stop> {
        let mut cursor = Cursor::new(text.as_bytes(), at);
        if cursor.next() != b'{' {
            return Err(Stop::NotJson);
        }
        let mut walk = Walk { plan, keys, text, tape: self, expand, stop: Stop::NotJson };
        let end = walk.object(cursor.at(), (0, object), 1).ok_or(walk.stop)?;
        let seem_repeated = walk.tape.repeated || walk.keys.repeated;
        self.repeated = seem_repeated && repeats::seem_to_be(self, text);
        Ok(end)
    }
}

/// A pass over one event.
struct Walk<'a> {
    plan: &'a Plan,
    keys: &'a mut Keys,
    text: &'a str,
    tape: &'a mut Tape,
    /// Whether an array under an envelope's key is one.
    expand: bool,
    /// Why it ends before the event does.
    stop: Stop,
}

impl<'a> Walk<'a> {
    fn node(&self, place: u32) -> Option<&'a Node> {
        self.plan.nodes.get(place as usize)
    }

    /// The object that begins at `at`, its place in the schema's tree given. Gives where it ends.
    fn object(&mut self, at: usize, object: (u32, u64), depth: usize) -> Option<usize> {
        let Self { plan, text, .. } = *self;
        let mut cursor = Cursor::new(text.as_bytes(), at);
        cursor.step();
        if cursor.next() == b'}' {
            return Some(cursor.at() + 1);
        }
        loop {
            let (key, meaning) = if let Some((key, spelling)) = cursor.short_key() {
                (key, self.keys.short(plan, object, spelling))
            } else {
                cold_path();
                let (key, escaped) = cursor.key()?;
                (key, self.keys.any(plan, object, (key.of(text), escaped)))
            };
            let first = cursor.next();
            match cursor.scalar_or_container(first)? {
                Value::Scalar(value, kind) => self.tape.scalar((plan, text), key, (value, kind), meaning),
                Value::Container => {
                    let meaning = *meaning;
                    cursor.go_to(self.container(cursor.at(), key, &meaning, depth)?);
                }
            }
            match cursor.next() {
                b',' => cursor.step(),
                b'}' => return Some(cursor.at() + 1),
                _ => {
                    cold_path();
                    return None;
                }
            }
        }
    }

    /// The object or array that begins at `start`. Gives where it ends.
    #[inline(never)]
    fn container(&mut self, start: usize, key: Span, meaning: &Meaning, depth: usize) -> Option<usize> {
        let mut cursor = Cursor::new(self.text.as_bytes(), start);
        if meaning.removed {
            self.tape.removed = true;
            cursor.checked_value()?;
            return Some(cursor.at());
        }
        let first = cursor.next();
        if meaning.envelope
            && first == b'['
            && depth == 1
            && let Some(end) = self.envelope(cursor)
        {
            return Some(end);
        }
        let index = self.tape.entries.len();
        let kind = if first == b'{' { Kind::Object } else { Kind::Array };
        let source = if meaning.answers_whole { meaning.source } else { NO_SOURCE };
        let value = Span::new(start, start);
        self.tape.entries.push(Entry { source, ..Entry::new(index, key, (value, kind), meaning) });
        let end = self.inside(cursor, meaning.place, depth)?;
        let after = entry_number(self.tape.entries.len());
        let entry = &mut self.tape.entries[index];
        (entry.value, entry.end) = (Span::new(start, end), after);
        self.tape.markers |= meaning.markers;
        if meaning.answers_whole
            && let Some(fills) = meaning.fills
        {
            self.tape.answer(self.text, (meaning.source, index), fills.column.into());
        }
        Some(end)
    }

    /// Where the array at the cursor ends, if it is the record's first envelope: at least one object in it, and nothing
    /// else. It is noted.
    fn envelope(&mut self, cursor: Cursor) -> Option<usize> {
        if !self.expand || self.tape.envelope.is_some() {
            return None;
        }
        let end = objects(cursor, &mut self.tape.events)?;
        self.tape.envelope = Some(Span::new(cursor.at(), end));
        Some(end)
    }

    /// Adds what is inside the container that begins at the cursor. Gives where it ends.
    fn inside(&mut self, mut cursor: Cursor<'a>, place: u32, depth: usize) -> Option<usize> {
        if depth == MAX_DEPTH {
            self.stop = Stop::TooDeep(cursor.at());
            return None;
        }
        if cursor.next() == b'[' {
            return self.array(cursor, place, depth + 1);
        }
        // A single object where a list of items is looked for is an item.
        let inside = match self.node(place).map(|node| &node.elements) {
            Some(Elements::Items(item, _)) => *item,
            _ => place,
        };
        let object = self.keys.inner();
        self.object(cursor.at(), (inside, object), depth + 1)
    }

    fn array(&mut self, mut cursor: Cursor<'a>, place: u32, depth: usize) -> Option<usize> {
        cursor.step();
        if cursor.next() == b']' {
            return Some(cursor.at() + 1);
        }
        for position in 0.. {
            cursor.go_to(self.element(cursor.at(), place, depth, position)?);
            match cursor.next() {
                b',' => cursor.step(),
                b']' => break,
                _ => return None,
            }
        }
        Some(cursor.at() + 1)
    }

    /// The element that begins at `at`. Gives where it ends.
    fn element(&mut self, at: usize, place: u32, depth: usize, position: usize) -> Option<usize> {
        let mut cursor = Cursor::new(self.text.as_bytes(), at);
        let (mut telling, mut aside) = (None, NOWHERE);
        let by_position = |places: &[(usize, u32)]| {
            places.iter().find(|(at, _)| *at == position).map_or(NOWHERE, |(_, place)| *place)
        };
        let place = match self.node(place).map(|node| &node.elements) {
            Some(Elements::Items(item, places)) => {
                aside = by_position(places);
                *item
            }
            Some(Elements::Indexed(places)) => by_position(places),
            Some(Elements::Keyed { field, values }) => {
                let value = member(self.text, cursor, field);
                telling = value.map(|_| field);
                value.and_then(|value| values.get(value.as_bytes())).unwrap_or(NOWHERE)
            }
            Some(Elements::Alike) | None => NOWHERE,
        };
        let element = self.tape.entries.len();
        let first = cursor.next();
        let meaning = Meaning::of(self.plan, place);
        let end = match cursor.scalar_or_container(first)? {
            Value::Scalar(value, kind) => {
                self.tape.scalar((self.plan, self.text), Span::default(), (value, kind), &meaning);
                cursor.at()
            }
            Value::Container => self.container(cursor.at(), Span::default(), &meaning, depth)?,
        };
        if let Some(field) = telling.filter(|_| place != NOWHERE)
            && let Some(child) = self.child(element, field)
            && self.tape.entries[child].fate == Fate::Left
        {
            self.tape.entries[child].fate = Fate::Telling;
        }
        self.look_aside(element, aside);
        Some(end)
    }

    /// Matches an entry that stays with its item against a column's path through the list.
    fn look_aside(&mut self, index: usize, place: u32) {
        let Some(node) = self.node(place) else { return };
        if let Some(fills) = Meaning::of(self.plan, place).fills {
            self.tape.answer_aside((node.source, index), fills.column.into());
        }
        let children: Vec<usize> = self.tape.children(Some(index)).collect();
        for child in children {
            let next = node.keys.get(self.tape.entries[child].key.of(self.text).as_bytes());
            self.look_aside(child, next.unwrap_or(NOWHERE));
        }
    }

    /// The member `field`, which is folded, directly inside an entry.
    fn child(&self, of: usize, field: &str) -> Option<usize> {
        let is_field =
            |child: &usize| folds_to(self.tape.entries[*child].key.of(self.text).as_bytes(), field.as_bytes());
        self.tape.children(Some(of)).find(is_field)
    }
}

/// Where the array at the cursor ends, with at least one object and nothing else in it; notes the objects.
fn objects(mut cursor: Cursor, objects: &mut Vec<Span>) -> Option<usize> {
    objects.clear();
    cursor.step();
    loop {
        (cursor.next() == b'{').then(|| objects.push(cursor.container()))?;
        match cursor.next() {
            b',' => cursor.step(),
            b']' => return Some(cursor.at() + 1),
            _ => return None,
        }
    }
}

/// The scalar member `field`, which is folded, of the object at the cursor; a string without its quotes.
fn member<'a>(text: &'a str, mut cursor: Cursor, field: &str) -> Option<&'a str> {
    (cursor.next() == b'{').then(|| cursor.step())?;
    loop {
        let (key, _) = cursor.key()?;
        let first = cursor.next();
        let value = cursor.value()?;
        if !matches!(first, b'{' | b'[') && folds_to(key.of(text).as_bytes(), field.as_bytes()) {
            return Some(if first == b'"' { value.unquoted() } else { value }.of(text));
        }
        cursor.expect(b',')?;
    }
}

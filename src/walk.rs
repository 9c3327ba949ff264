//! One pass over an event's text: every member goes onto the tape, matched against the schema's tree.

use crate::cursor::Cursor;
use crate::json::{Span, unescape};
use crate::keys::{self, Meaning};
use crate::schema::Plan;
use crate::schema::fold::folds_to;
use crate::schema::plan::{Elements, NO_SOURCE, Node};
use crate::tape::{Entry, Fate, Kind, MAX_DEPTH, Stop, Tape, entry_number};

impl Tape {
    /// Adds the members of the object that begins at `at` in `text`. With `expand`, an envelope's array is left out and
    /// noted instead; the objects in it are only looked at when they are added themselves. Gives where the object ends.
    pub(crate) fn add(&mut self, plan: &Plan, text: &str, at: usize, expand: bool) -> Result<usize, Stop> {
        let mut walk = Walk { plan, text, cursor: Cursor::new(text, at), tape: self, expand };
        if walk.cursor.next() != b'{' {
            return Err(Stop::NotJson);
        }
        walk.object(Some(0), 1, 0)?;
        Ok(walk.cursor.at())
    }
}

/// A pass over one event.
struct Walk<'a> {
    plan: &'a Plan,
    text: &'a str,
    cursor: Cursor<'a>,
    tape: &'a mut Tape,
    /// Whether an array under an envelope's key is one.
    expand: bool,
}

impl<'a> Walk<'a> {
    fn node(&self, place: Option<u32>) -> Option<&'a Node> {
        place.and_then(|place| self.plan.nodes.get(place as usize))
    }

    /// The object that begins at the cursor, at `place` in the schema's tree. The hashes of its keys begin at `first_hash`.
    fn object(&mut self, place: Option<u32>, depth: usize, first_hash: usize) -> Result<(), Stop> {
        self.cursor.step();
        let mut more = self.cursor.next() != b'}';
        while more {
            self.member(place, depth)?;
            more = self.cursor.next() == b',';
            if more {
                self.cursor.step();
            }
        }
        self.cursor.expect(b'}').ok_or(Stop::NotJson)?;
        let tape = &mut *self.tape;
        tape.repeated = tape.repeated || keys::have_repeated(&mut tape.hashes[first_hash..]);
        // The event's own keys stay for what an envelope adds to them.
        tape.hashes.truncate(if depth == 1 { tape.hashes.len() } else { first_hash });
        Ok(())
    }

    #[inline(always)]
    fn member(&mut self, place: Option<u32>, depth: usize) -> Result<(), Stop> {
        let (key, (meaning, hash)) = if let Some((key, spelling)) = self.cursor.short_key() {
            (key, self.tape.keys.short(self.plan, place, spelling, || key.of(self.text).as_bytes()))
        } else {
            self.any_key(place)?
        };
        let first = self.cursor.next();
        if meaning.removed {
            self.tape.removed = true;
            return self.cursor.checked_value().ok_or(Stop::NotJson);
        }
        if meaning.envelope && first == b'[' && depth == 1 && self.envelope() {
            return Ok(());
        }
        self.tape.hashes.push(hash);
        self.value(key, meaning, first, depth)
    }

    #[inline(never)]
    fn any_key(&mut self, place: Option<u32>) -> Result<(Span, (Meaning, u64)), Stop> {
        let (key, escaped) = self.cursor.key().ok_or(Stop::NotJson)?;
        let tape = &mut *self.tape;
        let mut name = key.of(self.text);
        if escaped {
            tape.unescaped.clear();
            unescape(name, &mut tape.unescaped);
            name = &tape.unescaped;
        }
        Ok((key, tape.keys.meaning(self.plan, place, name.as_bytes())))
    }

    /// Steps over the array at the cursor and notes it, if it is the record's first envelope: at least one object in it,
    /// and nothing else.
    fn envelope(&mut self) -> bool {
        if !self.expand || self.tape.envelope.is_some() {
            return false;
        }
        let start = self.cursor.at();
        let Some(end) = objects(self.cursor, &mut self.tape.events) else { return false };
        self.tape.envelope = Some(Span::new(start, end));
        self.cursor.go_to(end);
        true
    }

    /// The value that begins at the cursor with `first`.
    #[inline(always)]
    fn value(&mut self, key: Span, meaning: Meaning, first: u8, depth: usize) -> Result<(), Stop> {
        let (index, start) = (self.tape.entries.len(), self.cursor.at());
        let scalar = match first {
            b'"' => Some(self.cursor.string().ok_or(Stop::NotJson)?),
            b'{' | b'[' => None,
            _ => Some(self.cursor.plain(first).ok_or(Stop::NotJson)?),
        };
        let container = if first == b'{' { Kind::Object } else { Kind::Array };
        let answers = scalar.is_some() || meaning.answers_whole;
        self.tape.entries.push(Entry {
            key,
            value: Span::new(start, self.cursor.at()),
            kind: scalar.map_or(container, Kind::Scalar),
            fate: Fate::Left,
            rule: meaning.rule,
            source: if answers { meaning.source } else { NO_SOURCE },
            end: entry_number(index + 1),
            stand_in: Span::default(),
        });
        if scalar.is_none() {
            self.inside(meaning.place, depth)?;
            let end = entry_number(self.tape.entries.len());
            let entry = &mut self.tape.entries[index];
            entry.value = Span::new(start, self.cursor.at());
            entry.end = end;
        }
        self.tape.markers |= meaning.markers;
        if answers
            && meaning.source != NO_SOURCE
            && let Some(before) = self.tape.answer(meaning.source, index)
        {
            // Said twice, the same way: once is enough.
            let [first, second] = [before, index].map(|entry| self.tape.entries[entry].value.of(self.text));
            if first == second {
                self.tape.entries[before].fate = Fate::Taken;
            }
        }
        Ok(())
    }

    /// Adds what is inside the container that begins at the cursor.
    #[inline(never)]
    fn inside(&mut self, place: Option<u32>, depth: usize) -> Result<(), Stop> {
        if depth == MAX_DEPTH {
            return Err(Stop::TooDeep(self.cursor.at()));
        }
        if self.cursor.next() == b'[' {
            return self.array(place, depth + 1);
        }
        // A single object where a list of items is looked for is an item.
        let inside = match self.node(place).map(|node| &node.elements) {
            Some(Elements::Items(item, _)) => Some(*item),
            _ => place,
        };
        self.object(inside, depth + 1, self.tape.hashes.len())
    }

    fn array(&mut self, place: Option<u32>, depth: usize) -> Result<(), Stop> {
        self.cursor.step();
        let mut position = 0;
        let mut more = self.cursor.next() != b']';
        while more {
            self.element(place, depth, position)?;
            position += 1;
            more = self.cursor.next() == b',';
            if more {
                self.cursor.step();
            }
        }
        self.cursor.expect(b']').ok_or(Stop::NotJson)
    }

    fn element(&mut self, place: Option<u32>, depth: usize, position: usize) -> Result<(), Stop> {
        let (mut telling, mut aside) = (None, None);
        let by_position =
            |places: &[(usize, u32)]| places.iter().find(|(at, _)| *at == position).map(|(_, place)| *place);
        let place = match self.node(place).map(|node| &node.elements) {
            Some(Elements::Items(item, places)) => {
                aside = by_position(places);
                Some(*item)
            }
            Some(Elements::Indexed(places)) => by_position(places),
            Some(Elements::Keyed { field, values }) => {
                let value = member(self.text, self.cursor, field);
                telling = value.map(|_| field);
                value.and_then(|value| values.get(value.as_bytes()))
            }
            Some(Elements::Alike) | None => None,
        };
        let element = self.tape.entries.len();
        let first = self.cursor.next();
        self.value(Span::default(), Meaning::of(self.plan, place), first, depth)?;
        if let Some(field) = telling.filter(|_| place.is_some())
            && let Some(child) = self.child(element, field)
        {
            self.tape.entries[child].fate = Fate::Telling;
        }
        if let Some(node) = self.node(aside) {
            self.look_aside(element, node);
        }
        Ok(())
    }

    /// Matches an entry that stays with its item against a column's path through the list.
    fn look_aside(&mut self, index: usize, node: &Node) {
        self.tape.answer(node.source, index);
        let children: Vec<usize> = self.tape.children(Some(index)).collect();
        for child in children {
            let next = node.keys.get(self.tape.entries[child].key.of(self.text).as_bytes());
            if let Some(node) = self.node(next) {
                self.look_aside(child, node);
            }
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

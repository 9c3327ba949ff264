//! One pass over an event: every member as one entry, in the order of the text, matched against the schema's tree.
//!
//! A tape is no document tree: entries are ranges of the text, and a container's entry knows where its own end.

use crate::bits::Bits;
use crate::cursor::{Cursor, Scalar};
use crate::json::{Span, unescape};
use crate::keys::{self, Keys};
use crate::schema::Plan;
use crate::schema::fold::folds_to;
use crate::schema::plan::{Elements, NO_SOURCE, Node, Rule};
use std::ops::Range;

/// Deepest nesting of objects and arrays in an event; the event itself is 1. Far above any page's attributes, far
/// below what Redshift's SUPER (1,000 levels) and this module's recursion can take.
pub const MAX_DEPTH: usize = 64;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Scalar(Scalar),
    Object,
    Array,
}

/// Why a text cannot be put on the tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It is not JSON.
    NotJson,
    /// It nests deeper than [`MAX_DEPTH`] at this byte.
    TooDeep(usize),
}

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// No column has it: it goes to `extra`.
    Left,
    /// A column has it.
    Taken,
    /// It tells its keyed element from the others: goes to `extra` only with something else of the element.
    Telling,
    /// Privacy forbids to keep it.
    Gone,
}

/// One member of an object or element of an array.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// Inside of the key; empty for elements.
    pub(crate) key: Span,
    /// The value's whole text.
    pub(crate) value: Span,
    pub(crate) kind: Kind,
    pub(crate) fate: Fate,
    /// What the key holds, if privacy protects that.
    pub(crate) rule: Option<Rule>,
    /// The path that the value answers, or [`NO_SOURCE`].
    pub(crate) source: u16,
    /// Index of the first entry after this one's own.
    pub(crate) end: u32,
    /// In [`crate::row::Row::made`]: what to write instead of the value, for privacy; empty for none.
    pub(crate) stand_in: Span,
}

/// The entries of one event. Its buffers are used again for the next one.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    pub(crate) entries: Vec<Entry>,
    /// Column sources that are answered.
    answered: Bits,
    /// For each that is: index of the entry that answers it.
    hits: Vec<u32>,
    /// Which dialect markers are there.
    pub(crate) markers: u64,
    /// Whether privacy removed a key.
    pub(crate) removed: bool,
    /// Whether some object may hold a key twice.
    pub(crate) repeated: bool,
    /// An array of objects where the schema knows an envelope: it has no entry.
    pub(crate) envelope: Option<Span>,
    /// The objects in it.
    pub(crate) events: Vec<Span>,
    /// Hashes of the keys of the objects that are open.
    hashes: Vec<u64>,
    keys: Keys,
    unescaped: String,
}

/// What is the same for a whole event.
struct Event<'a> {
    plan: &'a Plan,
    text: &'a str,
    /// Whether an array under an envelope's key is one.
    expand: bool,
}

impl<'a> Event<'a> {
    fn node(&self, place: Option<u32>) -> Option<&'a Node> {
        place.and_then(|place| self.plan.nodes.get(place as usize))
    }
}

impl Tape {
    /// Empties the tape.
    pub(crate) fn clear(&mut self, plan: &Plan) {
        self.entries.clear();
        self.answered.clear(plan.first_item_source());
        self.hits.resize(plan.first_item_source(), 0);
        self.markers = 0;
        self.removed = false;
        self.repeated = false;
        self.envelope = None;
        self.hashes.clear();
    }

    /// Makes the tape say what `other` does.
    pub(crate) fn copy(&mut self, other: &Self) {
        self.entries.clone_from(&other.entries);
        self.hits.clone_from(&other.hits);
        self.answered.copy(&other.answered);
        self.markers = other.markers;
        self.removed = other.removed;
        self.repeated = other.repeated;
        self.envelope = other.envelope;
        self.hashes.clone_from(&other.hashes);
    }

    /// Adds the members of the object that begins at `at` in `text`. With `expand`, an envelope's array is left out and
    /// noted instead; the objects in it are only looked at when they are added themselves. Gives where the object ends.
    pub(crate) fn add(&mut self, plan: &Plan, text: &str, at: usize, expand: bool) -> Result<usize, Stop> {
        let mut cursor = Cursor::new(text, at);
        if cursor.next() != b'{' {
            return Err(Stop::NotJson);
        }
        self.object(&Event { plan, text, expand }, &mut cursor, Some(0), 1, 0)?;
        Ok(cursor.at())
    }

    /// Takes back that column sources are answered: their entries are left over.
    pub(crate) fn forget(&mut self, sources: Range<usize>) {
        sources.for_each(|source| self.answered.remove(source));
    }

    /// Whether any of these column sources is answered.
    pub(crate) fn answers(&self, sources: Range<usize>) -> bool {
        self.answered.next(sources.start).is_some_and(|source| source < sources.end)
    }

    /// Which of these column sources are answered, best first, each with the entry that does.
    #[inline]
    pub(crate) fn hits(&self, sources: Range<usize>) -> impl Iterator<Item = (usize, usize)> + use<'_> {
        let next = move |from| self.answered.next(from).filter(|source| *source < sources.end);
        std::iter::successors(next(sources.start), move |source| next(source + 1))
            .map(|source| (source, self.hits[source] as usize))
    }

    /// The first column source from `from` on that is answered.
    pub(crate) fn next_answered(&self, from: usize) -> Option<usize> {
        self.answered.next(from)
    }

    /// The entries directly inside an entry, in order, or of the event for `None`.
    pub(crate) fn children(&self, of: Option<usize>) -> impl Iterator<Item = usize> + use<'_> {
        let (first, end) = match of {
            None => (0, self.entries.len()),
            Some(entry) => (entry + 1, self.entries[entry].end as usize),
        };
        let next = |child: &usize| self.entries.get(*child).map(|entry| entry.end as usize);
        std::iter::successors(Some(first), next).take_while(move |child| *child < end)
    }

    fn object(
        &mut self,
        event: &Event,
        cursor: &mut Cursor,
        place: Option<u32>,
        depth: usize,
        first_hash: usize,
    ) -> Result<(), Stop> {
        cursor.step();
        let mut more = cursor.next() != b'}';
        while more {
            self.member(event, cursor, place, depth)?;
            more = cursor.next() == b',';
            if more {
                cursor.step();
            }
        }
        cursor.expect(b'}').ok_or(Stop::NotJson)?;
        self.repeated = self.repeated || keys::have_repeated(&mut self.hashes[first_hash..]);
        // The event's own keys stay for what an envelope adds to them.
        self.hashes.truncate(if depth == 1 { self.hashes.len() } else { first_hash });
        Ok(())
    }

    #[inline(always)]
    fn member(&mut self, event: &Event, cursor: &mut Cursor, place: Option<u32>, depth: usize) -> Result<(), Stop> {
        let (key, escaped) = cursor.key().ok_or(Stop::NotJson)?;
        let mut name = key.of(event.text).as_bytes();
        if escaped {
            self.unescaped.clear();
            unescape(key.of(event.text), &mut self.unescaped);
            name = self.unescaped.as_bytes();
        }
        let (meaning, hash) = self.keys.meaning(event.plan, place, name);
        let first = cursor.next();
        if meaning.removed {
            self.removed = true;
            return cursor.checked_value().ok_or(Stop::NotJson);
        }
        if first == b'['
            && event.expand
            && depth == 1
            && self.envelope.is_none()
            && event.node(meaning.place).is_some_and(|node| node.envelope)
            && let Some(end) = self.envelope(*cursor)
        {
            self.envelope = Some(Span::new(cursor.at(), end));
            cursor.go_to(end);
            return Ok(());
        }
        self.hashes.push(hash);
        self.value(event, cursor, (key, meaning.rule), meaning.place, depth)
    }

    /// Where the array of objects at the cursor ends, with at least one object and nothing else in it; notes the objects.
    fn envelope(&mut self, mut cursor: Cursor) -> Option<usize> {
        self.events.clear();
        cursor.step();
        loop {
            (cursor.next() == b'{').then(|| self.events.push(cursor.container()))?;
            match cursor.next() {
                b',' => cursor.step(),
                b']' => return Some(cursor.at() + 1),
                _ => return None,
            }
        }
    }

    #[inline(always)]
    fn value(
        &mut self,
        event: &Event,
        cursor: &mut Cursor,
        (key, rule): (Span, Option<Rule>),
        place: Option<u32>,
        depth: usize,
    ) -> Result<(), Stop> {
        let (index, first) = (self.entries.len(), cursor.next());
        let start = cursor.at();
        let kind = match first {
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            _ => Kind::Scalar(cursor.scalar().ok_or(Stop::NotJson)?),
        };
        self.entries.push(Entry {
            key,
            value: Span::new(start, cursor.at()),
            kind,
            fate: Fate::Left,
            rule,
            source: NO_SOURCE,
            end: entry_number(index + 1),
            stand_in: Span::default(),
        });
        if !matches!(kind, Kind::Scalar(_)) {
            self.inside(event, cursor, place, depth)?;
            let end = entry_number(self.entries.len());
            let entry = &mut self.entries[index];
            entry.value = Span::new(start, cursor.at());
            entry.end = end;
        }
        if let Some(node) = event.node(place) {
            self.markers |= node.markers;
            // A container is an answer for a column that keeps trees, and where the schema looks for nothing inside.
            let answers = node.source != NO_SOURCE;
            if answers && (matches!(kind, Kind::Scalar(_)) || node.keeps_tree || node.is_leaf()) {
                self.entries[index].source = node.source;
                let source = usize::from(node.source);
                let said = self.hits(source..source + 1).next();
                if let Some((_, before)) = said {
                    // Said twice, the same way: once is enough.
                    let [first, second] = [before, index].map(|entry| self.entries[entry].value.of(event.text));
                    if first == second {
                        self.entries[before].fate = Fate::Taken;
                    }
                }
                self.answer(node.source, index);
            }
        }
        Ok(())
    }

    /// Adds what is inside the container that begins at the cursor.
    #[inline(never)]
    fn inside(&mut self, event: &Event, cursor: &mut Cursor, place: Option<u32>, depth: usize) -> Result<(), Stop> {
        if depth == MAX_DEPTH {
            return Err(Stop::TooDeep(cursor.at()));
        }
        if cursor.next() == b'[' {
            return self.array(event, cursor, place, depth + 1);
        }
        // A single object where a list of items is looked for is an item.
        let inside = match event.node(place).map(|node| &node.elements) {
            Some(Elements::Items(item, _)) => Some(*item),
            _ => place,
        };
        self.object(event, cursor, inside, depth + 1, self.hashes.len())
    }

    fn answer(&mut self, source: u16, index: usize) {
        if let Some(hit) = self.hits.get_mut(usize::from(source)) {
            *hit = entry_number(index);
            self.answered.add(usize::from(source));
        }
    }

    fn array(&mut self, event: &Event, cursor: &mut Cursor, place: Option<u32>, depth: usize) -> Result<(), Stop> {
        cursor.step();
        let mut position = 0;
        let mut more = cursor.next() != b']';
        while more {
            self.element(event, cursor, place, depth, position)?;
            position += 1;
            more = cursor.next() == b',';
            if more {
                cursor.step();
            }
        }
        cursor.expect(b']').ok_or(Stop::NotJson)
    }

    fn element(
        &mut self,
        event: &Event,
        cursor: &mut Cursor,
        place: Option<u32>,
        depth: usize,
        position: usize,
    ) -> Result<(), Stop> {
        let (mut telling, mut aside) = (None, None);
        let by_position =
            |places: &[(usize, u32)]| places.iter().find(|(at, _)| *at == position).map(|(_, place)| *place);
        let place = match event.node(place).map(|node| &node.elements) {
            Some(Elements::Items(item, places)) => {
                aside = by_position(places);
                Some(*item)
            }
            Some(Elements::Indexed(places)) => by_position(places),
            Some(Elements::Keyed { field, values }) => {
                let value = member(event.text, *cursor, field);
                telling = value.map(|_| field);
                value.and_then(|value| values.get(value.as_bytes()))
            }
            Some(Elements::Alike) | None => None,
        };
        let element = self.entries.len();
        self.value(event, cursor, (Span::default(), None), place, depth)?;
        if let Some(field) = telling.filter(|_| place.is_some())
            && let Some(child) = self.child(event, element, field)
        {
            self.entries[child].fate = Fate::Telling;
        }
        if let Some(node) = event.node(aside) {
            self.look_aside(event, element, node);
        }
        Ok(())
    }

    /// Matches an entry that stays with its item against a column's path through the list.
    fn look_aside(&mut self, event: &Event, index: usize, node: &Node) {
        self.answer(node.source, index);
        let children: Vec<usize> = self.children(Some(index)).collect();
        for child in children {
            let next = node.keys.get(self.entries[child].key.of(event.text).as_bytes());
            if let Some(node) = event.node(next) {
                self.look_aside(event, child, node);
            }
        }
    }

    /// The member `field`, which is folded, directly inside an entry.
    fn child(&self, event: &Event, of: usize, field: &str) -> Option<usize> {
        let is_field = |child: &usize| folds_to(self.entries[*child].key.of(event.text).as_bytes(), field.as_bytes());
        self.children(Some(of)).find(is_field)
    }
}

/// The number of an entry; an invocation's 6 MB never have more.
fn entry_number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
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

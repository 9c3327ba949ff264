//! One pass over an event: every member as one entry, in the order of the text, matched against the schema's tree.
//!
//! A tape is no document tree: entries are ranges of the text, and a container's entry knows where its own end.

use crate::json::{Cursor, Span, unescape};
use crate::reject::{Reason, Reject};
use crate::schema::Plan;
use crate::schema::fold::{folded_hash, folds_to};
use crate::schema::plan::{Elements, NO_SOURCE, Node};
use std::ops::Range;

/// Deepest nesting of objects and arrays in an event; the event itself is 1. Far above any page's attributes, far
/// below what Redshift's SUPER (1,000 levels) and this module's recursion can take.
pub const MAX_DEPTH: usize = 64;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Scalar,
    Object,
    Array,
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
    /// The path that the value answers, or [`NO_SOURCE`].
    pub(crate) source: u16,
    /// Index of the first entry after this one's own.
    pub(crate) end: u32,
    /// In [`crate::row::Row::made`]: what to write instead of the value, for privacy; empty for none.
    pub(crate) stand_in: Span,
}

/// The entries of one event. Its buffers are used again for the next one.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tape {
    pub(crate) entries: Vec<Entry>,
    /// For each column source: index of the entry that answers it, plus 1.
    hits: Vec<u32>,
    /// Which dialect markers are there.
    pub(crate) markers: u64,
    /// Whether privacy removed a key.
    pub(crate) removed: bool,
    /// Whether some object may hold a key twice.
    pub(crate) repeated: bool,
    /// An array of objects where the schema knows an envelope: it has no entry.
    pub(crate) envelope: Option<Span>,
    /// Hashes of the keys of the objects that are open.
    hashes: Vec<u64>,
    unescaped: String,
}

/// What is the same for a whole event.
#[derive(Clone, Copy)]
struct Event<'a> {
    plan: &'a Plan,
    text: &'a str,
    /// Whether an array under an envelope's key is one.
    expand: bool,
}

impl<'a> Event<'a> {
    fn node(self, place: Option<u32>) -> Option<&'a Node> {
        place.and_then(|place| self.plan.nodes.get(place as usize))
    }
}

impl Tape {
    /// Empties the tape.
    pub(crate) fn clear(&mut self, plan: &Plan) {
        self.entries.clear();
        self.hits.clear();
        self.hits.resize(plan.first_item_source(), 0);
        self.markers = 0;
        self.removed = false;
        self.repeated = false;
        self.envelope = None;
        self.hashes.clear();
    }

    /// Makes the tape what it was when `before` was cloned from it.
    pub(crate) fn go_back_to(&mut self, before: &Self) {
        self.entries.clone_from(&before.entries);
        self.hits.clone_from(&before.hits);
        self.markers = before.markers;
        self.removed = before.removed;
        self.repeated = before.repeated;
        self.envelope = before.envelope;
        self.hashes.clone_from(&before.hashes);
    }

    /// Adds the members of the object that begins at `at` in `text`, which serde_json has accepted. With `expand`, an
    /// envelope's array is left out and noted instead.
    ///
    /// # Errors
    /// [`Reason::TooDeep`].
    pub(crate) fn add(&mut self, plan: &Plan, text: &str, at: usize, expand: bool) -> Result<(), Reject> {
        let mut cursor = Cursor::new(text, at);
        let event = Event { plan, text, expand };
        self.object(event, &mut cursor, plan.nodes.first(), 1, 0)
    }

    /// Takes back that column sources are answered: their entries are left over.
    pub(crate) fn forget(&mut self, sources: Range<usize>) {
        self.hits.get_mut(sources).into_iter().flatten().for_each(|hit| *hit = 0);
    }

    /// Whether any of these column sources is answered.
    pub(crate) fn answers(&self, sources: Range<usize>) -> bool {
        self.hits.get(sources).is_some_and(|hits| hits.iter().any(|hit| *hit != 0))
    }

    /// The entry that answers a column source.
    pub(crate) fn hit(&self, source: usize) -> Option<usize> {
        self.hits.get(source).and_then(|hit| (*hit as usize).checked_sub(1))
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
        event: Event,
        cursor: &mut Cursor,
        node: Option<&Node>,
        depth: usize,
        first_hash: usize,
    ) -> Result<(), Reject> {
        cursor.step();
        while cursor.peek() == b'"' {
            let key = cursor.scalar().unquoted();
            let mut name = key.of(event.text).as_bytes();
            if memchr::memchr(b'\\', name).is_some() {
                self.unescaped.clear();
                unescape(key.of(event.text), &mut self.unescaped);
                name = self.unescaped.as_bytes();
            }
            let hash = folded_hash(name);
            let child = event.node(node.and_then(|node| node.keys.get_hashed(hash, name)));
            let removed = event.plan.removed_keys.get_hashed(hash, name).is_some();
            cursor.peek();
            if removed {
                cursor.value();
                self.removed = true;
                continue;
            }
            if event.expand
                && self.envelope.is_none()
                && depth == 1
                && child.is_some_and(|node| node.envelope)
                && is_envelope(*cursor)
            {
                self.envelope = Some(cursor.value().0);
                continue;
            }
            self.hashes.push(hash);
            self.value(event, cursor, key, child, depth)?;
        }
        cursor.step();
        let keys = &mut self.hashes[first_hash..];
        keys.sort_unstable();
        self.repeated |= keys.windows(2).any(|pair| pair[0] == pair[1]);
        // The event's own keys stay for what an envelope adds to them.
        self.hashes.truncate(if depth == 1 { self.hashes.len() } else { first_hash });
        Ok(())
    }

    fn value(
        &mut self,
        event: Event,
        cursor: &mut Cursor,
        key: Span,
        node: Option<&Node>,
        depth: usize,
    ) -> Result<(), Reject> {
        let (index, start) = (self.entries.len(), cursor.at());
        let kind = match cursor.peek() {
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            _ => Kind::Scalar,
        };
        if kind != Kind::Scalar && depth == MAX_DEPTH {
            let detail = format!("nested deeper than {MAX_DEPTH} at byte {start}");
            return Err(Reject::new(Reason::TooDeep, detail));
        }
        self.entries.push(Entry {
            key,
            value: Span::default(),
            kind,
            fate: Fate::Left,
            source: NO_SOURCE,
            end: 0,
            stand_in: Span::default(),
        });
        // A single object where a list of items is looked for is an item.
        let inside = match node.map(|node| &node.elements) {
            Some(Elements::Items(item, _)) => event.node(Some(*item)),
            _ => node,
        };
        match kind {
            Kind::Object => self.object(event, cursor, inside, depth + 1, self.hashes.len())?,
            Kind::Array => self.array(event, cursor, node, depth + 1)?,
            Kind::Scalar => {
                cursor.scalar();
            }
        }
        let end = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let entry = &mut self.entries[index];
        entry.value = Span::new(start, cursor.at());
        entry.end = end;
        if let Some(node) = node {
            self.markers |= node.markers;
            // A container is an answer for a column that keeps trees, and where the schema looks for nothing inside.
            if node.source != NO_SOURCE && (kind == Kind::Scalar || node.keeps_tree || node.is_leaf()) {
                entry.source = node.source;
                if let Some(before) = self.hit(usize::from(node.source)) {
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

    fn answer(&mut self, source: u16, index: usize) {
        if let Some(hit) = self.hits.get_mut(usize::from(source)) {
            *hit = u32::try_from(index + 1).unwrap_or(0);
        }
    }

    fn array(&mut self, event: Event, cursor: &mut Cursor, node: Option<&Node>, depth: usize) -> Result<(), Reject> {
        cursor.step();
        let mut position = 0;
        while !matches!(cursor.peek(), b']' | 0) {
            let (mut telling, mut aside) = (None, None);
            let by_position =
                |places: &[(usize, u32)]| places.iter().find(|(at, _)| *at == position).map(|(_, place)| *place);
            let place = match node.map(|node| &node.elements) {
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
            self.value(event, cursor, Span::default(), event.node(place), depth)?;
            if let Some(field) = telling.filter(|_| place.is_some())
                && let Some(child) = self.child(event, element, field)
            {
                self.entries[child].fate = Fate::Telling;
            }
            if let Some(node) = event.node(aside) {
                self.look_aside(event, element, node);
            }
            position += 1;
        }
        cursor.step();
        Ok(())
    }

    /// Matches an entry that stays with its item against a column's path through the list.
    fn look_aside(&mut self, event: Event, index: usize, node: &Node) {
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
    fn child(&self, event: Event, of: usize, field: &str) -> Option<usize> {
        let is_field = |child: &usize| folds_to(self.entries[*child].key.of(event.text).as_bytes(), field.as_bytes());
        self.children(Some(of)).find(is_field)
    }
}

/// Whether an array of objects begins at the cursor, with at least one and nothing else in it.
fn is_envelope(mut cursor: Cursor) -> bool {
    if cursor.peek() != b'[' {
        return false;
    }
    cursor.step();
    let mut objects = 0;
    while cursor.peek() == b'{' {
        cursor.value();
        objects += 1;
    }
    objects > 0 && cursor.peek() == b']'
}

/// The scalar member `field`, which is folded, of the object at the cursor; a string without its quotes.
fn member<'a>(text: &'a str, mut cursor: Cursor, field: &str) -> Option<&'a str> {
    if cursor.peek() != b'{' {
        return None;
    }
    cursor.step();
    while cursor.peek() == b'"' {
        let key = cursor.scalar().unquoted();
        cursor.peek();
        let (value, depth) = cursor.value();
        if depth == 0 && folds_to(key.of(text).as_bytes(), field.as_bytes()) {
            let quoted = value.of(text).starts_with('"');
            return Some(if quoted { value.unquoted() } else { value }.of(text));
        }
    }
    None
}

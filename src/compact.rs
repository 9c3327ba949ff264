//! Entries of a tape as JSON text again: compact, safe for every reader, without what privacy forbids.

use crate::derive::ip;
use crate::derive::privacy::scrub;
use crate::json::{Mended, Span, push_string, unescape};
use crate::row::{Flag, FlagSet};
use crate::schema::{MAX_VARCHAR, Plan};
use crate::tape::{Fate, Kind, Tape};
use std::borrow::Cow;
use std::collections::HashMap;

/// Which entries are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Those that no column has.
    Left,
    /// All but those that privacy forbids: a tree that a column keeps.
    Whole,
}

impl Keep {
    fn keeps(self, fate: Fate) -> bool {
        match fate {
            Fate::Left | Fate::Telling => true,
            Fate::Taken => self == Self::Whole,
            Fate::Gone => false,
        }
    }
}

/// Writes the inside of one container.
pub(crate) struct Compact<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) text: &'a str,
    pub(crate) tape: &'a Tape,
    /// Where the entries' stand-ins are.
    pub(crate) made: &'a str,
    pub(crate) keep: Keep,
    /// What was done on the way.
    pub(crate) flags: FlagSet,
}

impl Compact<'_> {
    /// Appends what is kept of the container `of` (of the event, for `None`) as a JSON value of at most
    /// [`MAX_VARCHAR`] bytes. Nothing if nothing is kept.
    pub(crate) fn container(&mut self, of: Option<usize>, out: &mut String) {
        let is_array = of.is_some_and(|entry| self.tape.entries[entry].kind == Kind::Array);
        let start = out.len();
        let mut parts = Vec::new();
        out.push(if is_array { '[' } else { '{' });
        if self.members(of, out, Some(&mut parts)) {
            out.push(if is_array { ']' } else { '}' });
            if fit(out, start, &parts, is_array) {
                self.flags.raise(Flag::Overflow);
            }
        } else {
            out.truncate(start);
        }
    }

    /// Appends the members or elements that are kept, comma-separated; notes their ranges in `parts`. False if there
    /// are none.
    fn members(&mut self, of: Option<usize>, out: &mut String, mut parts: Option<&mut Vec<Span>>) -> bool {
        let mut names = self.tape.repeated.then(|| self.names(of));
        let (start, mut any, mut tells_of_something) = (out.len(), false, false);
        let tape = self.tape;
        let is_object = of.is_none_or(|entry| tape.entries[entry].kind == Kind::Object);
        for child in tape.children(of) {
            let entry = &tape.entries[child];
            if !self.keep.keeps(entry.fate) {
                continue;
            }
            let before = out.len();
            if any {
                out.push(',');
            }
            let part = out.len();
            if is_object {
                self.key(entry.key, names.as_mut(), out);
                out.push(':');
            }
            if self.value(child, out) {
                any = true;
                tells_of_something |= self.keep == Keep::Whole || entry.fate != Fate::Telling;
                if let Some(parts) = parts.as_deref_mut() {
                    parts.push(Span::new(part, out.len()));
                }
            } else {
                out.truncate(before);
            }
        }
        if !tells_of_something {
            out.truncate(start);
        }
        tells_of_something
    }

    /// Appends what is kept of a value. False if that is nothing.
    pub(crate) fn value(&mut self, index: usize, out: &mut String) -> bool {
        let entry = &self.tape.entries[index];
        let (open, close) = match entry.kind {
            Kind::Scalar => {
                if let Some(network) = self.network(index) {
                    push_string(&network, out);
                } else {
                    self.scalar(entry.value.of(self.text), entry.stand_in, out);
                }
                return true;
            }
            Kind::Object => ('{', '}'),
            Kind::Array => ('[', ']'),
        };
        let (before, is_empty) = (out.len(), entry.end as usize == index + 1);
        out.push(open);
        let any = self.members(Some(index), out, None);
        out.push(close);
        // What was empty when it came is kept; what the columns have emptied is not.
        if !any && !is_empty && self.keep == Keep::Left {
            out.truncate(before);
            return false;
        }
        true
    }

    /// The network to write instead of an IP address under a key that holds one.
    fn network(&mut self, index: usize) -> Option<String> {
        let entry = &self.tape.entries[index];
        let is_address =
            !entry.key.is_empty() && self.plan.address_keys.get(entry.key.of(self.text).as_bytes()).is_some();
        let network = is_address.then(|| ip::network(entry.value.unquoted().of(self.text))).flatten()?;
        self.flags.raise(Flag::IpShortened);
        Some(network)
    }

    fn scalar(&mut self, raw: &str, stand_in: Span, out: &mut String) {
        if !stand_in.is_empty() {
            return push_string(stand_in.of(self.made), out);
        }
        if !raw.starts_with('"') {
            // JSON allows numbers that no reader can hold; as text they are kept and hurt nobody.
            let huge = (raw.len() > 300 || raw.contains(['e', 'E'])) && raw.parse::<f64>().is_ok_and(f64::is_infinite);
            return if huge { push_string(raw, out) } else { out.push_str(raw) };
        }
        let inner = Span::new(0, raw.len()).unquoted().of(raw);
        let meaning = self.meaning(inner);
        match (scrub(self.plan, &meaning, &mut self.flags), meaning) {
            (Some(clean), _) => push_string(&clean, out),
            (None, Cow::Borrowed(_)) => out.push_str(raw),
            (None, Cow::Owned(meaning)) => push_string(&meaning, out),
        }
    }

    fn key(&mut self, key: Span, names: Option<&mut HashMap<String, [usize; 2]>>, out: &mut String) {
        let name = self.meaning(key.of(self.text));
        let ordinal = names.and_then(|names| {
            let [total, seen] = names.get_mut(name.as_ref())?;
            *seen += 1;
            (*seen < *total).then_some(*seen)
        });
        match (ordinal, name) {
            (Some(ordinal), name) => {
                self.flags.raise(Flag::KeyRepeated);
                push_string(&format!("{name}~{ordinal}"), out);
            }
            (None, Cow::Borrowed(name)) => out.extend(["\"", name, "\""]),
            (None, Cow::Owned(name)) => push_string(&name, out),
        }
    }

    /// How often each key of the container is there to be kept, and has been written so far.
    fn names(&mut self, of: Option<usize>) -> HashMap<String, [usize; 2]> {
        let mut names = HashMap::new();
        let (tape, keep) = (self.tape, self.keep);
        for child in tape.children(of) {
            let entry = &tape.entries[child];
            if keep.keeps(entry.fate) {
                names.entry(self.meaning(entry.key.of(self.text)).into_owned()).or_insert([0, 0])[0] += 1;
            }
        }
        names
    }

    /// What the inside of a string means; borrowed where that is how it is written.
    fn meaning<'t>(&mut self, inner: &'t str) -> Cow<'t, str> {
        if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
            return inner.into();
        }
        let mut meaning = String::new();
        if unescape(inner, &mut meaning) == Mended(true) {
            self.flags.raise(Flag::TextMended);
        }
        meaning.into()
    }
}

/// Makes the container at the end of `json` fit [`MAX_VARCHAR`] by leaving out parts: the largest members of an
/// object, the last elements of an array. True if it had to.
fn fit(json: &mut String, start: usize, parts: &[Span], is_array: bool) -> bool {
    let limit = MAX_VARCHAR as usize;
    let mut length = json.len() - start;
    if length <= limit {
        return false;
    }
    let size = |part: usize| parts[part].end() - parts[part].start() + 1;
    let mut victims: Vec<usize> = (0..parts.len()).rev().collect();
    if !is_array {
        victims.sort_by_key(|part| std::cmp::Reverse(size(*part)));
    }
    let mut kept = vec![true; parts.len()];
    for victim in victims {
        if length <= limit {
            break;
        }
        length -= size(victim);
        kept[victim] = false;
    }
    let parts: Vec<&str> = parts.iter().zip(kept).filter(|(_, kept)| *kept).map(|(part, _)| part.of(json)).collect();
    let rest = parts.join(",");
    json.truncate(start);
    let (open, close) = if is_array { ("[", "]") } else { ("{", "}") };
    json.extend([open, &rest, close]);
    true
}

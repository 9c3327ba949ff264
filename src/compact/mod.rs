//! Entries of a tape as JSON text again: compact, safe for every reader, without what privacy forbids.

mod fit;
mod names;

use crate::chunk::find;
use crate::cursor::Scalar;
use crate::derive::ip;
use crate::derive::privacy::{hash_address, hash_email, scrub};
use crate::json::{Mended, Span, push_string, unescape};
use crate::row::{Flag, FlagSet};
use crate::schema::{Plan, Rule};
use crate::tape::{Fate, Kind, Tape};
use fit::fit;
use names::Names;
use std::borrow::Cow;

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
    /// Appends what is kept of the container `of` (of the event, for `None`) as a JSON value of at most `limit` bytes.
    /// Nothing if nothing is kept.
    pub(crate) fn container(&mut self, of: Option<usize>, limit: usize, out: &mut String) {
        let is_array = of.is_some_and(|entry| self.tape.entries[entry].kind == Kind::Array);
        let (open, close) = if is_array { ('[', ']') } else { ('{', '}') };
        let start = out.len();
        out.push(open);
        if !self.members(of, None, out, None) {
            return out.truncate(start);
        }
        out.push(close);
        if out.len() - start > limit {
            let mut parts = Vec::new();
            out.truncate(start);
            out.push(open);
            self.members(of, None, out, Some(&mut parts));
            out.push(close);
            fit(out, start, &parts, is_array, limit);
            self.flags.raise(Flag::Overflow);
        }
    }

    /// Appends the members or elements that are kept, comma-separated; notes their ranges in `parts`. False if there
    /// are none. `rule`: what the key above holds, if privacy protects it.
    fn members(
        &mut self,
        of: Option<usize>,
        rule: Option<Rule>,
        out: &mut String,
        mut parts: Option<&mut Vec<Span>>,
    ) -> bool {
        let tape = self.tape;
        let is_object = of.is_none_or(|entry| tape.entries[entry].kind == Kind::Object);
        let mut names = (is_object && tape.repeated).then(|| self.names(of));
        let (start, mut any, mut tells_of_something) = (out.len(), false, false);
        for child in tape.children(of) {
            let entry = &tape.entries[child];
            if !self.keep.keeps(entry.fate) || names.is_some() && !self.writes(child) {
                continue;
            }
            let (before, flags) = (out.len(), self.flags);
            if any {
                out.push(',');
            }
            let part = out.len();
            let mut rule = rule;
            if is_object {
                let key = self.meaning(entry.key.of(self.text));
                rule = entry.rule.or(rule);
                self.key(key, names.as_mut(), out);
                out.push(':');
            }
            if self.value(child, rule, out) {
                any = true;
                tells_of_something |= self.keep == Keep::Whole || entry.fate != Fate::Telling;
                if let Some(parts) = parts.as_deref_mut() {
                    parts.push(Span::new(part, out.len()));
                }
            } else {
                // What is not written needed no mending.
                out.truncate(before);
                self.flags = flags;
            }
        }
        if !tells_of_something {
            out.truncate(start);
        }
        tells_of_something
    }

    /// Appends what is kept of a value. False if that is nothing.
    pub(crate) fn value(&mut self, index: usize, rule: Option<Rule>, out: &mut String) -> bool {
        let entry = &self.tape.entries[index];
        let (open, close) = match entry.kind {
            Kind::Scalar(kind) => {
                self.scalar(entry.value, kind, entry.stand_in, rule, out);
                return true;
            }
            Kind::Object => ('{', '}'),
            Kind::Array => ('[', ']'),
        };
        let (before, is_empty) = (out.len(), entry.end as usize == index + 1);
        out.push(open);
        let any = self.members(Some(index), rule, out, None);
        out.push(close);
        // What was empty when it came is kept; what the columns have emptied is not.
        if !any && !is_empty && self.keep == Keep::Left {
            out.truncate(before);
            return false;
        }
        true
    }

    /// Whether [`Self::value`] will write something of a value that is kept.
    fn writes(&self, index: usize) -> bool {
        let entry = &self.tape.entries[index];
        let tells = |child: &usize| {
            let fate = self.tape.entries[*child].fate;
            self.keep.keeps(fate) && fate != Fate::Telling && self.writes(*child)
        };
        matches!(entry.kind, Kind::Scalar(_))
            || self.keep == Keep::Whole
            || entry.end as usize == index + 1
            || self.tape.children(Some(index)).any(|child| tells(&child))
    }

    fn scalar(&mut self, value: Span, kind: Scalar, stand_in: Span, rule: Option<Rule>, out: &mut String) {
        let raw = value.of(self.text);
        if !stand_in.is_empty() {
            return push_string(stand_in.of(self.made), out);
        }
        if kind == Scalar::Plain {
            // JSON allows numbers that no reader can hold; as text they are kept and hurt nobody.
            let has_exponent = || raw.bytes().any(|b| matches!(b, b'e' | b'E'));
            let huge = (raw.len() > 300 || has_exponent()) && raw.parse::<f64>().is_ok_and(f64::is_infinite);
            return if huge { push_string(raw, out) } else { out.push_str(raw) };
        }
        let inner = value.unquoted().of(self.text);
        let meaning = if kind == Scalar::Escaped { self.meaning(inner) } else { inner.into() };
        let protected = rule.and_then(|rule| self.protected(rule, &meaning));
        let clean = protected.or_else(|| match kind {
            Scalar::Text => None,
            _ => scrub(self.plan, &meaning, &mut self.flags),
        });
        match (clean, meaning) {
            (Some(clean), _) => push_string(&clean, out),
            (None, Cow::Borrowed(_)) => out.push_str(raw),
            (None, Cow::Owned(meaning)) => push_string(&meaning, out),
        }
    }

    /// What to write instead of an address under a key that holds one. What is no address there is none to keep, either,
    /// if it may hold one: an IP address that cannot be read cannot be shortened.
    fn protected(&mut self, rule: Rule, meaning: &str) -> Option<String> {
        let (instead, flag) = match rule {
            Rule::Ip => (ip::network(meaning).unwrap_or_default(), Flag::IpShortened),
            _ => (hash_email(meaning)?, Flag::EmailHashed),
        };
        self.flags.raise(flag);
        Some(instead)
    }

    fn key(&mut self, key: Cow<str>, names: Option<&mut Names>, out: &mut String) {
        let renamed = names.and_then(|names| names.next(&key));
        match (hash_address(&key), renamed, key) {
            (Some(hash), ..) => {
                self.flags.raise(Flag::EmailHashed);
                push_string(&hash, out);
            }
            (None, Some(name), _) => {
                self.flags.raise(Flag::KeyRepeated);
                push_string(&name, out);
            }
            (None, None, Cow::Borrowed(key)) => out.extend(["\"", key, "\""]),
            (None, None, Cow::Owned(key)) => push_string(&key, out),
        }
    }

    /// The keys of the members that will be written.
    fn names(&mut self, of: Option<usize>) -> Names {
        let tape = self.tape;
        let written = |child: &usize| self.keep.keeps(tape.entries[*child].fate) && self.writes(*child);
        let children: Vec<usize> = tape.children(of).filter(written).collect();
        Names::new(children.into_iter().map(|child| self.meaning(tape.entries[child].key.of(self.text)).into_owned()))
    }

    /// What the inside of a string means; borrowed where that is how it is written.
    fn meaning<'t>(&mut self, inner: &'t str) -> Cow<'t, str> {
        if find(inner.as_bytes(), 0, *b"\\").is_none() {
            return inner.into();
        }
        let mut meaning = String::new();
        if unescape(inner, &mut meaning) == Mended(true) {
            self.flags.raise(Flag::TextMended);
        }
        meaning.into()
    }
}

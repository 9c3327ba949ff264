//! Entries of a tape as JSON text again: compact, safe for every reader, without what privacy forbids.

mod fit;
mod names;

use crate::chunk::find;
use crate::cursor::Scalar;
use crate::derive::ip;
use crate::derive::privacy::{hash_address, hash_email, scrub};
use crate::json::{Mended, Span, has_any, push_string, unescape};
use crate::row::{Flag, FlagSet};
use crate::schema::{Plan, Rule};
use crate::tape::{Entry, Fate, Kind, Tape};
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
    /// A bit for each fate of what is written.
    #[inline(always)]
    fn fates(self) -> u32 {
        let left = 1 << Fate::Left as u32 | 1 << Fate::Telling as u32;
        if self == Self::Whole { left | 1 << Fate::Taken as u32 } else { left }
    }

    fn keeps(self, fate: Fate) -> bool {
        self.fates() >> fate as u32 & 1 != 0
    }
}

/// Writes the inside of one container.
pub(crate) struct Compact<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) text: &'a str,
    pub(crate) tape: &'a Tape,
    /// Where the entries' stand-ins are, and what is written comes after them.
    pub(crate) made: &'a mut String,
    pub(crate) keep: Keep,
    /// What was done on the way.
    pub(crate) flags: FlagSet,
}

impl<'a> Compact<'a> {
    /// Appends what is kept of the container `of` (of the event, for `None`) as a JSON value of at most `limit` bytes.
    /// Nothing if nothing is kept.
    pub(crate) fn container(&mut self, of: Option<usize>, limit: usize) {
        let is_array = of.is_some_and(|entry| self.tape.entries[entry].kind == Kind::Array);
        let (open, close) = if is_array { ("[", "]") } else { ("{", "}") };
        let start = self.made.len();
        self.made.push_str(open);
        if !self.members(of, None, None) {
            return self.made.truncate(start);
        }
        self.made.push_str(close);
        if self.made.len() - start > limit {
            let mut parts = Vec::new();
            self.made.truncate(start);
            self.made.push_str(open);
            self.members(of, None, Some(&mut parts));
            self.made.push_str(close);
            fit(self.made, start, &parts, is_array, limit);
            self.flags.raise(Flag::Overflow);
        }
    }

    /// Appends the members or elements that are kept, comma-separated; notes their ranges in `parts`. False if there
    /// are none. `rule`: what the key above holds, if privacy protects it.
    #[inline(always)]
    fn members(&mut self, of: Option<usize>, rule: Option<Rule>, parts: Option<&mut Vec<Span>>) -> bool {
        if parts.is_some() || self.tape.repeated {
            self.these_members::<true>(of, rule, parts)
        } else {
            self.these_members::<false>(of, rule, None)
        }
    }

    /// [`Self::members`]; not `NOTED`, and `parts` is none, if no object may hold a key twice.
    fn these_members<const NOTED: bool>(
        &mut self,
        of: Option<usize>,
        rule: Option<Rule>,
        mut parts: Option<&mut Vec<Span>>,
    ) -> bool {
        let entries = self.tape.entries.as_slice();
        let (first, end, is_object) = match of {
            None => (0, entries.len(), true),
            Some(entry) => (entry + 1, entries[entry].end as usize, entries[entry].kind == Kind::Object),
        };
        let mut names = (NOTED && is_object && self.tape.repeated).then(|| self.names(of));
        let (start, mut any, mut tells_of_something) = (self.made.len(), false, false);
        let (keep, fates, mut next) = (self.keep, self.keep.fates(), first);
        let entries = &entries[..end];
        while let Some((child, entry)) = kept(entries, next, fates) {
            next = entry.end as usize;
            let is_emptied = keep == Keep::Left && is_emptied(entries, child, fates);
            if is_emptied || names.is_some() && !self.writes(child) {
                continue;
            }
            let (before, flags) = (self.made.len(), self.flags);
            if any {
                self.made.push(',');
            }
            let part = self.made.len();
            let as_it_is = if is_object && names.is_none() { self.as_it_is(entry, rule) } else { None };
            if let Some(member) = as_it_is {
                self.made.push_str(member);
            } else if !self.member(child, rule, is_object, if NOTED { names.as_mut() } else { None }) {
                // What is not written needed no mending.
                self.made.truncate(before);
                self.flags = flags;
                continue;
            }
            any = true;
            tells_of_something |= keep == Keep::Whole || entry.fate != Fate::Telling;
            if NOTED && let Some(parts) = parts.as_deref_mut() {
                parts.push(Span::new(part, self.made.len()));
            }
        }
        if !tells_of_something {
            self.made.truncate(start);
        }
        tells_of_something
    }

    /// Appends a member, or an element, that may need a change. False, and something of it may be there, if nothing of its value is kept.
    #[inline(never)]
    fn member(&mut self, index: usize, rule: Option<Rule>, is_object: bool, names: Option<&mut Names>) -> bool {
        let mut rule = rule;
        if is_object {
            let entry = &self.tape.entries[index];
            rule = entry.rule.or(rule);
            self.key(entry.key, names);
        }
        self.value(index, rule)
    }

    /// The text of a member that needs no change: nearly all of those with a scalar, if the producer writes no spaces.
    #[inline(always)]
    fn as_it_is(&self, entry: &Entry, rule: Option<Rule>) -> Option<&'a str> {
        let Entry { key, value, .. } = *entry;
        let is_kept = match entry.kind {
            Kind::Scalar(Scalar::Text) => true,
            Kind::Scalar(Scalar::Plain) => !is_huge(self.text, value),
            _ => false,
        };
        // Between the two are a quote and a colon.
        let is_compact = key.end() + 2 == value.start();
        let has_other = rule.is_some() || entry.rule.is_some() || !entry.stand_in.is_empty();
        (is_kept && is_compact && !has_other && is_plain(self.text, key))
            .then(|| self.text.get(key.start() - 1..value.end()))
            .flatten()
    }

    /// Appends what is kept of a value. False if that is nothing.
    #[inline(always)]
    pub(crate) fn value(&mut self, index: usize, rule: Option<Rule>) -> bool {
        let entry = &self.tape.entries[index];
        let (open, close) = match entry.kind {
            Kind::Scalar(kind) => {
                self.scalar(entry.value, kind, entry.stand_in, rule);
                return true;
            }
            Kind::Object => ("{", "}"),
            Kind::Array => ("[", "]"),
        };
        let (before, is_empty) = (self.made.len(), entry.end as usize == index + 1);
        self.made.push_str(open);
        let any = self.members(Some(index), rule, None);
        self.made.push_str(close);
        // What was empty when it came is kept; what the columns have emptied is not.
        if !any && !is_empty && self.keep == Keep::Left {
            self.made.truncate(before);
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

    #[inline(never)]
    fn scalar(&mut self, value: Span, kind: Scalar, stand_in: Span, rule: Option<Rule>) {
        let raw = value.of(self.text);
        if !stand_in.is_empty() {
            let stand_in = stand_in.of(self.made).to_owned();
            return push_string(&stand_in, self.made);
        }
        if kind == Scalar::Plain {
            return if is_huge(self.text, value) { push_string(raw, self.made) } else { self.made.push_str(raw) };
        }
        let inner = value.unquoted().of(self.text);
        let meaning = if kind == Scalar::Escaped { self.meaning(inner) } else { inner.into() };
        let protected = rule.and_then(|rule| self.protected(rule, &meaning));
        let clean = protected.or_else(|| match kind {
            Scalar::Text => None,
            _ => scrub(self.plan, &meaning, &mut self.flags),
        });
        match (clean, meaning) {
            (Some(clean), _) => push_string(&clean, self.made),
            (None, Cow::Borrowed(_)) => self.made.push_str(raw),
            (None, Cow::Owned(meaning)) => push_string(&meaning, self.made),
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

    /// Appends a key, and the colon after it.
    #[inline(always)]
    fn key(&mut self, key: Span, names: Option<&mut Names>) {
        let quoted = self.text.get(key.start() - 1..=key.end()).unwrap_or_default();
        if names.is_none() && is_plain(self.text, key) {
            self.made.push_str(quoted);
        } else {
            self.other_key(key.of(self.text), names);
        }
        self.made.push(':');
    }

    /// Appends a key that may have to be another.
    #[inline(never)]
    fn other_key(&mut self, spelled: &str, names: Option<&mut Names>) {
        let key = self.meaning(spelled);
        let renamed = names.and_then(|names| names.next(&key));
        match (hash_address(&key), renamed, key) {
            (Some(hash), ..) => {
                self.flags.raise(Flag::EmailHashed);
                push_string(&hash, self.made);
            }
            (None, Some(name), _) => {
                self.flags.raise(Flag::KeyRepeated);
                push_string(&name, self.made);
            }
            (None, None, key) => push_string(&key, self.made),
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

/// The first entry from `next` on with one of these fates, steps over what is inside of the others.
#[inline(always)]
fn kept(entries: &[Entry], mut next: usize, fates: u32) -> Option<(usize, &Entry)> {
    loop {
        let entry = entries.get(next)?;
        if fates >> entry.fate as u32 & 1 != 0 {
            return Some((next, entry));
        }
        next = entry.end as usize;
    }
}

/// Whether an entry was not empty when it came, and nothing in it, as deep as it goes, has one of these fates.
#[inline(always)]
fn is_emptied(entries: &[Entry], index: usize, fates: u32) -> bool {
    let is_leaf = |(entry, at): (&Entry, usize)| entry.end as usize == at + 1 && fates >> entry.fate as u32 & 1 != 0;
    let inside = index + 1..entries[index].end as usize;
    !inside.is_empty() && !entries[inside.clone()].iter().zip(inside).any(is_leaf)
}

/// Whether a key, as it is spelled, means just that, and is no address.
#[inline(always)]
fn is_plain(text: &str, key: Span) -> bool {
    !has_any(text, key, *b"\\@")
}

/// JSON allows numbers that no reader can hold; as text they are kept and hurt nobody.
#[inline(always)]
fn is_huge(text: &str, number: Span) -> bool {
    // The shortest is `1e309`.
    number.len() > 4
        && (number.len() > 300 || has_any(text, number, *b"eE"))
        && number.of(text).parse::<f64>().is_ok_and(f64::is_infinite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Keys;
    use proptest::prelude::*;

    /// An event whose attributes no column has taken.
    fn compacted(plan: &Plan, event: &str, keep: Keep) -> (String, FlagSet) {
        let mut tape = Tape::default();
        tape.clear(plan);
        tape.add((plan, &mut Keys::default()), event, (0, 1), false).expect("an event");
        let mut json = String::new();
        let mut compact = Compact { plan, text: event, tape: &tape, made: &mut json, keep, flags: FlagSet::default() };
        compact.container(None, usize::MAX);
        let flags = compact.flags;
        (json, flags)
    }

    proptest! {
        #[test]
        fn a_member_is_written_the_same_however_it_is_spaced(
            members in proptest::collection::vec((
                prop_oneof!["[a-e]{0,2}", Just("ip".to_owned()), Just("a@b.de".to_owned()), "[a-z]{14,18}@?", r"a\\u00(41|00)"],
                prop_oneof![
                    "-?[1-9][0-9]{0,4}(\\.[0-9]{1,3})?([eE][0-9]{1,3})?", "true|false|null", "\"[a-zü ]{0,20}\"",
                    r#""[a-z@.?&=%#]{0,12}""#, Just(r#""a@b.de""#.to_owned()), r#""(\\u0041|\\"|\\u0000|x){0,3}""#, "[1-9]{301,310}",
                    Just(r#""203.0.113.77""#.to_owned()),
                ],
            ), 0..6),
        ) {
            let plan = Plan::embedded().expect("the schema compiles");
            let [compact, spaced] = [":", ": "].map(|colon| {
                let members: Vec<_> = members.iter().map(|(key, value)| format!("\"{key}\"{colon}{value}")).collect();
                format!("{{{}}}", members.join(","))
            });
            for keep in [Keep::Left, Keep::Whole] {
                prop_assert_eq!(compacted(&plan, &compact, keep), compacted(&plan, &spaced, keep), "{}", compact);
            }
        }
    }
}

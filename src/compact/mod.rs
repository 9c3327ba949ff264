//! Entries of a tape as JSON text again: compact, safe for every reader, without what privacy forbids.

mod fit;
mod names;

use crate::cursor::{Cursor, Scalar};
use crate::derive::ip;
use crate::derive::privacy::{hash_address, hash_email, scrub};
use crate::json::{Mended, Span, has_any, meaning, push_string};
use crate::row::{Flag, FlagSet};
use crate::schema::{Plan, Rule};
use crate::tape::{Entry, Fate, Kind, Tape};
use fit::fit;
use names::numbers;
use std::borrow::Cow;
use std::fmt::Write;

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
}

/// Writes the inside of one container.
pub(crate) struct Compact<'a> {
    plan: &'a Plan,
    text: &'a str,
    tape: &'a Tape,
    /// Where the entries' stand-ins are, and what is written comes after them.
    pub(crate) made: &'a mut String,
    keep: Keep,
    /// What was done on the way.
    pub(crate) flags: FlagSet,
    /// What was found last that is kept, and has nothing in it: nothing around it is emptied.
    leaf: usize,
    /// Members of objects that are not done, if a key may be repeated there: an entry, and where what was written begins.
    written: Vec<(usize, usize)>,
}

impl<'a> Compact<'a> {
    /// Appends to `made`.
    #[inline(always)]
    pub(crate) fn new(plan: &'a Plan, text: &'a str, tape: &'a Tape, made: &'a mut String, keep: Keep) -> Self {
        Self { plan, text, tape, made, keep, flags: FlagSet::default(), leaf: 0, written: Vec::new() }
    }

    /// Appends what is kept of the container `of` (of the event, for `None`) as a JSON value of at most `limit` bytes.
    /// Nothing if nothing is kept.
    pub(crate) fn container(&mut self, of: Option<usize>, limit: usize) {
        let is_array = of.is_some_and(|entry| self.tape.entries[entry].kind == Kind::Array);
        let (open, close) = if is_array { ("[", "]") } else { ("{", "}") };
        let start = self.made.len();
        self.made.push_str(open);
        if !self.members(of, None) {
            return self.made.truncate(start);
        }
        self.made.push_str(close);
        if fit(self.made, start, limit) {
            self.flags.raise(Flag::Overflow);
        }
    }

    /// Appends the members or elements that are kept, comma-separated. False if there are none. `rule`: what the key above
    /// holds, if privacy protects it.
    fn members(&mut self, of: Option<usize>, rule: Option<Rule>) -> bool {
        let entries = self.tape.entries.as_slice();
        let (first, end, is_object) = match of {
            None => (0, entries.len(), true),
            Some(entry) => (entry + 1, entries[entry].end as usize, entries[entry].kind == Kind::Object),
        };
        let may_repeat = is_object && self.tape.repeated;
        let written = self.written.len();
        let (start, mut any, mut tells_of_something) = (self.made.len(), false, false);
        let (keep, fates, mut next) = (self.keep, self.keep.fates(), first);
        let entries = &entries[..end];
        while let Some((child, entry)) = kept(entries, next, fates) {
            next = entry.end as usize;
            if next > child + 1 && keep == Keep::Left && self.is_emptied(&entries[..next], child, fates) {
                continue;
            }
            let (before, flags) = (self.made.len(), self.flags);
            if any {
                self.made.push(',');
            }
            let part = self.made.len();
            let as_it_is = if is_object { self.as_it_is(entry, rule) } else { None };
            if let Some(member) = as_it_is {
                self.made.push_str(member);
            } else if !self.member(child, rule, is_object) {
                // What is not written needed no mending.
                self.made.truncate(before);
                self.flags = flags;
                continue;
            }
            any = true;
            tells_of_something |= keep == Keep::Whole || entry.fate != Fate::Telling;
            if may_repeat {
                self.written.push((child, part));
            }
        }
        if may_repeat {
            self.number(written);
        }
        if !tells_of_something {
            self.made.truncate(start);
        }
        tells_of_something
    }

    /// Gives the members of an object names that differ: those from `first` on among the written.
    #[inline(never)]
    fn number(&mut self, first: usize) {
        if self.written.len() - first < 2 {
            return self.written.truncate(first);
        }
        let (tape, members) = (self.tape, self.written.split_off(first));
        let keys: Vec<_> = members.iter().map(|(entry, _)| self.meaning(tape.entries[*entry].key)).collect();
        let Some(numbers) = numbers(keys.iter().map(|key| &**key)) else { return };
        let (start, mut copied) = (members[0].1, 0);
        let unnumbered = self.made.split_off(start);
        for ((_, at), number) in members.into_iter().zip(numbers) {
            if number == 0 {
                continue;
            }
            let key = Cursor::new(unnumbered.as_bytes(), at - start).key();
            let end = key.map_or(copied, |(key, _)| key.end());
            let _ = write!(self.made, "{}~{number}", &unnumbered[copied..end]);
            copied = end;
            self.flags.raise(Flag::KeyRepeated);
        }
        self.made.push_str(&unnumbered[copied..]);
    }

    /// Whether nothing is kept of what is in the entry at `index`, as deep as it goes; with that, `entries` end.
    #[inline(always)]
    fn is_emptied(&mut self, entries: &[Entry], index: usize, fates: u32) -> bool {
        if self.leaf > index && self.leaf < entries.len() {
            return false;
        }
        let leaf = leaf(entries, index + 1, fates);
        self.leaf = leaf.unwrap_or(self.leaf);
        leaf.is_none()
    }

    /// Appends a member, or an element, that may need a change. False, and something of it may be there, if nothing of its value is kept.
    #[inline(never)]
    fn member(&mut self, index: usize, rule: Option<Rule>, is_object: bool) -> bool {
        let mut rule = rule;
        if is_object {
            let entry = &self.tape.entries[index];
            rule = entry.rule.or(rule);
            self.key(entry.key);
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
        let any = self.members(Some(index), rule);
        self.made.push_str(close);
        // What was empty when it came is kept; what the columns have emptied is not.
        if !any && !is_empty && self.keep == Keep::Left {
            self.made.truncate(before);
            return false;
        }
        true
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
        let inner = value.unquoted();
        let meaning = if kind == Scalar::Escaped { self.meaning(inner) } else { inner.of(self.text).into() };
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
    fn key(&mut self, key: Span) {
        if is_plain(self.text, key) {
            self.made.push_str(self.text.get(key.start() - 1..=key.end()).unwrap_or_default());
        } else {
            self.other_key(key);
        }
        self.made.push(':');
    }

    /// Appends a key that may have to be another.
    #[inline(never)]
    fn other_key(&mut self, spelled: Span) {
        let key = self.meaning(spelled);
        let hash = hash_address(&key);
        if hash.is_some() {
            self.flags.raise(Flag::EmailHashed);
        }
        push_string(hash.as_deref().unwrap_or(&key), self.made);
    }

    /// What the inside of a string means.
    fn meaning(&mut self, inner: Span) -> Cow<'a, str> {
        let (meaning, mended) = meaning(self.text, inner);
        if mended == Mended(true) {
            self.flags.raise(Flag::TextMended);
        }
        meaning
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

/// The first entry from `at` on with nothing in it and one of these fates.
#[inline(always)]
fn leaf(entries: &[Entry], mut at: usize, fates: u32) -> Option<usize> {
    for entry in entries.get(at..)? {
        if fates >> entry.fate as u32 & 1 != 0 && entry.end as usize == at + 1 {
            return Some(at);
        }
        at += 1;
    }
    None
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
        let mut compact = Compact::new(plan, event, &tape, &mut json, keep);
        compact.container(None, usize::MAX);
        let flags = compact.flags;
        (json, flags)
    }

    /// An object, and how it is written.
    fn object(members: &[(String, (String, String))]) -> (String, String) {
        let [mut sent, mut written] = [Vec::new(), Vec::new()];
        for (at, (key, (value, is_written))) in members.iter().enumerate() {
            let comes_again = members[at + 1..].iter().any(|(other, _)| other == key);
            let is_free = |name: &String| members.iter().all(|(key, _)| key != name) && !written.contains(name);
            let name = (1..100).map(|number| format!("{key}~{number}")).find(is_free).filter(|_| comes_again);
            sent.push(format!("\"{key}\":{value}"));
            written.push(name.unwrap_or_else(|| key.clone()));
            written.push(is_written.clone());
        }
        let written: Vec<_> = written.chunks(2).map(|pair| format!("\"{}\":{}", pair[0], pair[1])).collect();
        (format!("{{{}}}", sent.join(",")), format!("{{{}}}", written.join(",")))
    }

    fn objects() -> impl Strategy<Value = (String, String)> {
        let leaf = Just(("1".to_owned(), "1".to_owned()));
        leaf.prop_recursive(4, 60, 6, |inner| {
            let list = |(sent, written): (String, String)| (format!("[{sent},1]"), format!("[{written},1]"));
            let value = prop_oneof![inner.clone(), inner.prop_map(list)];
            proptest::collection::vec(("[ab]|a~[12]", value), 1..6).prop_map(|members| object(&members))
        })
    }

    proptest! {
        #[test]
        fn repeated_keys_are_numbered_at_every_depth(
            (event, written) in proptest::collection::vec(("[ab]|a~[12]", objects()), 1..6).prop_map(|members| object(&members)),
        ) {
            let plan = Plan::embedded().expect("the schema compiles");
            let (json, flags) = compacted(&plan, &event, Keep::Whole);
            prop_assert_eq!(&json, &written, "{}", event);
            prop_assert_eq!(flags.has(Flag::KeyRepeated), event != written);
        }

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

//! What functions fill, compiled: steps in column order, and together those that one look can pass over. Most columns
//! have a function, and most events give few of them anything to work on.

use super::plan::{Column, Derivation, Dialect, Roles};
use super::source::FunctionName;
use crate::chunk::{Chunk, SIZE, first};
use crate::json::Span;

/// The functions of all columns.
#[derive(Debug, Default)]
pub(crate) struct Derived {
    /// As if in column order, a column's functions best first.
    pub(crate) runs: Vec<Run>,
    /// The columns that name an item: those that take the first item's first field, its id.
    pub(crate) naming: Vec<usize>,
    /// The item fields whose sums are needed.
    pub(crate) summed: Vec<usize>,
    /// The columns that are taken apart as URLs.
    pub(crate) urls: Vec<Url>,
    /// How many searches for parameters there are.
    pub(crate) searches: usize,
    /// What functions say in every row in the same words; each says a part of it.
    pub(crate) words: String,
    /// How each dialect is called; last, an event of none.
    dialects: Vec<Span>,
}

/// Steps that need the same.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) need: Need,
    /// The column that may not be null for that.
    pub(crate) column: Option<usize>,
    pub(crate) steps: Vec<Step>,
}

/// What has to be there for a function to give something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Nothing,
    Items,
    /// A first item that speaks for the row.
    FirstItem,
    /// A value of this column.
    Value(usize),
    /// A user agent, in this column.
    Agent(usize),
    /// A URL: index into [`Derived::urls`].
    Url(usize),
    /// Its query.
    Query(usize),
}

/// One function of one column.
#[derive(Debug)]
pub(crate) struct Step {
    /// The column that it fills, if that is null.
    pub(crate) column: usize,
    /// Which of the column's functions it is.
    pub(crate) nth: u16,
    /// The widest text that the column holds; of a column that holds none, no limit.
    pub(crate) width: u32,
    pub(crate) gives: Gives,
}

/// What a function gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Gives {
    Arrival,
    Hash,
    Dialect,
    /// This part of [`Derived::words`].
    Words(Span),
    /// The name of what filled a column, which may be one of these searches, each of a URL.
    Source {
        column: usize,
        searches: Vec<(usize, usize)>,
    },
    /// A column's value, if the event is of one of these types.
    On {
        column: usize,
        event_types: Vec<usize>,
    },
    Host,
    Path,
    Query,
    /// What a search has found in a URL's query.
    Parameter(usize),
    Count,
    /// The sum of an item field.
    Sum(usize),
    /// An item field.
    First(usize),
    Browser,
    Os,
    Device,
    Bot,
}

/// A column that holds a URL.
#[derive(Debug)]
pub(crate) struct Url {
    pub(crate) column: usize,
    /// What is searched for in its query.
    pub(crate) keys: Keys,
}

/// The keys of the searches in one query.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// Sorted by [`head`].
    whole: Vec<Key>,
    /// Those that stand for every key that ends like them.
    ends: Vec<Key>,
}

/// A key that a search is content with.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) search: usize,
    /// Of what is there, the key with the lowest rank counts.
    pub(crate) rank: usize,
    text: String,
    head: u128,
}

impl Derived {
    /// Compiles the functions of `columns`.
    pub(super) fn new(
        (columns, roles): (&[Column], &Roles),
        event_types: &[String],
        dialects: &[Dialect],
        version: u32,
    ) -> Self {
        use FunctionName as F;
        let (mut derived, mut touched) = (Self::default(), Vec::new());
        for name in dialects.iter().map(|dialect| dialect.name.as_str()).chain(["custom"]) {
            let words = derived.say(name);
            derived.dialects.push(words);
        }
        let all = || {
            columns.iter().enumerate().flat_map(|(index, column)| {
                (0..).zip(&column.derivations).map(move |(nth, function)| (index, nth, function))
            })
        };
        let searches: Vec<(usize, u16)> =
            all().filter(|(.., function)| is_search(function)).map(|(column, nth, _)| (column, nth)).collect();
        let search = |column, nth| searches.iter().position(|search| *search == (column, nth)).unwrap_or_default();
        derived.searches = searches.len();
        for (column, nth, function) in all() {
            let read = function.column;
            let mut reads = vec![read];
            let (need, gives) = match function.name {
                F::Arrival => (Need::Nothing, Gives::Arrival),
                F::Hash => {
                    reads = vec![roles.event_time];
                    (Need::Nothing, Gives::Hash)
                }
                F::Dialect => (Need::Nothing, Gives::Dialect),
                F::Version => (Need::Nothing, Gives::Words(derived.say(&version.to_string()))),
                F::Source => {
                    let of = (0..).zip(&columns[read].derivations).filter(|(_, function)| is_search(function));
                    let searches: Vec<_> =
                        of.map(|(nth, function)| (derived.url(function.column), search(read, nth))).collect();
                    reads.extend(searches.iter().map(|(url, _)| derived.urls[*url].column));
                    (Need::Value(read), Gives::Source { column: read, searches })
                }
                F::On => {
                    let index = |name| event_types.iter().position(|event_type| event_type == name);
                    let event_types = function.keys.iter().filter_map(index).collect();
                    reads.push(roles.event_name);
                    (Need::Value(read), Gives::On { column: read, event_types })
                }
                F::Host => (Need::Url(derived.url(read)), Gives::Host),
                F::Path => (Need::Url(derived.url(read)), Gives::Path),
                F::Query if function.keys.is_empty() => (Need::Query(derived.url(read)), Gives::Query),
                F::Query => {
                    let (url, search) = (derived.url(read), search(column, nth));
                    derived.urls[url].keys.add(search, &function.keys);
                    (Need::Query(url), Gives::Parameter(search))
                }
                F::Count => (Need::Items, Gives::Count),
                F::Sum => {
                    if !derived.summed.contains(&function.field) {
                        derived.summed.push(function.field);
                    }
                    (Need::Items, Gives::Sum(function.field))
                }
                F::First => {
                    if function.field == 0 {
                        derived.naming.push(column);
                    }
                    (Need::FirstItem, Gives::First(function.field))
                }
                F::Browser => (Need::Agent(read), Gives::Browser),
                F::Os => (Need::Agent(read), Gives::Os),
                F::Device => (Need::Agent(read), Gives::Device),
                F::Bot => (Need::Agent(read), Gives::Bot),
                // They are filled when all other columns are.
                F::Extra | F::Flags => continue,
            };
            let width = columns[column].kind.width().unwrap_or(u32::MAX);
            derived.add(need, Step { column, nth, width, gives }, reads, &mut touched);
        }
        derived
    }

    /// Adds the step that is next in column order and reads these columns. It joins the run of its like, unless a run after
    /// that could tell: one that fills what the step reads or fills, or reads what it fills. `touched` are the columns that
    /// each run fills and reads.
    fn add(&mut self, need: Need, step: Step, reads: Vec<usize>, touched: &mut Vec<(Vec<usize>, Vec<usize>)>) {
        let (column, reads) = (step.column, reads.into_iter().filter(|read| *read != step.column).collect::<Vec<_>>());
        let can_tell = |(filled, read): &(Vec<usize>, Vec<usize>)| {
            filled.iter().any(|filled| *filled == column || reads.contains(filled)) || read.contains(&column)
        };
        let from = touched.iter().rposition(can_tell).unwrap_or_default();
        let like = (from..self.runs.len()).find(|run| self.runs[*run].need == need).unwrap_or_else(|| {
            let column = match need {
                Need::Nothing | Need::Items | Need::FirstItem => None,
                Need::Value(column) | Need::Agent(column) => Some(column),
                Need::Url(url) | Need::Query(url) => Some(self.urls[url].column),
            };
            self.runs.push(Run { need, column, steps: Vec::new() });
            touched.push(<(Vec<_>, Vec<_>)>::default());
            self.runs.len() - 1
        });
        self.runs[like].steps.push(step);
        touched[like].0.push(column);
        touched[like].1.extend(reads);
    }

    /// How the dialect at `place` in the schema's list is called, in [`Self::words`].
    pub(crate) fn dialect(&self, place: Option<usize>) -> Span {
        self.dialects[place.unwrap_or(self.dialects.len() - 1)]
    }

    /// Puts words among [`Self::words`].
    fn say(&mut self, words: &str) -> Span {
        let start = self.words.len();
        self.words.push_str(words);
        Span::new(start, self.words.len())
    }

    /// The index of the URL in `column`.
    fn url(&mut self, column: usize) -> usize {
        self.urls.iter().position(|url| url.column == column).unwrap_or_else(|| {
            self.urls.push(Url { column, keys: Keys::default() });
            self.urls.len() - 1
        })
    }
}

/// Whether a function looks for parameters of a URL.
fn is_search(function: &Derivation) -> bool {
    function.name == FunctionName::Query && !function.keys.is_empty()
}

impl Keys {
    /// Adds the keys of a search, best first, as schema.toml spells them.
    pub(crate) fn add(&mut self, search: usize, spelled: &[String]) {
        for (spelled, rank) in spelled.iter().zip(0..) {
            let (text, keys) = match spelled.strip_prefix('*') {
                Some(end) => (end, &mut self.ends),
                None => (spelled.as_str(), &mut self.whole),
            };
            keys.push(Key { search, rank, text: text.to_owned(), head: head(text) });
        }
        self.whole.sort_by_key(|key| key.head);
    }

    /// Those that a parameter of this name is found under.
    pub(crate) fn of(&self, name: &str) -> impl Iterator<Item = &Key> {
        let head = head(name);
        let from = self.whole.partition_point(|key| key.head < head);
        let alike = self.whole[from..].iter().take_while(move |key| key.head == head);
        // Of a longer name, the head says only how it begins.
        let whole = alike.filter(|key| name.len() < SIZE || key.text.eq_ignore_ascii_case(name));
        let ends = self.ends.iter().filter(|key| {
            let from = name.len().checked_sub(key.text.len());
            from.is_some_and(|from| name.as_bytes()[from..].eq_ignore_ascii_case(key.text.as_bytes()))
        });
        whole.chain(ends)
    }
}

/// How a name begins, in whatever case: the whole name, if it is shorter than that.
#[inline(always)]
fn head(name: &str) -> u128 {
    u128::from_le_bytes(Chunk::new(first(name.as_bytes())).lower())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Plan;
    use proptest::prelude::*;

    #[test]
    fn what_needs_the_same_is_done_at_once() {
        let plan = Plan::embedded().expect("the schema compiles");
        let runs = &plan.derived.runs;
        for (place, run) in runs.iter().enumerate() {
            assert!(!runs[..place].iter().any(|other| other.need == run.need), "{:?}", run.need);
        }
    }

    proptest! {
        #[test]
        fn a_name_is_found_under_what_it_spells_in_any_case(
            spelled in proptest::collection::vec("\\*?[abA]{0,2}|[ab]{15,17}", 1..9),
            name in "[abAB]{0,3}|[aAbB]{15,17}",
        ) {
            let mut keys = Keys::default();
            keys.add(7, &spelled);
            let mut ranks: Vec<_> = keys.of(&name).map(|key| key.rank).collect();
            ranks.sort_unstable();
            let lower = name.to_lowercase();
            let is = |key: &str| match key.strip_prefix('*') {
                Some(end) => lower.ends_with(end),
                None => lower == key,
            };
            let expected: Vec<_> = (0..spelled.len()).filter(|rank| is(&spelled[*rank].to_lowercase())).collect();
            prop_assert_eq!(ranks, expected);
        }
    }
}

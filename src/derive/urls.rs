//! What follows from the URLs of a row. Each is taken apart once, and searched once.

use super::url::{Parameter, Parts};
use super::{Event, each, finish};
use crate::json::Span;
use crate::row::{Cell, FilledBy, Row};
use crate::schema::derived::{Gives, Step};
use std::borrow::Cow;

/// The URLs of a row, by their index in [`crate::schema::derived::Derived::urls`].
#[derive(Debug, Default)]
pub(super) struct Urls {
    /// Those that were taken apart, and their parts.
    parts: Vec<(usize, Parts)>,
    /// Those whose parameters were looked at.
    searched: Vec<usize>,
    /// What each search for a parameter has found.
    found: Vec<Option<Parameter>>,
}

impl Urls {
    /// Forgets those of the last row.
    pub(super) fn clear(&mut self) {
        self.parts.clear();
        self.searched.clear();
    }

    /// Host and path: mostly parts of the cell with the URL.
    #[inline(never)]
    pub(super) fn of_url(&mut self, event: &Event, row: &mut Row, steps: &[Step], index: usize) {
        let cell = row.cell(event.plan.derived.urls[index].column);
        let parts = Parts::of(cell.bytes(event.text, &row.made));
        let plain = [parts.plain_host(), parts.plain_path()];
        self.parts.push((index, parts));
        for step in steps {
            match plain[usize::from(step.gives != Gives::Host)] {
                Some(part) if part.len() <= step.width as usize => {
                    row.cells.offer(step.column, cell.part(part), FilledBy::Function(step.nth));
                }
                _ => self.of_odd_url(event, row, step, index),
            }
        }
    }

    /// A host or path that may have to be changed.
    #[inline(never)]
    fn of_odd_url(&mut self, event: &Event, row: &mut Row, step: &Step, index: usize) {
        let (cell, parts) = self.parts(event, row, index);
        each(row, std::slice::from_ref(step), |row, step| match step.gives {
            Gives::Host => part(event, row, step, (cell, |url| parts.host(url))),
            _ => part(event, row, step, (cell, |url| parts.path(url).map(Cow::Borrowed))),
        });
    }

    /// A query, and what is found in it.
    #[inline(never)]
    pub(super) fn of_query(&mut self, event: &Event, row: &mut Row, steps: &[Step], index: usize) {
        let (cell, parts) = self.parts(event, row, index);
        if !parts.has_query() {
            return;
        }
        let found = self.search(event, row, index);
        for step in steps {
            let found = if let Gives::Parameter(search) = step.gives { found[search] } else { None };
            match found.and_then(Parameter::plain_value) {
                Some(value) if value.len() <= step.width as usize => {
                    row.cells.offer(step.column, cell.part(value), FilledBy::Function(step.nth));
                }
                _ => each(row, std::slice::from_ref(step), |row, step| match step.gives {
                    Gives::Parameter(_) => {
                        part(event, row, step, (cell, |url| found.map(|parameter| parameter.decoded(url).1)))
                    }
                    _ => part(event, row, step, (cell, |url| parts.query(url).map(Cow::Borrowed))),
                }),
            }
        }
    }

    /// The cell of a URL that is there, and its parts.
    #[inline(always)]
    fn parts(&mut self, event: &Event, row: &Row, index: usize) -> (Cell, Parts) {
        let cell = row.cell(event.plan.derived.urls[index].column);
        if let Some((_, parts)) = self.parts.iter().find(|(known, _)| *known == index) {
            return (cell, *parts);
        }
        let parts = Parts::of(cell.bytes(event.text, &row.made));
        self.parts.push((index, parts));
        (cell, parts)
    }

    /// What each search has found: those in the query of this URL, and those in others that were asked for.
    fn search(&mut self, event: &Event, row: &Row, index: usize) -> &[Option<Parameter>] {
        if !self.searched.contains(&index) {
            let derived = &event.plan.derived;
            if self.searched.is_empty() {
                self.found.clear();
                self.found.resize(derived.searches, None);
            }
            self.searched.push(index);
            let (cell, parts) = self.parts(event, row, index);
            let url = cell.of(event.text, &row.made).unwrap_or_default();
            parts.search(url, &derived.urls[index].keys, &mut self.found);
        }
        &self.found
    }

    /// The name of the first parameter that these searches, each of a URL, have found.
    pub(super) fn name(&mut self, event: &Event, row: &Row, searches: &[(usize, usize)]) -> Option<String> {
        searches.iter().find_map(|&(index, search)| {
            let url = row.get(event.text, event.plan.derived.urls[index].column)?;
            let (name, _) = self.search(event, row, index)[search]?.decoded(url);
            Some(name.to_ascii_lowercase())
        })
    }
}

/// A part of the URL in a cell as a column holds it.
fn part(
    event: &Event,
    row: &mut Row,
    step: &Step,
    (cell, part): (Cell, impl Fn(&str) -> Option<Cow<'_, str>>),
) -> Cell {
    let url = cell.of(event.text, &row.made).unwrap_or_default();
    let Some(part) = part(url) else { return Cell::Empty };
    let (kept, flags) = finish(event.plan, step, part);
    if kept.is_empty() {
        return Cell::Empty;
    }
    let cell = match Span::within(url, &kept) {
        Some(part) => cell.part(part),
        None => {
            let own = kept.into_owned();
            Cell::make(&own, &mut row.made)
        }
    };
    row.flag(step.column, flags);
    cell
}

#[cfg(test)]
mod tests {
    use crate::schema::Plan;
    use crate::transform::Transform;
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;

    #[test]
    fn a_part_is_in_the_row_wherever_it_stands() {
        let mut transform = Transform::new(Plan::embedded().expect("the schema compiles"));
        for (url, expected) in [
            ("https://a.example", r#""page_host":"a.example","page_path":"/","#),
            ("https://A.example/b?q=c+d", r#""page_host":"a.example","page_path":"/b","page_query":"q=c+d","#),
            ("https://a.example/b?utm_id=1&q=", r#""page_query":"utm_id=1&q=","utm_id":"1","#),
        ] {
            let event = format!(r#"{{"event":"x","url":"{url}"}}"#);
            transform.record(BASE64_STANDARD.encode(event), 0, 1_000).expect("a row");
            let row = str::from_utf8(transform.rows()).expect("text");
            assert!(row.contains(expected), "{row}");
        }
    }
}

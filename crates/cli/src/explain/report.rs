//! The coverage, for people and for programs.

use super::coverage::Coverage;
use super::suggest::{Advice, OtherName, Suggestions, Unmapped, quoted};
use super::text::{Style, shown};
use clickstream::reject::Reason;
use clickstream::schema::Plan;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The coverage and what would make it better.
#[derive(Debug)]
pub(super) struct Report<'a> {
    coverage: &'a Coverage,
    plan: &'a Plan,
    suggestions: Suggestions,
}

impl<'a> Report<'a> {
    /// Of what was counted with `plan`, whose text is `schema`.
    pub(super) fn new(coverage: &'a Coverage, plan: &'a Plan, schema: &str) -> Self {
        Self { coverage, plan, suggestions: Suggestions::new(coverage, plan, schema) }
    }

    fn never_filled(&self) -> Vec<&str> {
        let columns = self.plan.columns.iter().zip(&self.coverage.filled);
        columns.filter(|(_, filled)| **filled == 0).map(|(column, _)| column.name.as_str()).collect()
    }

    fn cut(&self) -> bool {
        self.coverage.other_names.cut || self.coverage.extra.cut || self.coverage.items_extra.cut
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        let coverage = self.coverage;
        let failed = Reason::ALL.iter().zip(coverage.failed).filter(|(_, n)| *n > 0);
        let filled = self.plan.columns.iter().zip(&coverage.filled).filter(|(_, n)| **n > 0);
        json!({
            "records": coverage.records,
            "ok": coverage.ok,
            "dropped": coverage.dropped,
            "failed": failed.map(|(reason, n)| (reason.code(), n)).collect::<BTreeMap<_, _>>(),
            "refused": coverage.refused,
            "events": coverage.rows + coverage.rejected,
            "rows": coverage.rows,
            "rejected": coverage.rejected,
            "other": coverage.other,
            "nameless": coverage.nameless,
            "other_names": self.suggestions.other_names.iter().map(|other| match &other.advice {
                Advice::Alias { of, aliases } =>
                    json!({ "name": other.name, "rows": other.rows, "alias_of": of, "aliases": aliases }),
                Advice::NewType(name) => json!({ "name": other.name, "rows": other.rows, "event_type": name }),
                Advice::Rare | Advice::NoRoom => json!({ "name": other.name, "rows": other.rows }),
            }).collect::<Vec<_>>(),
            "unmapped": self.suggestions.unmapped.iter().map(|attribute| json!({
                "path": attribute.path,
                "of": if attribute.of_item { "item" } else { "event" },
                "count": attribute.rows,
                "type": attribute.kind.map(|kind| kind.to_string()),
                "column": attribute.column,
            })).collect::<Vec<_>>(),
            "passed_over": self.suggestions.passed_over.iter().map(|(path, n)| json!({ "path": path, "count": n }))
                .collect::<Vec<_>>(),
            "filled": filled.map(|(column, n)| (column.name.as_str(), n)).collect::<BTreeMap<_, _>>(),
            "never_filled": self.never_filled(),
            "flags": coverage.flags,
            "at_least": self.cut(),
            "sections": self.suggestions.sections,
        })
    }

    /// For people.
    pub(super) fn text(&self, style: Style) -> String {
        let mut page = String::new();
        self.sums(&mut page);
        self.types(&mut page, style);
        self.attributes(&mut page, style);
        self.columns(&mut page, style);
        if self.cut() {
            page.push_str(
                "\nThere were too many different names to keep: rare ones are not listed, counts may be low.\n",
            );
        }
        self.lines(&mut page, style);
        page
    }

    fn sums(&self, page: &mut String) {
        let Coverage { records, ok, dropped, refused, rows, rejected, .. } = self.coverage;
        let failed = self.coverage.failed_in_all();
        let holds = *records == ok + dropped + failed + refused;
        let sum = if holds { "adds up" } else { "DOES NOT ADD UP" };
        let reasons = Reason::ALL.iter().zip(self.coverage.failed).filter(|(_, n)| *n > 0);
        let reasons: Vec<_> = reasons.map(|(reason, n)| format!("{} {n}", reason.code())).collect();
        let refused = if *refused > 0 { format!(" + {refused} refused") } else { String::new() };
        let _ =
            writeln!(page, "records {records:>8} = {ok} ok + {dropped} dropped + {failed} failed{refused}   ({sum})");
        let _ = writeln!(page, "events  {:>8} = {rows} rows + {rejected} rejected", rows + rejected);
        if !reasons.is_empty() {
            let _ = writeln!(page, "failed  {failed:>8}   {}", reasons.join(", "));
        }
    }

    fn types(&self, page: &mut String, style: Style) {
        let Coverage { rows, other, nameless, .. } = self.coverage;
        let title = format!("{other} of {rows} rows ({}) are filed under other", percent(*other, *rows));
        let _ = writeln!(page, "\n{}", style.strong(&title));
        for OtherName { name, rows, advice } in &self.suggestions.other_names {
            let advice = match advice {
                Advice::Alias { of, .. } => format!("an alias of {of}?"),
                Advice::NewType(name) => format!("a new event type, {name}?"),
                Advice::Rare => "rare: leave it".into(),
                Advice::NoRoom => "no new event type works: the quota is full, or the name is taken".into(),
            };
            let _ = writeln!(page, "{rows:>8}  {:<32}  {}", shown(name), style.faint(&advice));
        }
        if *nameless > 0 {
            let named = self.plan.column("event_name").map(|column| self.plan.paths(&self.plan.columns[column]));
            let named: Vec<_> = named.into_iter().flatten().collect();
            let advice = format!("not called anything under {}", named.join(", "));
            let _ = writeln!(page, "{nameless:>8}  {:<32}  {}", "", style.faint(&advice));
        }
    }

    fn attributes(&self, page: &mut String, style: Style) {
        if !self.suggestions.unmapped.is_empty() {
            let _ = writeln!(page, "\n{}", style.strong("Attributes that no column reads, most frequent first"));
        }
        for Unmapped { path, of_item, rows, kind, column } in &self.suggestions.unmapped {
            let what = if *of_item { "item field" } else { "column" };
            let advice = match (column, kind) {
                (Some(column), _) => format!("{what} {column}?"),
                (None, None) => "never with a value".into(),
                (None, Some(_)) => "no path can name it, or no such column can be".into(),
            };
            let kind = kind.map(|kind| kind.to_string()).unwrap_or_default();
            let of = if *of_item { "items: " } else { "" };
            let _ = writeln!(
                page,
                "{rows:>8}  {:<32}  {kind:<14}  {}",
                format!("{of}{}", shown(path)),
                style.faint(&advice)
            );
        }
        if !self.suggestions.passed_over.is_empty() {
            let title = "Attributes that stay in extra although a column reads them: misfits, or another came first";
            let _ = writeln!(page, "\n{}", style.strong(title));
            let paths: Vec<_> =
                self.suggestions.passed_over.iter().map(|(path, n)| format!("{} {n}", shown(path))).collect();
            let _ = writeln!(page, "  {}", paths.join(", "));
        }
    }

    fn columns(&self, page: &mut String, style: Style) {
        let never = self.never_filled();
        if !never.is_empty() && self.coverage.rows > 0 {
            let _ = writeln!(page, "\n{}\n  {}", style.strong("Columns that nothing filled"), never.join(", "));
        }
        if !self.coverage.flags.is_empty() {
            let mut flags: Vec<_> = self.coverage.flags.iter().collect();
            flags.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
            let flags: Vec<_> = flags.into_iter().map(|(flag, n)| format!("{flag} {n}")).collect();
            let _ = writeln!(page, "\n{}\n  {}", style.strong("Changed or missed"), flags.join(", "));
        }
    }

    /// What to put into schema.toml.
    fn lines(&self, page: &mut String, style: Style) {
        if !self.suggestions.sections.is_empty() {
            let title = "For the end of schema.toml; each was tried and works";
            let _ = writeln!(page, "\n{}\n\n{}", style.strong(title), self.suggestions.sections.join("\n").trim_end());
        }
        let mut lists: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for other in &self.suggestions.other_names {
            if let Advice::Alias { of, aliases } = &other.advice {
                let list = lists.entry(of).or_default();
                list.extend(
                    aliases.iter().map(String::as_str).filter(|alias| !list.contains(alias)).collect::<Vec<_>>(),
                );
            }
        }
        if !lists.is_empty() {
            let _ = writeln!(page, "\n{}", style.strong("Instead of the event types' aliases in schema.toml"));
        }
        for (of, aliases) in lists {
            let aliases: Vec<_> = aliases.into_iter().map(quoted).collect();
            let _ = writeln!(page, "\n[[event_type]]\nname = \"{of}\"\naliases = [{}]", aliases.join(", "));
        }
    }
}

fn percent(part: u64, whole: u64) -> String {
    // For people: thousandths, rounded down.
    let thousandths = part.saturating_mul(1000) / whole.max(1);
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

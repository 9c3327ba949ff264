//! Lists that stand between marks in files written by hand, comments of `<name>` and `</name>`. Generated, never edited.

use crate::ddl::glue_column;
use crate::reject::Reason;
use crate::row::Flag;
use crate::schema::Plan;
use crate::telemetry::{failed_metric, flagged_metric};

/// A list in a file of the repository.
#[derive(Debug)]
pub struct Block {
    /// The file.
    pub path: &'static str,
    /// What the marks call it.
    pub name: &'static str,
    /// Its lines, not indented.
    pub lines: Vec<String>,
}

/// Every list of the repository: the table's columns for Firehose's converter, what the dashboard shows by name, the event
/// types whose partitions have to be there.
pub fn blocks(plan: &Plan) -> [Block; 5] {
    let sum = |event_type: &String| format!("- sum(RowsByType.{event_type}) as {event_type}");
    // Namespace and dimension as in the dashboard's entry before it.
    let metric = |name: String| format!("- '[\".\", \"{name}\", \".\", \".\"]'");
    let reasons = Reason::ALL.into_iter().filter(|reason| *reason != Reason::Blank);
    // The first line says what the column is called and of which type.
    let types = plan.event_types.iter().enumerate().map(|(at, name)| match at {
        0 => format!("select cast('{name}' as varchar(32)) as event_type"),
        _ => format!("union all select '{name}'"),
    });
    let block = |path, name, lines| Block { path, name, lines };
    [
        block("template.yaml", "columns", plan.columns.iter().map(glue_column).collect()),
        block("operations.yaml", "event types", plan.event_types.iter().map(sum).collect()),
        block("operations.yaml", "reasons", reasons.map(failed_metric).map(metric).collect()),
        block("operations.yaml", "flags", Flag::ALL.into_iter().map(flagged_metric).map(metric).collect()),
        block("sql/redshift/71_registered.sql", "event types", types.collect()),
    ]
}

impl Block {
    /// `text` with the lines between the marks replaced, indented like the first mark; the rest of a mark's line is free.
    /// `None` if the two marks are not there.
    pub fn within(&self, text: &str) -> Option<String> {
        let sign = if self.path.starts_with("sql/") { "--" } else { "#" };
        let (before, rest) = text.split_once(&format!("{sign} <{}>", self.name))?;
        let (mark, rest) = rest.split_once('\n')?;
        let end = format!("{sign} </{}>", self.name);
        let (_, after) = rest.split_once(&end)?;
        let indent = &before[before.rfind('\n').map_or(0, |end| end + 1)..];
        let lines: String = self.lines.iter().flat_map(|line| [indent, line, "\n"]).collect();
        Some(format!("{before}{sign} <{}>{mark}\n{lines}{indent}{end}{after}", self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_replaced_between_its_marks_and_nothing_else_is() {
        let list = |name| Block { path: "", name, lines: vec!["- new".into()] };
        let text = "a:\n  # <list> of things\n  - old\n  - older\n  # </list> the end\nb: # <other>\n";
        let replaced = "a:\n  # <list> of things\n  - new\n  # </list> the end\nb: # <other>\n";
        assert_eq!(list("list").within(text).as_deref(), Some(replaced));
        assert_eq!(list("list").within(replaced).as_deref(), Some(replaced));
        assert_eq!(list("other").within(text), None);
        let query = Block { path: "sql/q.sql", ..list("list") };
        assert_eq!(
            query.within("  -- <list>\n  -- </list>\n").as_deref(),
            Some("  -- <list>\n  - new\n  -- </list>\n")
        );
    }
}

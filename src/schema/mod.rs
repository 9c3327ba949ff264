//! schema.toml, the one place that says what a row is, read and compiled once at start.
//!
//! `document` reads the file, `source` its little path language, `check` and `compile` give it meaning, `plan` is the
//! result. Everything that is wrong with a file is reported at once, each with line, cause and remedy.

mod check;
mod column_type;
mod compile;
pub(crate) mod derived;
mod document;
pub(crate) mod fold;
pub(crate) mod plan;
mod problem;
pub mod source;
mod tree;

pub(crate) use check::MAX_EVENT_TYPE;
pub use column_type::{ColumnType, MAX_VARCHAR};
pub use fold::fold;
pub use plan::{Column, PathSource, Plan, Rule, Window};
pub use problem::{Problem, Problems};

/// The keys that partition S3, in the order of the prefix.
pub const PARTITION_KEYS: [&str; 2] = ["event_type", "date"];

/// The project's schema.toml, compiled into the binary.
pub const EMBEDDED: &str = include_str!("../../schema.toml");

impl Plan {
    /// Compiles the embedded schema.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn embedded() -> Result<Self, Problems> {
        Self::parse("schema.toml", EMBEDDED)
    }

    /// Compiles the schema `text`, which `file` names in messages.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(file: &str, text: &str) -> Result<Self, Problems> {
        let mut found = problem::Found::default();
        let document = document::read(text, &mut found);
        let plan = document.and_then(|document| compile::compile(&document, &mut found));
        found.none_or(file, plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_schema_compiles() {
        let plan = Plan::embedded().unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(plan.event_types[plan.event_type("PDP Clicks")], "other");
        assert_eq!(plan.event_types[plan.event_type("orderCompleted")], "purchase");
    }
}

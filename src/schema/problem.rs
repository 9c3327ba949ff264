//! What is wrong with a schema file, all of it at once.

use std::fmt;

/// One thing to mend in the schema file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Line in the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub cause: String,
    /// What to do about it.
    pub remedy: String,
}

/// Every problem of a schema file, in the order of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// Name of the file, for the message.
    pub file: String,
    /// At least one.
    pub list: Vec<Problem>,
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.list.len();
        let noun = if count == 1 { "problem" } else { "problems" };
        write!(f, "{count} {noun} in {}:", self.file)?;
        for Problem { line, cause, remedy } in &self.list {
            write!(f, "\n  {}:{line}: {cause}\n    remedy: {remedy}", self.file)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Gathers problems while a file is read, so that none hides another.
#[derive(Debug, Default)]
pub(super) struct Found(Vec<Problem>);

impl Found {
    pub(super) fn add(&mut self, line: usize, cause: impl Into<String>, remedy: impl Into<String>) {
        self.0.push(Problem { line, cause: cause.into(), remedy: remedy.into() });
    }

    /// `value` if nothing was found.
    pub(super) fn none_or<T>(mut self, file: &str, value: Option<T>) -> Result<T, Problems> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => {
                self.0.sort();
                self.0.dedup();
                Err(Problems { file: file.to_owned(), list: self.0 })
            }
        }
    }
}

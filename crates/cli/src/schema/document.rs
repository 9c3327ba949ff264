//! schema.toml as it is written, for what compares and extends it. What it means, and whether it is right, the library
//! says.

use anyhow::{Context, Result};
use clickstream::schema::Window;
use serde::Deserialize;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Document {
    pub(crate) version: u32,
    pub(crate) envelopes: Vec<String>,
    pub(crate) ids: Ids,
    pub(crate) privacy: Privacy,
    pub(crate) partition: Partition,
    pub(crate) dialect: Vec<Dialect>,
    pub(crate) event_type: Vec<EventType>,
    pub(crate) item: Vec<Field>,
    pub(crate) column: Vec<Field>,
}

/// `[ids]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Ids {
    pub(crate) blocked: Vec<String>,
}

/// `[privacy]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Privacy {
    pub(crate) removed_keys: Vec<String>,
}

/// `[partition]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Partition {
    pub(crate) late_days: u32,
    pub(crate) early_minutes: u32,
    pub(crate) active_quota: u32,
}

/// `[[dialect]]`.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(crate) struct Dialect {
    pub(crate) name: String,
    pub(crate) all: Vec<String>,
    pub(crate) any: Vec<String>,
    pub(crate) none: Vec<String>,
}

/// `[[event_type]]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct EventType {
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
}

/// `[[column]]` or `[[item]]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Field {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) rule: Option<String>,
    pub(crate) sources: Vec<String>,
}

impl Document {
    /// Reads the text of `file`.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self> {
        toml::from_str(text).with_context(|| format!("{file} is no schema; `clickstream schema check` says more"))
    }
}

impl Partition {
    /// The most dates that are open at once.
    pub(crate) fn dates(&self) -> u32 {
        Window { late_days: self.late_days, early_minutes: self.early_minutes }.most_dates()
    }

    /// The most partitions that `of` can have open at once.
    pub(crate) fn most(&self, of: &Document) -> usize {
        of.event_type.len() * self.dates() as usize
    }
}

impl Dialect {
    /// The paths that tell it.
    pub(crate) fn markers(&self) -> impl Iterator<Item = &str> {
        self.all.iter().chain(&self.any).chain(&self.none).map(String::as_str)
    }
}

impl EventType {
    /// Its name and its aliases.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.aliases).map(String::as_str)
    }
}

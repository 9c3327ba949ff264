//! `clickstream schema diff`: what a change of schema.toml does to the rows to come, and to the files that are there.
//!
//! * [`columns`]: the row, which files in S3 hold to its names, types and places
//! * [`sources`]: where values come from
//! * [`vocabulary`]: event types, dialects, ids, privacy, the partition window

mod columns;
mod sources;
mod vocabulary;

use super::document::Document;
use crate::output::print;
use crate::schema::{name, text};
use anyhow::{Result, ensure};
use clickstream::schema::Plan;
use serde::Serialize;
use serde_json::json;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Say which changes are safe for files that are already in S3. Fails if one is not.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  clickstream schema diff deployed.toml
  clickstream schema diff deployed.toml my-schema.toml --json
  git show v1.0:schema.toml | clickstream schema diff /dev/stdin")]
pub(crate) struct Args {
    /// The schema that rows in S3 were made with.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The schema to come; the one built in if not given.
    #[arg(value_name = "NEW")]
    new: Option<PathBuf>,
    /// For programs.
    #[arg(long)]
    json: bool,
}

/// One change.
#[derive(Debug, Serialize)]
struct Change {
    /// What kind of thing changes: `column`, `event_type`, …
    about: &'static str,
    /// Which one.
    name: String,
    /// Whether files that are in S3 can still be read together with those to come.
    safe: bool,
    change: String,
    /// What follows; for a change that is not safe, why, and what to do instead.
    effect: String,
}

impl Change {
    fn safe(about: &'static str, name: &str, change: impl Into<String>, effect: impl Into<String>) -> Self {
        Self { about, name: name.to_owned(), safe: true, change: change.into(), effect: effect.into() }
    }

    fn refused(about: &'static str, name: &str, change: impl Into<String>, effect: impl Into<String>) -> Self {
        Self { safe: false, ..Self::safe(about, name, change, effect) }
    }
}

/// Compares `args.old` with `args.new`, or with the schema in `default`.
pub(super) fn run(args: &Args, default: Option<&Path>) -> Result<ExitCode> {
    ensure!(args.new.is_none() || default.is_none(), "two schemas to come: give NEW or --schema, not both");
    let files = [Some(args.old.as_path()), args.new.as_deref().or(default)];
    let [old_name, new_name] = files.map(name);
    let [old_text, new_text] = files.map(text);
    let new_text = new_text?;
    let [old, new] = [Document::parse(&old_name, &old_text?)?, Document::parse(&new_name, &new_text)?];
    let mut changes = columns::columns(&old, &new);
    changes.extend(columns::items(&old, &new));
    changes.extend(vocabulary::vocabulary(&old, &new));
    if let Err(problems) = Plan::parse(&new_name, &new_text) {
        // Most of them say again what is said above, of each column that has another place.
        let (count, first) = (problems.list.len(), &problems.list[0]);
        let change = format!("does not load: problem 1 of {count} is on line {}: {}", first.line, first.cause);
        let effect = format!("mend it; `clickstream schema check --schema {new_name}` tells them all");
        changes.push(Change::refused("file", &new_name, change, effect));
    }
    // What must not be comes first.
    changes.sort_by_key(|change| change.safe);
    let refused = changes.iter().filter(|change| !change.safe).count();
    if args.json {
        let partitions = json!({ "from": old.partition.most(&old), "to": new.partition.most(&new) });
        print(&format!("{}\n", json!({ "changes": changes, "unsafe": refused, "partitions": partitions })))?;
    } else {
        print(&page(&changes, refused, &old_name, &new_name))?;
    }
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn page(changes: &[Change], refused: usize, old: &str, new: &str) -> String {
    let mut page = String::new();
    for Change { about, name, safe, change, effect } in changes {
        let verdict = if *safe { "safe" } else { "UNSAFE" };
        let _ = writeln!(page, "{verdict:<7} {about} {name}: {change}\n          {effect}");
    }
    let (count, noun) = (changes.len(), if changes.len() == 1 { "change" } else { "changes" });
    let _ = writeln!(page, "{count} {noun} from {old} to {new}, {refused} of them unsafe for files that are in S3");
    page
}

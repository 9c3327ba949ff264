//! `clickstream schema`: what schema.toml says, in other languages.

mod diff;
pub(crate) mod document;

use crate::output::print;
use anyhow::{Context, Result, ensure};
use clickstream::blocks::blocks;
use clickstream::ddl;
use clickstream::derive::time::{date, parse};
use clickstream::schema::{EMBEDDED, Plan};
use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Check the schema, or print what is made from it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  clickstream schema ddl spectrum
  clickstream schema partitions 2026-11-01 2026-11-30
  clickstream schema check --schema my-schema.toml
  clickstream schema diff deployed.toml my-schema.toml")]
pub(crate) struct Args {
    /// Another schema than the one built in.
    #[arg(long, value_name = "FILE", global = true)]
    schema: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Report everything that is wrong with it.
    Check,
    /// Print a table definition.
    Ddl {
        /// For which engine.
        #[arg(value_enum)]
        engine: Engine,
    },
    /// Print the statements that register the partitions of these dates, both ends included, with Redshift Spectrum.
    Partitions {
        /// The first date, UTC.
        #[arg(value_name = "FROM", value_parser = day)]
        from: i64,
        /// The last date.
        #[arg(value_name = "TO", value_parser = day)]
        to: i64,
    },
    /// Print the page that describes every column.
    Docs,
    /// Say which changes are safe for files that are already in S3. Fails if one is not.
    Diff(diff::Args),
    /// Write every generated file of the repository, below this folder.
    Generate {
        /// The repository.
        #[arg(default_value = ".")]
        root: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Engine {
    /// Redshift Spectrum's external table.
    Spectrum,
    /// The recent events in Redshift.
    Warehouse,
    /// Columns of an `AWS::Glue::Table`.
    Glue,
}

fn day(text: &str) -> Result<i64, String> {
    parse(text).ok_or_else(|| "write a date such as 2026-11-23".into())
}

/// The schema in `file`, or the one built in.
pub(crate) fn plan(file: Option<&Path>) -> Result<Plan> {
    Ok(Plan::parse(&name(file), &text(file)?)?)
}

/// Its text.
pub(crate) fn text(file: Option<&Path>) -> Result<Cow<'static, str>> {
    let Some(file) = file else { return Ok(EMBEDDED.into()) };
    Ok(fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?.into())
}

/// What to call it in messages.
pub(crate) fn name(file: Option<&Path>) -> String {
    file.map_or("the built-in schema.toml".into(), |file| file.display().to_string())
}

/// Prints what was asked for.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    if let What::Diff(diff) = &args.what {
        return diff::run(diff, args.schema.as_deref());
    }
    let plan = plan(args.schema.as_deref())?;
    match &args.what {
        What::Check => {
            let (columns, types, days) = (plan.columns.len(), plan.event_types.len(), plan.window.most_dates());
            let worst = plan.most_partitions();
            print(&format!(
                "{columns} columns, {types} event types x {days} days = {worst} active partitions at most\n"
            ))?;
        }
        What::Ddl { engine: Engine::Spectrum } => print(&ddl::spectrum(&plan))?,
        What::Ddl { engine: Engine::Warehouse } => print(&ddl::warehouse::table(&plan))?,
        What::Ddl { engine: Engine::Glue } => print(&ddl::glue(&plan))?,
        What::Partitions { from, to } => {
            let (first, last) = (date(*from), date(*to));
            ensure!(first <= last, "{first} is after {last}: name the first date first");
            let dates = first.iter_days().take_while(move |date| *date <= last);
            print(&ddl::partitions::add(&plan, dates))?;
        }
        What::Diff(_) => {}
        What::Docs => print(&ddl::documentation(&plan))?,
        What::Generate { root } => {
            for (path, content) in ddl::files(&plan) {
                let path = root.join(path);
                fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
                print(&format!("{}\n", path.display()))?;
            }
            for block in blocks(&plan) {
                let (path, name) = (root.join(block.path), block.name);
                let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
                let text = block.within(&text).with_context(|| {
                    format!("{} has no comments `<{name}>` and `</{name}>` to write between", path.display())
                })?;
                fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
                print(&format!("{}: {name}\n", path.display()))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

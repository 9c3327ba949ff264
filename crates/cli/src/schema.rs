//! `clickstream schema`: what schema.toml says, in other languages.

mod diff;
pub(crate) mod document;

use crate::output::print;
use anyhow::{Context, Result};
use clickstream::ddl;
use clickstream::schema::{EMBEDDED, Plan};
use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Check the schema, or print what is made from it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  clickstream schema check
  clickstream schema ddl spectrum
  clickstream schema --schema my-schema.toml docs
  clickstream schema diff deployed.toml my-schema.toml")]
pub(crate) struct Args {
    /// Another schema than the one built in.
    #[arg(long, value_name = "FILE")]
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
        What::Diff(_) => {}
        What::Docs => print(&ddl::documentation(&plan))?,
        What::Generate { root } => {
            for (path, content) in ddl::files(&plan) {
                let path = root.join(path);
                fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
                print(&format!("{}\n", path.display()))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

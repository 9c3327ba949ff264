//! `clickstream pack`: records to one Firehose invocation.

use crate::input::Input;
use crate::invocation::request;
use crate::output::print;
use anyhow::Result;
use std::process::ExitCode;

/// Pack records into one Firehose invocation, as `sam local invoke -e` and `make invoke` take it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  clickstream pack my-events.ndjson --arrival 2026-11-23T10:15:30Z > events/mine.json
  clickstream generate -n 20 | clickstream pack - > events/traffic.json")]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,
}

/// Prints the invocation.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let records = args.input.records().collect::<Result<Vec<_>>>()?;
    print(&format!("{:#}\n", request(&records, 0)?))?;
    Ok(ExitCode::SUCCESS)
}

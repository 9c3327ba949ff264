//! `clickstream pack`: records to one Firehose invocation.

use crate::input::{Input, MAX_RECORD, TOO_LARGE};
use crate::invocation::request;
use crate::output::print;
use crate::stream::MOST_BYTES;
use anyhow::{Result, ensure};
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
    let (mut records, mut bytes) = (Vec::new(), 0);
    for (incoming, number) in args.input.records().zip(1..) {
        let incoming = incoming?;
        ensure!(incoming.data.len() <= MAX_RECORD, "record {number} is {TOO_LARGE}");
        bytes += incoming.data.len().div_ceil(3) * 4;
        ensure!(bytes <= MOST_BYTES, "the records up to number {number} are more than Lambda takes in one invocation");
        records.push(incoming);
    }
    // White space and all: that is what invokes the function.
    let text = format!("{:#}\n", request(&records, 0)?);
    ensure!(text.len() <= MOST_BYTES, "{} records make {} bytes; Lambda takes {MOST_BYTES}", records.len(), text.len());
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

//! `clickstream run`: records through a stream on this machine, into a folder laid out like the bucket.

use crate::input::Input;
use crate::lake::Lake;
use crate::object::Format;
use crate::output::print;
use crate::schema::plan;
use crate::stream::{Function, Settings, Stream};
use crate::summary::Summary;
use anyhow::{Result, ensure};
use clickstream::transform::Transform;
use std::io::{IsTerminal, stderr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Play Firehose: records through the transform into a folder laid out like the bucket.
///
/// Records are buffered into invocations, answers held to Firehose's terms, failed invocations tried again, rows put into
/// their partitions and failed records into the error prefix, as template.yaml configures the stream. Time is the
/// arrival of the records: nothing is waited for.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Input is one record a line, a JSON array of records, JSON values over several lines, Firehose's own JSON (invocations as in
events/, or what `generate --arrivals` writes), or objects of Firehose's backup; gzip or not.

Examples:
  clickstream run my-events.ndjson --out lake
  clickstream generate -n 100000 | clickstream run - --out lake --json | jq .rows
  clickstream run traffic.ndjson.gz --out lake --format json --arrival 2026-11-23T10:00:00Z --rate 50
  clickstream run events/*.json --out lake --via http://127.0.0.1:9101
  clickstream run lake/raw/*/*/*.gz --out again

The same records with the same arrivals and the same seed give the same files. A run that is interrupted leaves nothing.

The function behind --via is the deployed binary under Lambda's runtime interface emulator (`make emulator`), or whatever
`sam local start-lambda` serves. Simpler than Firehose: what is due is delivered at once, one invocation at a time.")]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,
    /// The folder; replaced if an earlier run made it.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How rows are stored.
    #[arg(long, value_enum, default_value = "parquet")]
    format: Format,
    /// Where the function is: `inprocess`, or an emulator's address.
    #[arg(long, value_name = "URL", default_value = IN_PROCESS, value_parser = via)]
    via: String,
    /// Another schema than the one built in.
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// Show the first record of this event type before, as it came with all that privacy removes, and after.
    #[arg(long, value_name = "EVENT_TYPE", conflicts_with = "json")]
    show: Option<String>,
    /// Print the summary as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: Settings,
}

const IN_PROCESS: &str = "inprocess";

/// Emulators speak plain HTTP on loopback.
fn via(text: &str) -> Result<String, String> {
    let is_address = text.strip_prefix("http://").is_some_and(|rest| !rest.starts_with(['/', ':']) && !rest.is_empty());
    if text == IN_PROCESS || is_address {
        Ok(text.into())
    } else {
        Err(format!("write {IN_PROCESS}, or an address such as http://127.0.0.1:9101"))
    }
}

/// Runs the stream and prints what it came to.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let start = Instant::now();
    let schema = || plan(args.schema.as_deref());
    let function = match args.via.as_str() {
        IN_PROCESS => Function::in_process(Transform::new(schema()?)),
        url => Function::at(url),
    };
    if let Some(show) = &args.show {
        let known = schema()?.event_types;
        ensure!(known.contains(show), "the schema has no event type {show}; it has {}", known.join(", "));
    }
    let lake = Lake::begin(&args.out, args.input.files())?;
    let mut stream = Stream::new(args.settings.clone(), function, schema()?, args.format, lake);
    let mut summary = Summary::new(Transform::new(schema()?), args.show.clone());
    for incoming in args.input.records() {
        stream.put(incoming?, &mut summary)?;
    }
    let (counts, report, function) = stream.finish(&mut summary)?;
    if args.json {
        print(&format!("{}\n", summary.json(&counts, &report)))?;
    } else {
        print(&summary.text(&counts, &report, &args.out, &args.settings))?;
    }
    if stderr().is_terminal()
        && let Function::InProcess { time, .. } = function
    {
        let (all, own) = (start.elapsed().as_secs_f64(), time.as_secs_f64());
        eprintln!("{all:.1} s, {:.1} times the transform's own {own:.1} s", all / own.max(f64::MIN_POSITIVE));
    }
    Ok(if summary.adds_up(&counts, &report) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

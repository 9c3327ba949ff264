//! `clickstream run`: a stream through the transform, into a folder laid out like the bucket.
//!
//! Plays Firehose's part in few words: records are gathered into invocations of at most 1 MiB, each is answered, rows go
//! where their partition keys say, failed records to the error prefix in Firehose's own shape. One object a partition;
//! no retries, no buffering by time, no Parquet.

use crate::invocation::{Incoming, Input, answered, request};
use crate::lake::Lake;
use crate::output::print;
use crate::schema::plan;
use crate::summary::Summary;
use anyhow::Result;
use clickstream::batch::answer;
use clickstream::derive::time::{date, write_date};
use clickstream::firehose::Request;
use clickstream::schema::Plan;
use clickstream::transform::Transform;
use serde_json::json;
use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Firehose's `BufferSizeInMBs: 1`, as in template.yaml.
const INVOCATION_BYTES: usize = 1 << 20;

/// Play records through the transform into a folder laid out like the bucket.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  clickstream run my-events.ndjson --out lake
  clickstream generate -n 100000 | clickstream run - --out lake --format json | jq .rows")]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,
    /// The folder; replaced if an earlier run made it.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Another schema than the one built in.
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// Show the first record of this event type before and after.
    #[arg(long, value_name = "EVENT_TYPE")]
    show: Option<String>,
    /// How to print the summary.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Runs the stream and prints what it came to.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let (transform, summary) =
        play(plan(args.schema.as_deref())?, args.input.records(), &args.out, Summary::new(args.show.clone()))?;
    match args.format {
        Format::Text => print(&summary.text(&transform, &args.out))?,
        Format::Json => print(&format!("{}\n", summary.json(&transform)))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Plays records through a transform into a folder. Gives what it came to.
pub(crate) fn play(
    plan: Plan,
    records: impl Iterator<Item = Result<Incoming>>,
    out: &Path,
    summary: Summary,
) -> Result<(Transform, Summary)> {
    let mut play = Play { transform: Transform::new(plan), lake: Lake::begin(out)?, summary, progress: Instant::now() };
    let (mut buffer, mut bytes) = (Vec::new(), 0);
    for incoming in records {
        let incoming = incoming?;
        if bytes + incoming.data.len() > INVOCATION_BYTES {
            play.invoke(&std::mem::take(&mut buffer))?;
            bytes = 0;
        }
        bytes += incoming.data.len();
        buffer.push(incoming);
    }
    play.invoke(&buffer)?;
    let Play { transform, lake, summary, .. } = play;
    lake.finish()?;
    Ok((transform, summary))
}

struct Play {
    transform: Transform,
    lake: Lake,
    summary: Summary,
    progress: Instant,
}

impl Play {
    /// One invocation: sent as bytes, answered as bytes, like over the wire.
    fn invoke(&mut self, records: &[Incoming]) -> Result<()> {
        let Some(newest) = records.last() else { return Ok(()) };
        let first = usize::try_from(self.summary.counts.records)?;
        let body = request(records, first)?.to_string();
        let request = Request::parse(&body)?;
        let answer = answer(&mut self.transform, &request, newest.arrival);
        for (incoming, record) in records.iter().zip(answered(&answer.body, first, records.len())?) {
            match record.result.as_str() {
                "Ok" => {
                    let rows = record.rows()?;
                    let prefix = format!("event_type={}/date={}/", record.key("event_type")?, record.key("date")?);
                    self.lake.append(&format!("events/{prefix}clickstream-1.json"), &rows)?;
                    self.summary.delivered(&prefix, incoming, &rows);
                }
                "ProcessingFailed" => {
                    let mut day = String::new();
                    write_date(date(incoming.arrival), &mut day);
                    let key = format!("errors/processing-failed/date={day}/clickstream-1");
                    self.lake.append(&key, error_object(incoming).as_bytes())?;
                }
                _ => {}
            }
        }
        self.summary.add(&answer.counts);
        if self.progress.elapsed() > Duration::from_secs(1) && stderr().is_terminal() {
            self.progress = Instant::now();
            eprint!("\r{} records, {} rows", self.summary.counts.records, self.summary.counts.rows);
        }
        Ok(())
    }
}

/// A failed record as Firehose keeps it.
fn error_object(incoming: &Incoming) -> String {
    use base64::Engine;
    let object = json!({
        "rawData": base64::engine::general_purpose::STANDARD.encode(&incoming.data),
        "errorCode": "Lambda.ProcessingFailedStatus",
        "errorMessage": "ProcessingFailed status set for record",
        "attemptsMade": 1,
        "arrivalTimestamp": incoming.arrival,
        "attemptEndingTimestamp": incoming.arrival,
        "lambdaARN": "arn:aws:lambda:us-east-1:123456789012:function:transform:live",
    });
    format!("{object}\n")
}

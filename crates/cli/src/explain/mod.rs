//! `clickstream explain`: what becomes of each event and why, and how well the schema covers all of them.
//!
//! * [`event`]: one event, as the transform itself saw it
//! * [`leftover`]: the attributes that no column has
//! * [`text`]: an event for people
//! * [`coverage`], [`frequent`], [`values`]: the whole input in bounded memory
//! * [`suggest`], [`naming`]: lines for schema.toml, each one tried
//! * [`report`]: the coverage for people

mod coverage;
mod event;
mod frequent;
mod leftover;
mod naming;
mod report;
mod suggest;
mod text;
mod values;

use crate::input::{Incoming, Input, MAX_RECORD, TOO_LARGE};
use crate::schema;
use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clickstream::firehose::MAX_RESPONSE;
use clickstream::observe::Observed;
use clickstream::reject::{Reason, Reject};
use clickstream::schema::Plan;
use clickstream::transform::Transform;
use coverage::Coverage;
use event::Event;
use serde_json::json;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write, stdout};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use text::Style;

/// Explain what becomes of each event: its row, what filled each column, what was changed and why, its partition; or why
/// it is rejected. Then how well the schema covers all of them, and which lines of schema.toml would cover more.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  clickstream explain my-events.ndjson
  clickstream explain my-events.ndjson --only rejected,other
  clickstream explain my-events.ndjson --summary-only
  clickstream generate -n 1000 | clickstream explain - --json | jq -c 'select(.reason)'")]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,
    /// Another schema than the one built in.
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// Explain only these; the summary is of all.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Only>,
    /// Explain no event, only how well the schema covers all of them.
    #[arg(long)]
    summary_only: bool,
    /// One JSON object for each event, and one for the summary; so it is, too, when standard output is not a terminal.
    #[arg(long)]
    json: bool,
    /// Text, on a terminal or not.
    #[arg(long, conflicts_with = "json")]
    text: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Only {
    /// Records without rows.
    Rejected,
    /// Events whose type the schema does not know.
    Other,
    /// Events of which something was changed or missed.
    Flagged,
}

/// Explains the records and prints the summary.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut explain = Explain {
        args,
        json: args.json || !args.text && !stdout().is_terminal(),
        style: Style::of_terminal(),
        out: BufWriter::new(stdout()),
    };
    match explain.all() {
        // A reader that has seen enough.
        Err(error) if error.downcast_ref().is_some_and(|e: &io::Error| e.kind() == ErrorKind::BrokenPipe) => {}
        done => done?,
    }
    Ok(ExitCode::SUCCESS)
}

struct Explain<'a> {
    args: &'a Args,
    json: bool,
    style: Style,
    out: BufWriter<io::Stdout>,
}

impl<'a> Explain<'a> {
    fn all(&mut self) -> Result<()> {
        let schema = schema::text(self.args.schema.as_deref())?;
        let plan = schema::plan(self.args.schema.as_deref())?;
        let mut coverage = Coverage::new(plan.columns.len());
        let mut transform = Transform::new(plan);
        for (incoming, number) in self.records().zip(1..) {
            let incoming = incoming?;
            coverage.records += 1;
            if incoming.data.len() > MAX_RECORD {
                coverage.refused += 1;
                if self.wants(|only| only == Only::Rejected) {
                    self.rejected(number, "Refused", "too_large", TOO_LARGE, 0)?;
                }
                continue;
            }
            let (result, mut events) = observed(&mut transform, &incoming);
            match &result {
                Ok(()) => {
                    let rows = std::str::from_utf8(transform.rows())?.lines();
                    for ((event, row), position) in events.iter_mut().zip(rows).zip(1..) {
                        (event.record, event.event) = (number, position);
                        event.row = Some(serde_json::from_str(row)?);
                        coverage.event(event);
                        if self.wants(|only| only.holds(event)) {
                            self.event(transform.plan(), event)?;
                        }
                    }
                }
                Err(reject) => {
                    coverage.reject(reject);
                    if self.wants(|only| only == Only::Rejected) {
                        let result = if reject.reason == Reason::Blank { "Dropped" } else { "ProcessingFailed" };
                        self.rejected(number, result, reject.reason.code(), &reject.detail, reject.events)?;
                    }
                }
            }
        }
        let report = report::Report::new(&coverage, transform.plan(), &schema);
        if self.json {
            writeln!(self.out, "{}", json!({ "coverage": report.json() }))?;
        } else {
            self.out.write_all(report.text(self.style).as_bytes())?;
        }
        Ok(self.out.flush()?)
    }

    /// The records; with progress, unless it would be written over the events on a terminal.
    fn records(&self) -> Box<dyn Iterator<Item = Result<Incoming>> + 'a> {
        let input = &self.args.input;
        let shows_events = stdout().is_terminal() && !self.args.summary_only;
        if shows_events { Box::new(input.records_unseen()) } else { Box::new(input.records()) }
    }

    fn wants(&self, holds: impl Fn(Only) -> bool) -> bool {
        !self.args.summary_only && (self.args.only.is_empty() || self.args.only.iter().any(|only| holds(*only)))
    }

    fn event(&mut self, plan: &Plan, event: &Event) -> Result<()> {
        if self.json {
            writeln!(self.out, "{}", serde_json::to_string(event)?)?;
        } else {
            self.out.write_all(text::event(plan, event, self.style).as_bytes())?;
        }
        Ok(())
    }

    /// A record without rows.
    fn rejected(&mut self, record: u64, result: &str, reason: &str, detail: &str, events: usize) -> Result<()> {
        if self.json {
            let line =
                json!({ "record": record, "result": result, "reason": reason, "detail": detail, "events": events });
            writeln!(self.out, "{line}")?;
        } else {
            let reason = self.style.bad(reason);
            writeln!(self.out, "record {record}: {result}\n  {reason}: {detail}\n")?;
        }
        Ok(())
    }
}

impl Only {
    fn holds(self, event: &Event) -> bool {
        match self {
            Self::Rejected => false,
            Self::Other => event.is_other,
            Self::Flagged => event.all_flags().next().is_some(),
        }
    }
}

/// What the transform makes of a record that has an answer, which is base64, to itself; and what it saw on the way. Like the
/// Lambda, this survives a panic.
fn observed(transform: &mut Transform, incoming: &Incoming) -> (Result<(), Reject>, Vec<Event>) {
    let mut events = Vec::new();
    let data = STANDARD.encode(&incoming.data);
    let mut observer = |observed: &Observed| events.push(Event::new(observed));
    let done = catch_unwind(AssertUnwindSafe(|| {
        transform.record_observed(&data, incoming.arrival, MAX_RESPONSE / 4 * 3, Some(&mut observer))
    }));
    let done = done.unwrap_or_else(|_| Err(Reject::new(Reason::Internal, "the transform panicked")));
    (done.map(|_| ()), events)
}

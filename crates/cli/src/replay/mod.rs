//! `clickstream replay`: what Firehose could not deliver, explained, and put back as far as it can succeed now.
//!
//! What is put back is not the record but its rows, made as if the record had been delivered when it first arrived. The
//! transform gives a row that comes back as it is, so events of a mixed batch part without a second way to part them,
//! and ids and times are the same however often one replays: dedupe by `event_id` drops what was there already.

mod files;
#[cfg(feature = "aws")]
mod firehose;
mod folder;
mod journal;
mod local;
mod object;
mod put;
mod report;
mod review;

use crate::input::{Incoming, time};
use crate::object::Format;
use crate::output::print;
use crate::schema::plan;
use crate::stream::Settings;
use anyhow::Result;
use clickstream::transform::Transform;
use files::Found;
use indicatif::{ProgressBar, ProgressStyle};
use journal::{Journal, Key, key};
use object::Undelivered;
use put::{Patience, Put, Stream};
use report::Report;
use review::{Fate, Review};
use std::collections::HashSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, UNIX_EPOCH};
use std::vec::IntoIter;

/// Some records stay: somebody has to look at them.
const SOME_STAY: u8 = 3;

/// The pause after the stream first took nothing.
const PAUSE: Duration = Duration::from_millis(100);

/// Explain what Firehose could not deliver, and put back what can succeed now.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aws s3 sync s3://my-bucket/errors errors
  clickstream replay errors                                     # explain
  clickstream replay errors --to lake                           # as if it had been delivered, into a folder
  clickstream replay errors --to-stream clickstream             # what would be put
  clickstream replay errors --to-stream clickstream --execute   # put it; a second time puts nothing
  clickstream replay lake                                       # what `clickstream run --out lake` could not deliver
  clickstream replay errors --json | jq 'select(.fate == \"quarantined\")'

Exit code: 0 if nothing stays, 3 if records are still failing or quarantined, 1 after an error.")]
pub(crate) struct Args {
    /// Error objects, or folders of them, at any depth; what else lies in a folder is passed over.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Play the rows into this folder, which is laid out like the bucket; replaced if an earlier run made it.
    #[arg(long, value_name = "DIR", conflicts_with = "to_stream")]
    to: Option<PathBuf>,
    /// How rows are stored there.
    #[arg(long, value_enum, default_value = "parquet", requires = "to")]
    format: Format,
    /// Put the rows into this stream. Says what it would put, unless --execute is given.
    #[arg(long, value_name = "NAME")]
    to_stream: Option<String>,
    /// Really put.
    #[arg(long, visible_alias = "yes", requires = "to_stream")]
    execute: bool,
    /// Where to note what the stream took, so that no row is put twice; replay-NAME.journal if not given.
    #[arg(long, value_name = "FILE", requires = "to_stream")]
    journal: Option<PathBuf>,
    /// Give up when the stream has taken nothing so many times in a row.
    #[arg(long, value_name = "TIMES", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    tries: u32,
    /// Leave alone what failed more recently: what made it fail may not be over. Seconds, or 15m, 6h, 2d.
    #[arg(long, value_name = "AGE", default_value = "15m", value_parser = age)]
    older_than: i64,
    /// The present, as RFC 3339, if it is to be another.
    #[arg(long, value_name = "TIME", value_parser = time)]
    now: Option<i64>,
    /// Another schema than the one built in. The stream's transform must have the same.
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// Print a line for every record, not only for those that stay.
    #[arg(long)]
    each: bool,
    /// Print a JSON object for every record, and the summary as the last one.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: Settings,
}

/// An age in milliseconds.
fn age(text: &str) -> Result<i64, String> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let seconds = match unit {
        "" | "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3_600),
        "d" => Some(86_400),
        _ => None,
    };
    let ms = number.parse::<i64>().ok().zip(seconds).and_then(|(number, unit)| number.checked_mul(unit * 1_000));
    ms.ok_or_else(|| "write an age such as 90s, 15m, 6h or 2d".into())
}

/// Reviews all that there is, puts what can be put, and says what it came to.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut replay = Replay::new(args)?;
    let stopped = match (&args.to, &args.to_stream) {
        (Some(folder), _) => {
            local::play(args, folder, &mut replay)?;
            None
        }
        (None, Some(stream)) if args.execute => execute(args, stream, &mut replay)?,
        (None, stream) => {
            look(args, stream.as_deref(), &mut replay)?;
            None
        }
    };
    replay.progress.finish_and_clear();
    let Replay { report, .. } = &replay;
    print(&if args.json { format!("{}\n", report.json()) } else { report.text() })?;
    if let Some(error) = stopped {
        return Err(error.context(format!("{} rows are left; the same command goes on with them", report.left)));
    }
    if args.to.is_none() && !args.execute && !args.json {
        print("nothing was put: --to DIR plays the rows into a folder, --to-stream NAME --execute puts them\n")?;
    }
    Ok(if report.some_stay() { ExitCode::from(SOME_STAY) } else { ExitCode::SUCCESS })
}

/// The journal's place.
fn journal_path(args: &Args, stream: &str) -> PathBuf {
    args.journal.clone().unwrap_or_else(|| format!("replay-{stream}.journal").into())
}

/// Puts all rows into the stream. Gives what stopped it, if something did.
fn execute(args: &Args, stream: &str, replay: &mut Replay) -> Result<Option<anyhow::Error>> {
    let mut reached = reach(stream)?;
    let (journal, taken) = Journal::open(&journal_path(args, stream), stream)?;
    replay.met = taken;
    let mut put = Put::new(reached.as_mut(), journal, Patience { tries: args.tries, pause: PAUSE });
    let mut stopped = None;
    while let Some(row) = replay.next() {
        let row = row?.data;
        match stopped {
            None => stopped = put.row(row).err(),
            Some(_) => replay.report.left += 1,
        }
    }
    if stopped.is_none() {
        stopped = put.flush().err();
    }
    replay.report.put = put.taken;
    replay.report.left += put.waiting();
    Ok(stopped)
}

#[cfg(feature = "aws")]
fn reach(stream: &str) -> Result<Box<dyn Stream>> {
    Ok(Box::new(firehose::Firehose::new(stream)?))
}

#[cfg(not(feature = "aws"))]
fn reach(_: &str) -> Result<Box<dyn Stream>> {
    anyhow::bail!(
        "this build cannot reach AWS; use `cargo run --release -p clickstream-cli --features aws -- replay …`"
    )
}

/// Finds out what would be put.
fn look(args: &Args, stream: Option<&str>, replay: &mut Replay) -> Result<()> {
    let begun = stream.map(|stream| (journal_path(args, stream), stream)).filter(|(path, _)| path.exists());
    if let Some((path, stream)) = begun {
        replay.met = Journal::open(&path, stream)?.1;
    }
    while let Some(row) = replay.next() {
        row?;
        replay.report.left += 1;
    }
    Ok(())
}

/// The rows that can be put back, one after the other, each once.
struct Replay<'a> {
    args: &'a Args,
    files: IntoIter<Found>,
    records: IntoIter<Undelivered>,
    rows: IntoIter<Incoming>,
    /// Those that are not to be put again.
    met: HashSet<Key>,
    review: Review,
    report: Report,
    progress: ProgressBar,
}

impl<'a> Replay<'a> {
    fn new(args: &'a Args) -> Result<Self> {
        let files = files::below(&args.paths)?;
        let present = || i64::try_from(UNIX_EPOCH.elapsed().unwrap_or_default().as_millis()).unwrap_or(i64::MAX);
        let transform = Transform::new(plan(args.schema.as_deref())?);
        let style = ProgressStyle::with_template("{bar:40} {pos} of {len} objects, {msg}")?;
        Ok(Self {
            args,
            progress: ProgressBar::new(files.len() as u64).with_style(style),
            files: files.into_iter(),
            records: Vec::new().into_iter(),
            rows: Vec::new().into_iter(),
            met: HashSet::new(),
            review: Review { transform, now: args.now.unwrap_or_else(present), older_than: args.older_than },
            report: Report::default(),
        })
    }

    /// Reviews a record and prints what is to be told of it.
    fn record(&mut self, record: Undelivered) -> Result<()> {
        let reviewed = self.review.record(record);
        self.report.add(&reviewed);
        if self.report.records.is_multiple_of(1_000) {
            self.progress.set_message(format!("{} records", self.report.records));
        }
        let plan = self.review.transform.plan();
        if self.args.json {
            self.progress.suspend(|| print(&format!("{}\n", reviewed.json(plan))))?;
        } else if self.args.each || reviewed.fate.stays() {
            self.progress.suspend(|| print(&format!("{}\n", reviewed.text(plan))))?;
        }
        if matches!(reviewed.fate, Fate::Replayed | Fate::Split) {
            let arrival = reviewed.arrival;
            let rows = reviewed.rows.into_iter().map(|row| Incoming { data: row.line, arrival });
            self.rows = rows.collect::<Vec<_>>().into_iter();
            self.report.rows += self.rows.len() as u64;
        }
        Ok(())
    }
}

impl Iterator for Replay<'_> {
    type Item = Result<Incoming>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.rows.next() {
                if self.met.insert(key(&row.data)) {
                    return Some(Ok(row));
                }
                self.report.repeated += 1;
                continue;
            }
            if let Some(record) = self.records.next() {
                if let Err(error) = self.record(record) {
                    return Some(Err(error));
                }
                continue;
            }
            let file = self.files.next()?;
            self.progress.inc(1);
            if file.is_other() {
                self.report.others += 1;
                continue;
            }
            self.records = files::records(&file.path).into_iter();
            self.report.objects += 1;
        }
    }
}

//! A shop's traffic, made up: the same arguments give the same bytes, on every platform.
//!
//! # Layout, in the order in which data flows
//!
//! * [`shop`]: what is sold, where the shop is entered, how it is found
//! * [`people`]: who comes, and with which devices
//! * [`visit`]: what they do, as abstract actions; who is who, what was ordered and when can be told from these alone
//! * [`delivery`]: which actions travel in one record, how late, how often
//! * [`filing`]: which partition the lake has for an event
//! * [`timeline`], [`pace`]: all visits of the time span as one stream, in order of arrival
//! * [`dialect`], [`json`]: an action in the words of the team that reports it
//! * [`hostile`]: records that nobody means to send
//! * [`line`]: a record as a line, with or without its arrival
//! * [`truth`]: what is true of it all, for those who test what is made of the traffic
//! * [`random`], [`share`]: chance and proportion in whole numbers

mod delivery;
mod dialect;
mod filing;
mod hostile;
mod json;
mod line;
mod pace;
mod people;
pub(crate) mod random;
mod share;
mod shop;
mod timeline;
mod truth;
mod visit;

use crate::schema::plan;
use anyhow::{Context, Result, bail};
use clickstream::schema::Window;
use hostile::Hostile;
use indicatif::{ProgressBar, ProgressStyle};
use line::Lines;
use share::Share;
use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use timeline::Timeline;
use truth::Truth;

const EXAMPLES: &str = "\
Examples:
  clickstream generate
      a thousand records of one day, to look at
  clickstream generate -n 1000000 --seed 2 --arrivals | clickstream run --out lake -
      a million, through the transform, each at its time
  clickstream generate --start 2026-12-24T12:00:00Z --hours 6 --hostile 0.05
      one afternoon, with 5 % of hostile records on top
  clickstream generate --hours 168 --arrivals > week.ndjson
      a week in which every record says when it arrived
  clickstream generate -n 100000 --hours 168 --unmixed --arrivals --truth truth > week.ndjson
      a fuller one, and what a warehouse should make of it: truth/events.csv, sessions.csv, orders.csv …

A line holds what the shop's pages sent and does not say when it arrived; tell whatever plays the lines when that was, or
let them say so with --arrivals. They are in order of arrival, from --start on.";

/// What to make.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// How many records the shop sends
    #[arg(short = 'n', long, default_value_t = 1000)]
    count: u64,

    /// Another seed, other traffic
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// When the first record may arrive
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "2026-11-23T00:00:00Z")]
    start: i64,

    /// How long the shop is watched
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    hours: u32,

    /// Hostile records on top, as a share of the shop's: 0.01 is one for every hundred
    #[arg(long, value_name = "SHARE", default_value = "0")]
    hostile: Share,

    /// Write each record with its arrival: {"approximateArrivalTimestamp":<ms since 1970>,"data":"<base64>"}
    #[arg(long)]
    arrivals: bool,

    /// No record may hold events of several partitions: the transform refuses such records
    #[arg(long)]
    unmixed: bool,

    /// Write what is true of the traffic into this folder: events, rows, persons, sessions, orders … as CSV
    #[arg(long, value_name = "DIR", requires = "arrivals")]
    truth: Option<PathBuf>,
}

/// Writes the records to standard output, a line each, and the truth if it is wanted.
///
/// # Errors
/// When standard output or the truth cannot be written; that the reader of standard output has seen enough is no error unless
/// the truth is wanted.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let window = plan(None)?.window;
    let mut truth = args.truth.as_ref().map(|folder| Truth::new(folder, window)).transpose()?;
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let written = write(args, window, truth.as_mut(), &mut out).and_then(|()| out.flush().context(OUTPUT));
    match written {
        Err(error) if is_broken_pipe(&error) && truth.is_none() => return Ok(ExitCode::SUCCESS),
        Err(error) if is_broken_pipe(&error) => bail!("the reader left early, so there is no truth to be written"),
        written => written?,
    }
    truth.map_or(Ok(()), Truth::write)?;
    Ok(ExitCode::SUCCESS)
}

fn write(args: &Args, window: Window, mut truth: Option<&mut Truth>, out: &mut impl Write) -> Result<()> {
    let end = args.start + i64::from(args.hours) * 60 * 60_000;
    let unmixed = args.unmixed.then_some(window);
    let mut lines = Lines::new(out, args.arrivals);
    let mut hostile = Hostile::new(args.seed);
    let mut bad = 0;
    let (mut sound, mut unsound) = (String::new(), Vec::new());
    let timeline = Timeline::new(args.seed, args.count, args.start, end, unmixed);
    for (delivery, good) in progress(args.count).wrap_iter(timeline).zip(1..) {
        sound.clear();
        dialect::write(&delivery, &mut sound);
        lines.write(sound.as_bytes(), delivery.arrival).context(OUTPUT)?;
        if let Some(truth) = &mut truth {
            truth.add(&delivery, good + bad, &sound)?;
        }
        while bad < args.hostile.of(good) {
            unsound.clear();
            hostile.write(&sound, &mut unsound);
            lines.write(&unsound, delivery.arrival).context(OUTPUT)?;
            bad += 1;
        }
    }
    Ok(())
}

/// How many records are written, on a terminal. Where they go to one themselves, or to a program that shows its own
/// progress, it would be in the way.
fn progress(count: u64) -> ProgressBar {
    let into_file = fs::metadata("/dev/stdout").is_ok_and(|stdout| stdout.is_file());
    let style = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} records, {eta} left");
    let bar = if into_file { ProgressBar::new(count) } else { ProgressBar::hidden() };
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

const OUTPUT: &str = "cannot write to standard output";

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

fn time(text: &str) -> Result<i64, &'static str> {
    clickstream::derive::time::parse(text).ok_or("not a time like 2026-11-23T00:00:00Z")
}

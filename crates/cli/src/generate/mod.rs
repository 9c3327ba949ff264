//! A shop's traffic, made up: the same arguments give the same bytes, on every platform.
//!
//! # Layout, in the order in which data flows
//!
//! * [`shop`]: what is sold, where the shop is entered, how it is found
//! * [`people`]: who comes, and with which devices
//! * [`visit`]: what they do, as abstract actions; who is who, what was ordered and when can be told from these alone
//! * [`delivery`]: which actions travel in one record, how late, how often
//! * [`timeline`], [`pace`]: all visits of the time span as one stream, in order of arrival
//! * [`dialect`], [`json`]: an action in the words of the team that reports it
//! * [`hostile`]: records that nobody means to send
//! * [`random`], [`share`]: chance and proportion in whole numbers

mod delivery;
mod dialect;
mod hostile;
mod json;
mod pace;
mod people;
pub(crate) mod random;
mod share;
mod shop;
mod timeline;
mod visit;

use anyhow::Context;
use hostile::Hostile;
use share::Share;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;
use timeline::Timeline;

const EXAMPLES: &str = "\
Examples:
  clickstream generate
      a thousand records of one day, to look at
  clickstream generate -n 1000000 --seed 2 | clickstream run --arrival 2026-11-24T00:00:00Z --out lake -
      a million, through the transform as if they arrived at the end of their day
  clickstream generate --start 2026-12-24T12:00:00Z --hours 6 --hostile 0.05
      one afternoon, with 5 % of hostile records on top

A line holds what the shop's pages sent, so it does not say when it arrived: lines are in order of arrival, from --start
on. Tell whatever plays them when that was: `clickstream run --arrival`.";

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
}

/// Writes the records to standard output, a line each.
///
/// # Errors
/// When standard output cannot be written; that its reader has seen enough is no error.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    match write(args, &mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to standard output"),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn write(args: &Args, out: &mut impl Write) -> io::Result<()> {
    let end = args.start + i64::from(args.hours) * 60 * 60_000;
    let mut hostile = Hostile::new(args.seed);
    let mut written = 0;
    let (mut record, mut line) = (String::new(), Vec::new());
    for (delivery, number) in Timeline::new(args.seed, args.count, args.start, end).zip(1..) {
        record.clear();
        dialect::write(&delivery, &mut record);
        out.write_all(record.as_bytes())?;
        out.write_all(b"\n")?;
        while written < args.hostile.of(number) {
            line.clear();
            hostile.write(&record, &mut line);
            line.push(b'\n');
            out.write_all(&line)?;
            written += 1;
        }
    }
    Ok(())
}

fn time(text: &str) -> Result<i64, &'static str> {
    clickstream::derive::time::parse(text).ok_or("not a time like 2026-11-23T00:00:00Z")
}

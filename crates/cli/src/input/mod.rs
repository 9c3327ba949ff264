//! Where records come from: files or standard input, in any of the shapes that events are kept in, gzip or not.

mod brackets;
mod elements;
mod lines;
mod named;
mod recorded;
mod shape;
mod values;

use anyhow::{Context, Result, bail};
use elements::Elements;
use flate2::read::MultiGzDecoder;
use indicatif::{ProgressBar, ProgressStyle};
use lines::Lines;
use shape::Shape;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use values::Values;

/// The most bytes that Firehose takes in one record: 1,000 KiB before base64 (API reference, `Record`).
pub(crate) const MAX_RECORD: usize = 1_024_000;

/// What to say of a record with more.
pub(crate) const TOO_LARGE: &str = "larger than 1,000 KiB: Firehose does not take it";

/// The most bytes of a value in a file of invocations: twice what Lambda takes, which leaves room for white space.
const MAX_INVOCATION: usize = 12 << 20;

/// What some editors put before a text: of the file, not of its first record.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A record as a producer put it, and when Firehose received it (milliseconds since 1970).
///
/// Data of more than [`MAX_RECORD`] bytes are cut after one byte more: nobody takes them.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    pub(crate) data: Vec<u8>,
    pub(crate) arrival: i64,
}

/// Where records come from and when they arrive.
#[derive(Debug, clap::Args)]
pub(crate) struct Input {
    /// Files of records, gzip or not; `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// How records stand in them, where looking at the first one does not tell.
    #[arg(long, value_enum, value_name = "SHAPE")]
    read_as: Option<Shape>,
    /// When the records arrive, as RFC 3339; without it their own arrival times count, or the time in the name of an object
    /// that Firehose wrote, or else the present time.
    #[arg(long, value_name = "TIME", value_parser = time)]
    arrival: Option<i64>,
    /// How many records arrive in a second, from `--arrival` on; without it all arrive at once.
    #[arg(long, value_name = "RECORDS", value_parser = clap::value_parser!(u32).range(1..), requires = "arrival")]
    rate: Option<u32>,
}

/// A time as people write it, in milliseconds since 1970.
pub(crate) fn time(text: &str) -> Result<i64, String> {
    clickstream::derive::time::parse(text).ok_or_else(|| "write a time such as 2026-11-23T10:15:30Z".into())
}

impl Input {
    /// The files.
    pub(crate) fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The records, in order; shows the progress on a terminal.
    pub(crate) fn records(&self) -> impl Iterator<Item = Result<Incoming>> + use<'_> {
        self.read(self.bar())
    }

    /// The records, in order, while something else is shown.
    pub(crate) fn records_unseen(&self) -> impl Iterator<Item = Result<Incoming>> + use<'_> {
        self.read(ProgressBar::hidden())
    }

    fn read(&self, bar: ProgressBar) -> impl Iterator<Item = Result<Incoming>> + use<'_> {
        let now = || i64::try_from(UNIX_EPOCH.elapsed().unwrap_or_default().as_millis()).unwrap_or(i64::MAX);
        let present = self.arrival.unwrap_or_else(now);
        let records = self.files.iter().flat_map(move |path| match self.open(path, &bar, present) {
            Ok(records) => records,
            Err(error) => Box::new(std::iter::once(Err(error))),
        });
        records.zip(0..).map(move |(incoming, place): (Result<Incoming>, i64)| {
            let mut incoming = incoming?;
            if let Some(arrival) = self.arrival {
                incoming.arrival = arrival + self.rate.map_or(0, |rate| place * 1000 / i64::from(rate));
            }
            Ok(incoming)
        })
    }

    fn bar(&self) -> ProgressBar {
        let sizes = self.files.iter().map(|path| fs::metadata(path).ok().filter(fs::Metadata::is_file));
        match sizes.map(|file| file.map(|file| file.len())).sum() {
            Some(bytes) => {
                let style = ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta} left");
                ProgressBar::new(bytes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
            }
            None => {
                let style = ProgressStyle::with_template("{bytes} in {elapsed}");
                ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
            }
        }
    }

    /// The records of one file.
    fn open(&self, path: &Path, bar: &ProgressBar, present: i64) -> Result<Box<dyn Iterator<Item = Result<Incoming>>>> {
        let name = path.display().to_string();
        let file: Box<dyn Read> = if path == Path::new("-") {
            Box::new(io::stdin())
        } else if path.is_dir() {
            bail!("{name} is a folder; name the files in it, such as {}", path.join("*").display());
        } else {
            Box::new(File::open(path).with_context(|| format!("cannot read {name}"))?)
        };
        let mut reader = plain(bar.wrap_read(file)).with_context(|| format!("cannot read {name}"))?;
        if reader.fill_buf().with_context(|| format!("cannot read {name}"))?.starts_with(BYTE_ORDER_MARK) {
            reader.consume(BYTE_ORDER_MARK.len());
        }
        let named = named::arrival(path);
        let present = named.unwrap_or(present);
        let shape = match self.read_as {
            Some(shape) => shape,
            None => shape::tell(&mut reader, named.is_some()).with_context(|| format!("cannot read {name}"))?,
        };
        let raw: Box<dyn Iterator<Item = io::Result<Vec<u8>>>> = match shape {
            Shape::Lines => Box::new(Lines::new(reader, MAX_RECORD + 1)),
            Shape::Array => Box::new(Elements::new(reader, MAX_RECORD + 1)),
            Shape::Values => Box::new(Values::new(reader, MAX_RECORD + 1)),
            Shape::Firehose => Box::new(Values::new(reader, MAX_INVOCATION)),
        };
        let raw = raw.map(move |data| data.with_context(|| format!("cannot read {name}")));
        if shape != Shape::Firehose {
            return Ok(Box::new(raw.map(move |data| Ok(Incoming { data: data?, arrival: present }))));
        }
        let name = path.display().to_string();
        Ok(Box::new(raw.zip(1..).flat_map(move |(value, number): (_, u64)| {
            let records = value.and_then(|value| {
                recorded::records(&value, present).with_context(|| format!("{name}: value {number} is not Firehose's"))
            });
            match records {
                Ok(records) => records.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            }
        })))
    }
}

/// A reader of what is packed, or of the very bytes.
pub(crate) fn plain<'a>(read: impl Read + 'a) -> io::Result<Box<dyn BufRead + 'a>> {
    let mut reader = BufReader::with_capacity(1 << 16, read);
    let is_gzip = reader.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if is_gzip {
        Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(reader)))
    } else {
        Box::new(reader)
    })
}

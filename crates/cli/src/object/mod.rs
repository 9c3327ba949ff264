//! The body of an object: rows as Parquet or JSON, failed records as lines, source records as they came.

mod convert;
mod parquet;

use crate::stream::Failure;
use anyhow::Result;
use clickstream::schema::Plan;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// How rows are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Columns: types from the schema, Snappy.
    Parquet,
    /// Lines, gzip.
    Json,
}

impl Format {
    /// What an object's name ends in.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Parquet => ".parquet",
            Self::Json => ".json.gz",
        }
    }
}

/// What could not be converted: why, the bytes, their record's arrival.
pub(crate) type NotConverted = (Failure, Vec<u8>, i64);

/// Writes rows. Gives how many, and those that the table cannot hold.
pub(crate) fn rows(
    format: Format,
    plan: &Plan,
    records: impl Iterator<Item = Result<(i64, Vec<u8>)>>,
    out: &mut (impl Write + Send),
) -> Result<(u64, Vec<NotConverted>)> {
    if format == Format::Parquet {
        return parquet::write(plan, records, out);
    }
    let mut rows = 0;
    let counted = records.inspect(|record| {
        if let Ok((_, data)) = record {
            rows += rows_in(data);
        }
    });
    gzip(counted, out)?;
    Ok((rows, Vec::new()))
}

/// How many rows there are in what the Lambda returned for one record, on lines of their own or not. What cannot be read is
/// one row.
pub(crate) fn rows_in(data: &[u8]) -> u64 {
    convert::count(data)
}

/// Writes records back to back, packed. Gives how many.
pub(crate) fn gzip(records: impl Iterator<Item = Result<(i64, Vec<u8>)>>, out: &mut impl Write) -> Result<u64> {
    let mut packed = GzEncoder::new(out, Compression::fast());
    let count = lines(records, &mut packed)?;
    packed.finish()?;
    Ok(count)
}

/// Writes records back to back. Gives how many.
pub(crate) fn lines(records: impl Iterator<Item = Result<(i64, Vec<u8>)>>, out: &mut impl Write) -> Result<u64> {
    let mut count = 0;
    for record in records {
        out.write_all(&record?.1)?;
        count += 1;
    }
    Ok(count)
}

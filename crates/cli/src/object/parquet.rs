//! Rows to a Parquet file, as Firehose's record format conversion makes it from the Glue table.
//!
//! Types are those that Hive's writer gives (Firehose converts with it) and Spectrum reads: timestamps as INT96, decimals
//! as fixed-length byte arrays. `INT64` nanoseconds, the default of many writers, Spectrum misreads.

use super::NotConverted;
use super::convert::{Value, values};
use anyhow::Result;
use bytes::Bytes;
use clickstream::schema::{Column, ColumnType, Plan};
use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::errors::Result as ParquetResult;
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};
use std::io::Write;
use std::sync::Arc;

/// Bytes of JSON in one row group: what is held in memory.
const ROW_GROUP: usize = 32 << 20;

/// Writes the rows in `records`. Gives how many, and those that the table cannot hold.
pub(super) fn write(
    plan: &Plan,
    records: impl Iterator<Item = Result<(i64, Vec<u8>)>>,
    out: &mut (impl Write + Send),
) -> Result<(u64, Vec<NotConverted>)> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by("clickstream".into());
    let mut file = SerializedFileWriter::new(out, schema(plan)?, Arc::new(properties.build()))?;
    let (mut columns, mut bytes, mut rows) = (Columns::new(plan), 0, 0);
    let mut failed = Vec::new();
    for record in records {
        let (arrival, data) = record?;
        bytes += data.len();
        for row in values(plan, &Bytes::from(data)) {
            match row {
                Ok(row) => {
                    columns.push(row);
                    rows += 1;
                }
                Err((failure, data)) => failed.push((failure, data, arrival)),
            }
        }
        if bytes > ROW_GROUP {
            columns.write(&mut file)?;
            (columns, bytes) = (Columns::new(plan), 0);
        }
    }
    columns.write(&mut file)?;
    file.close()?;
    Ok((rows, failed))
}

fn schema(plan: &Plan) -> ParquetResult<TypePtr> {
    let fields = plan.columns.iter().map(|column| field(column).map(Arc::new));
    let schema = Type::group_type_builder("events").with_fields(fields.collect::<ParquetResult<_>>()?);
    Ok(Arc::new(schema.build()?))
}

fn field(column: &Column) -> ParquetResult<Type> {
    let of = |physical| Type::primitive_type_builder(&column.name, physical).with_repetition(Repetition::OPTIONAL);
    match column.kind {
        ColumnType::Varchar(_) | ColumnType::Json => of(Physical::BYTE_ARRAY).with_converted_type(ConvertedType::UTF8),
        ColumnType::SmallInt => of(Physical::INT32).with_converted_type(ConvertedType::INT_16),
        ColumnType::Integer => of(Physical::INT32),
        ColumnType::BigInt => of(Physical::INT64),
        ColumnType::Boolean => of(Physical::BOOLEAN),
        ColumnType::Timestamp => of(Physical::INT96),
        ColumnType::Decimal(precision, scale) => of(Physical::FIXED_LEN_BYTE_ARRAY)
            .with_length(i32::try_from(decimal_length(precision)).unwrap_or(16))
            .with_logical_type(Some(LogicalType::decimal(scale.into(), precision.into())))
            .with_converted_type(ConvertedType::DECIMAL)
            .with_precision(precision.into())
            .with_scale(scale.into()),
    }
    .build()
}

/// The fewest bytes that hold every number of so many digits, and its sign.
fn decimal_length(precision: u8) -> usize {
    (1..=16).find(|length| 10_i128.pow(precision.into()) - 1 <= i128::MAX >> (128 - 8 * length)).unwrap_or(16)
}

/// The columns of a row group.
struct Columns(Vec<Cells>);

/// One column: whether each row has a value, and the values.
struct Cells {
    kind: ColumnType,
    present: Vec<i16>,
    values: Vec<Value>,
}

impl Columns {
    fn new(plan: &Plan) -> Self {
        let cells = |column: &Column| Cells { kind: column.kind, present: Vec::new(), values: Vec::new() };
        Self(plan.columns.iter().map(cells).collect())
    }

    fn push(&mut self, row: Vec<Option<Value>>) {
        for (cells, value) in self.0.iter_mut().zip(row) {
            cells.present.push(value.is_some().into());
            cells.values.extend(value);
        }
    }

    fn write<W: Write + Send>(self, file: &mut SerializedFileWriter<W>) -> ParquetResult<()> {
        if self.0.first().is_none_or(|cells| cells.present.is_empty()) {
            return Ok(());
        }
        let mut group = file.next_row_group()?;
        for cells in self.0 {
            if let Some(writer) = group.next_column()? {
                cells.write(writer)?;
            }
        }
        group.close().map(drop)
    }
}

/// Days from the beginning of the Julian calendar to 1970-01-01, as INT96 counts them.
const JULIAN_EPOCH: i64 = 2_440_588;

const DAY_SECONDS: i64 = 86_400;

impl Cells {
    fn write(self, mut column: SerializedColumnWriter<'_>) -> ParquetResult<()> {
        let Self { kind, present, values } = self;
        let levels = Some(present.as_slice());
        match column.untyped() {
            ColumnWriter::ByteArrayColumnWriter(writer) => {
                let texts = values.into_iter().map(|value| match value {
                    Value::Text(text) => ByteArray::from(text),
                    _ => ByteArray::new(),
                });
                writer.write_batch(&texts.collect::<Vec<_>>(), levels, None)?;
            }
            #[allow(clippy::cast_possible_truncation)] // held to the column's range when it was read
            ColumnWriter::Int32ColumnWriter(writer) => {
                let numbers = values.iter().map(|value| integer(value) as i32);
                writer.write_batch(&numbers.collect::<Vec<_>>(), levels, None)?;
            }
            ColumnWriter::Int64ColumnWriter(writer) => {
                writer.write_batch(&values.iter().map(integer).collect::<Vec<_>>(), levels, None)?;
            }
            ColumnWriter::BoolColumnWriter(writer) => {
                let truths = values.iter().map(|value| matches!(value, Value::Boolean(true)));
                writer.write_batch(&truths.collect::<Vec<_>>(), levels, None)?;
            }
            ColumnWriter::Int96ColumnWriter(writer) => {
                writer.write_batch(&values.iter().map(int96).collect::<Vec<_>>(), levels, None)?;
            }
            ColumnWriter::FixedLenByteArrayColumnWriter(writer) => {
                let length = if let ColumnType::Decimal(precision, _) = kind { decimal_length(precision) } else { 16 };
                let decimals = values.iter().map(|value| {
                    let Value::Decimal(unscaled) = value else { return FixedLenByteArray::default() };
                    FixedLenByteArray::from(unscaled.to_be_bytes()[16 - length..].to_vec())
                });
                writer.write_batch(&decimals.collect::<Vec<_>>(), levels, None)?;
            }
            ColumnWriter::FloatColumnWriter(_) | ColumnWriter::DoubleColumnWriter(_) => {}
        }
        column.close()
    }
}

fn integer(value: &Value) -> i64 {
    if let Value::Integer(number) = value { *number } else { 0 }
}

/// Nanoseconds of the day, and the Julian day.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the parts of a number; years 0 to 9999
fn int96(value: &Value) -> Int96 {
    let mut int96 = Int96::new();
    if let Value::Timestamp { seconds, nanos } = value {
        let nanos = seconds.rem_euclid(DAY_SECONDS) as u64 * 1_000_000_000 + u64::from(*nanos);
        let day = seconds.div_euclid(DAY_SECONDS) + JULIAN_EPOCH;
        int96.set_data(nanos as u32, (nanos >> 32) as u32, day as u32);
    }
    int96
}

//! The types that a column can have: those that Spectrum's Parquet and JSON readers, COPY and Firehose's
//! converter all hold.

use std::fmt;
use std::str::FromStr;

/// Redshift's largest `varchar`, in bytes.
pub const MAX_VARCHAR: u32 = 65_535;

/// A column's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// UTF-8 text of at most this many bytes.
    Varchar(u32),
    /// 16-bit integer.
    SmallInt,
    /// 32-bit integer.
    Integer,
    /// 64-bit integer.
    BigInt,
    /// Exact decimal: total digits, digits after the point.
    Decimal(u8, u8),
    /// True or false.
    Boolean,
    /// UTC, milliseconds.
    Timestamp,
    /// A JSON object or array as text of at most [`MAX_VARCHAR`] bytes; SUPER in the warehouse.
    Json,
}

impl ColumnType {
    /// The widest text that fits, in bytes; `None` for types that are not text.
    pub fn width(self) -> Option<u32> {
        match self {
            Self::Varchar(width) => Some(width),
            Self::Json => Some(MAX_VARCHAR),
            _ => None,
        }
    }

    /// Whether a row's JSON quotes the value.
    pub fn is_quoted(self) -> bool {
        matches!(self, Self::Varchar(_) | Self::Timestamp | Self::Json)
    }

    /// Whether a column of this type can read files that have it as `before`: the same type, or a wider varchar.
    pub fn reads(self, before: Self) -> bool {
        match (before, self) {
            (Self::Varchar(before), Self::Varchar(now)) => now >= before,
            _ => before == self,
        }
    }

    /// Smallest and largest value of an integer type; `None` for the others.
    pub fn integer_range(self) -> Option<(i64, i64)> {
        match self {
            Self::SmallInt => Some((i16::MIN.into(), i16::MAX.into())),
            Self::Integer => Some((i32::MIN.into(), i32::MAX.into())),
            Self::BigInt => Some((i64::MIN, i64::MAX)),
            _ => None,
        }
    }
}

/// As schema.toml spells it.
impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Varchar(width) => write!(f, "varchar({width})"),
            Self::SmallInt => f.write_str("smallint"),
            Self::Integer => f.write_str("integer"),
            Self::BigInt => f.write_str("bigint"),
            Self::Decimal(precision, scale) => write!(f, "decimal({precision},{scale})"),
            Self::Boolean => f.write_str("boolean"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::Json => f.write_str("json"),
        }
    }
}

/// The error is what to write instead.
impl FromStr for ColumnType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, arguments) = match text.split_once('(') {
            None => (text, Vec::new()),
            Some((name, rest)) => {
                let inner = rest.strip_suffix(')').ok_or("close the parenthesis")?;
                let numbers = inner.split(',').map(|n| n.trim().parse().map_err(|_| format!("`{n}` is not a number")));
                (name, numbers.collect::<Result<Vec<u32>, _>>()?)
            }
        };
        match (name, arguments.as_slice()) {
            ("varchar", &[width @ 1..=MAX_VARCHAR]) => Ok(Self::Varchar(width)),
            ("varchar", _) => Err(format!("give its width in bytes, varchar(1) to varchar({MAX_VARCHAR})")),
            ("smallint", []) => Ok(Self::SmallInt),
            ("integer", []) => Ok(Self::Integer),
            ("bigint", []) => Ok(Self::BigInt),
            // 38 digits: Redshift's and Parquet's widest decimal.
            ("decimal", &[precision @ 1..=38, scale]) if scale <= precision => {
                #[allow(clippy::cast_possible_truncation)] // both <= 38
                Ok(Self::Decimal(precision as u8, scale as u8))
            }
            ("decimal", _) => Err("give digits and decimal places, decimal(p,s) with s <= p <= 38".into()),
            ("boolean", []) => Ok(Self::Boolean),
            ("timestamp", []) => Ok(Self::Timestamp),
            ("json", []) => Ok(Self::Json),
            ("super", _) => Err("write `json`: text in S3, SUPER in the warehouse; Spectrum cannot hold SUPER".into()),
            ("text" | "string" | "char", _) => Err("write varchar(n), n in bytes; Spectrum wants a width".into()),
            ("timestamptz" | "time" | "timetz", _) => {
                Err("write `timestamp`; Spectrum has no time zones, rows are UTC".into())
            }
            ("date", _) => Err("write `timestamp`; Spectrum's JSON tables cannot hold a date column".into()),
            ("real" | "float" | "double" | "double precision" | "float4" | "float8" | "numeric", _) => {
                Err("write decimal(p,s); sums of floating-point numbers drift".into())
            }
            _ => Err("use varchar(n), smallint, integer, bigint, decimal(p,s), boolean, timestamp or json".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_reads_as_it_is_written() {
        for text in [
            "varchar(1)",
            "varchar(65535)",
            "smallint",
            "integer",
            "bigint",
            "decimal(18,4)",
            "boolean",
            "timestamp",
            "json",
        ] {
            assert_eq!(text.parse::<ColumnType>().map(|t| t.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn types_that_spectrum_cannot_hold_are_refused_with_what_to_write_instead() {
        for (text, remedy) in [
            ("super", "json"),
            ("timestamptz", "timestamp"),
            ("date", "timestamp"),
            ("double precision", "decimal"),
            ("string", "varchar(n)"),
            ("varchar", "width"),
            ("varchar(65536)", "width"),
            ("decimal(39,2)", "38"),
            ("decimal(4,5)", "s <= p"),
            ("varchar(9", "parenthesis"),
            ("varchar(x)", "not a number"),
            ("geometry", "use varchar"),
        ] {
            let error = text.parse::<ColumnType>().expect_err(text);
            assert!(error.contains(remedy), "{text}: {error}");
        }
    }
}

//! How the stream is configured: what template.yaml says, unless told otherwise.

use super::prefix::Prefix;
use std::ops::RangeInclusive;

/// The settings of a stream, under the names of CloudFormation's properties. Defaults are template.yaml's.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "The stream")]
pub(crate) struct Settings {
    /// Folder of delivered objects.
    #[arg(long, value_name = "PREFIX", value_parser = events_prefix,
        default_value = "events/event_type=!{partitionKeyFromLambda:event_type}/date=!{partitionKeyFromLambda:date}/")]
    pub(crate) prefix: Prefix,
    /// Folder of error objects.
    #[arg(long, value_name = "PREFIX", value_parser = error_prefix,
        default_value = "errors/!{firehose:error-output-type}/date=!{timestamp:yyyy-MM-dd}/")]
    pub(crate) error_prefix: Prefix,
    /// Folder of the source records as they came.
    #[arg(long, value_name = "PREFIX", value_parser = events_prefix,
        default_value = "raw/date=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/")]
    pub(crate) backup_prefix: Prefix,
    /// Keep no source records.
    #[arg(long)]
    pub(crate) no_backup: bool,
    /// MiB of records for one invocation, before base64.
    #[arg(long, value_name = "MB", default_value_t = 1.0, value_parser = megabytes)]
    pub(crate) invocation_mb: f64,
    /// How long records wait for an invocation.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(i64).range(0..=900))]
    pub(crate) invocation_seconds: i64,
    /// How often a failed invocation is tried again.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) retries: u32,
    /// MiB of rows for one object.
    #[arg(long, value_name = "MB", default_value_t = 128, value_parser = clap::value_parser!(u64).range(1..=128))]
    pub(crate) object_mb: u64,
    /// How long rows wait for their object.
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(i64).range(60..=900))]
    pub(crate) object_seconds: i64,
    /// Partitions that can be open at once.
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub(crate) active_partitions: usize,
    /// Split records that hold several JSON objects before the Lambda sees them.
    #[arg(long)]
    pub(crate) deaggregate: bool,
    /// Name of the stream.
    #[arg(long, value_name = "NAME", default_value = "clickstream", value_parser = name)]
    pub(crate) stream: String,
    /// Decides the random part of objects' names.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}

impl Settings {
    /// `BufferSizeInMBs` in bytes.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0.2 to 3 MiB
    pub(super) fn invocation_bytes(&self) -> usize {
        (self.invocation_mb * f64::from(1 << 20)) as usize
    }

    pub(super) fn object_bytes(&self) -> u64 {
        self.object_mb << 20
    }
}

/// What the Lambda processor's `BufferSizeInMBs` may be (API reference, `ProcessorParameter`).
const INVOCATION_MB: RangeInclusive<f64> = 0.2..=3.0;

fn megabytes(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| INVOCATION_MB.contains(number));
    number.ok_or_else(|| format!("from {} to {}", INVOCATION_MB.start(), INVOCATION_MB.end()))
}

fn events_prefix(text: &str) -> Result<Prefix, String> {
    let prefix: Prefix = text.parse()?;
    prefix.check_for_events().map(|()| prefix)
}

fn error_prefix(text: &str) -> Result<Prefix, String> {
    let prefix: Prefix = text.parse()?;
    prefix.check_for_errors().map(|()| prefix)
}

/// A stream's name (API reference, `CreateDeliveryStream`).
fn name(text: &str) -> Result<String, String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let fits = (1..=64).contains(&text.len()) && text.bytes().all(allowed);
    if fits { Ok(text.into()) } else { Err("1 to 64 letters, digits, `_`, `.`, `-`".into()) }
}

//! docs/cost.md: what a million events and a terabyte cost, from measured CPU time and assumed prices.

use crate::ours;
use crate::results::{InvocationTimes, Results, median};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::fmt::Write;

/// `prices.toml`: all that is assumed.
const PRICES: &str = include_str!("../prices.toml");

#[derive(Debug, Deserialize)]
struct Prices {
    as_of: String,
    region: String,
    lambda: Lambda,
    firehose: Firehose,
}

#[derive(Debug, Deserialize)]
struct Lambda {
    per_million_requests: f64,
    per_gb_second_x86_64: f64,
    per_gb_second_arm64: f64,
    mb_per_vcpu: f64,
    memory_mb: Vec<f64>,
}

#[derive(Debug, Deserialize)]
struct Firehose {
    per_gb_ingested: f64,
    rounded_up_to_bytes: f64,
    per_gb_partitioned: f64,
    per_thousand_objects: f64,
}

impl Lambda {
    /// Milliseconds that are billed for `cpu_ms` of work: a function with less than a vCPU gets its share of one, and
    /// every started millisecond counts.
    fn billed_ms(&self, cpu_ms: f64, memory_mb: f64) -> f64 {
        (cpu_ms * (self.mb_per_vcpu / memory_mb).max(1.0)).ceil()
    }

    /// Dollars of an invocation that is billed `ms`, at `per_gb_second`.
    fn invocation(&self, ms: f64, memory_mb: f64, per_gb_second: f64) -> f64 {
        ms / 1e3 * memory_mb / 1024.0 * per_gb_second + self.per_million_requests / 1e6
    }
}

impl Firehose {
    /// Dollars that a million events of `bytes` cost, `together` of them in a record.
    fn million(&self, bytes: f64, together: f64) -> f64 {
        let record = (bytes * together / self.rounded_up_to_bytes).ceil() * self.rounded_up_to_bytes;
        1e6 / together * record / GB * self.per_gb_ingested
    }
}

const GB: f64 = 1_073_741_824.0;

/// The page.
///
/// # Errors
/// If `prices.toml` cannot be read or the results lack the function.
#[allow(clippy::cast_precision_loss)] // bytes and records
pub fn markdown(results: &Results) -> Result<String> {
    let prices: Prices = toml::from_str(PRICES).context("crates/bench/prices.toml")?;
    let function = results.functions.iter().find(|function| function.peer == ours::NAME);
    let function = function.context("no measured function in the results")?;
    let times = function.invocation_ms.first().context("no measured invocation in the results")?;
    let cpu_ms = median(&times.ms);
    let (records, event) = (times.records as f64, times.raw as f64 / times.records as f64);
    let Prices { as_of, region, lambda, firehose } = &prices;
    let mut page = format!(
        "# What it costs\n\n\
        Made by `make bench` from measured CPU time and assumed prices; do not edit.\n\n\
        **Measured** ({date}, {processor}, x86_64): an invocation of {mb:.0} MB of records, {records} events of {event:.0} bytes \
        on average, takes the function {cpu_ms:.1} ms of CPU, from the request that it reads to the answer that it posts. \
        At the largest request that Lambda takes it has {peak:.0} MB of memory.\n\n\
        **Assumed** ([prices.toml](../crates/bench/prices.toml)): on-demand prices of {as_of}, {region}, without free tier \
        and discounts. A function with M MB of memory has M / {vcpu} of a vCPU, and a vCPU of Lambda is as fast as this \
        machine's core; arm64 takes the same time. Lambda's cold starts are not counted: a stream that never rests has \
        none to speak of.\n\n\
        ## Lambda\n\n\
        One whole vCPU transforms {per_vcpu} events a second.\n\n\
        | memory | ms an invocation | events a second | ms a million events | $ a million events | $ a TB | the same, arm64 |\n\
        |--:|--:|--:|--:|--:|--:|--:|\n",
        date = results.machine.date,
        processor = results.machine.processor,
        mb = times.raw as f64 / 1e6,
        peak = function.peak_memory as f64 / 1e6,
        vcpu = lambda.mb_per_vcpu,
        per_vcpu = thousands(records / cpu_ms * 1e3),
    );
    for &memory in &lambda.memory_mb {
        let ms = lambda.billed_ms(cpu_ms, memory);
        let [x86, arm] =
            [lambda.per_gb_second_x86_64, lambda.per_gb_second_arm64].map(|price| lambda.invocation(ms, memory, price));
        let terabyte = 1e12 / times.raw as f64;
        let _ = writeln!(
            page,
            "| {memory} MB | {ms:.0} | {} | {} | {:.5} | {:.2} | {:.2} |",
            thousands(records / ms * 1e3),
            thousands(ms * 1e6 / records),
            x86 * 1e6 / records,
            x86 * terabyte,
            arm * terabyte,
        );
    }
    page.push_str(
        "\nMemory hardly changes the price: with twice of it, an invocation takes half the time, and only the rounding to \
        whole milliseconds and the fixed price of a request differ. So choose it by room: twice the measured peak is \
        enough. More of it makes each invocation shorter, which matters only if Firehose falls behind.\n\n",
    );
    buffer(&mut page, results, &function.invocation_ms, lambda);
    firehose_part(&mut page, firehose, event);
    Ok(page)
}

#[allow(clippy::cast_precision_loss)] // bytes and records
fn buffer(page: &mut String, results: &Results, invocations: &[InvocationTimes], lambda: &Lambda) {
    page.push_str(
        "## Buffer hint\n\n\
        | buffered | CPU ms an MB | $ of requests a TB | records refused because the answer was full |\n|--:|--:|--:|--:|\n",
    );
    for times in invocations {
        let (mb, speed) = (times.raw as f64 / 1e6, results.speed.iter().find(|speed| speed.workload == times.workload));
        let _ = writeln!(
            page,
            "| {mb:.0} MB | {:.1} | {:.2} | {} of {} |",
            median(&times.ms) / mb,
            lambda.per_million_requests / mb,
            speed.map_or(0, |speed| speed.response_full),
            times.records,
        );
    }
    page.push_str(
        "\nOne megabyte is what the template asks for. More saves nothing worth having, and a full answer costs records: \
        rows are wider than events, and Lambda's answer ends at 6 MB.\n\n",
    );
}

fn firehose_part(page: &mut String, firehose: &Firehose, event: f64) {
    let _ = write!(
        page,
        "## Firehose\n\n\
        It bills every record as a multiple of {kb:.0} KB, so small events are what costs, not the transform:\n\n\
        | events a record | $ a million events, of {event:.0} bytes each |\n|--:|--:|\n",
        kb = firehose.rounded_up_to_bytes / 1024.0,
    );
    let fit = (firehose.rounded_up_to_bytes / event).floor().max(1.0);
    let mut together = vec![1.0, 2.0, 5.0, fit];
    together.sort_by(f64::total_cmp);
    together.dedup();
    for together in together.into_iter().filter(|together| *together <= fit) {
        let _ = writeln!(page, "| {together:.0} | {:.2} |", firehose.million(event, together));
    }
    let _ = write!(
        page,
        "\nA producer that puts several events into one record pays for what it sends. They must belong to one partition \
        (event type and date), or the record fails as `mixed_partitions`; lines of JSON with the stack's parameter \
        `JsonDeaggregation` may be mixed.\n\n\
        Dynamic partitioning adds ${:.3} a GB delivered and ${:.3} for a thousand objects: with B bytes an hour in P \
        partitions and a buffer of T seconds, at most P x 3600 / T objects an hour. A longer buffer interval makes fewer.\n",
        firehose.per_gb_partitioned, firehose.per_thousand_objects,
    );
}

/// Whole, with a comma after every third digit.
pub(crate) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prices() -> Prices {
        toml::from_str(PRICES).expect("prices.toml")
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
    }

    #[test]
    fn a_function_is_billed_its_share_of_a_vcpu_in_whole_milliseconds() {
        let lambda = prices().lambda;
        near(lambda.billed_ms(10.0, 1769.0), 10.0);
        near(lambda.billed_ms(10.0, 176.9), 100.0);
        near(lambda.billed_ms(10.0, 1024.0), 18.0);
        near(lambda.billed_ms(10.0, 3538.0), 10.0);
        near(lambda.invocation(1000.0, 1024.0, 0.00002), 0.00002 + 0.000_000_2);
    }

    #[test]
    fn a_record_is_rounded_up_to_five_kilobytes() {
        let firehose = prices().firehose;
        let whole = 1e6 * 5120.0 / GB * 0.029;
        near(firehose.million(100.0, 1.0), whole);
        near(firehose.million(5120.0, 1.0), whole);
        near(firehose.million(5121.0, 1.0), 2.0 * whole);
        near(firehose.million(512.0, 10.0), whole / 10.0);
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!([999.4, 1000.0, 1_234_567.0].map(thousands), ["999", "1,000", "1,234,567"]);
    }
}

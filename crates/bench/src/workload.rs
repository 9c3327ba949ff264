//! Invocations as Firehose makes them, filled with a shop's traffic.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

/// When all records arrive, in milliseconds since 1970: the end of the day that `make bench` generates.
pub const ARRIVAL: i64 = 1_795_478_400_000;

/// The most bytes of a request that Lambda takes (6 MB in its quotas; the runtime interface emulator cuts there).
pub const MAX_REQUEST: usize = 6_291_556;

/// One invocation, and what it is made of.
#[derive(Debug, Clone)]
pub struct Workload {
    /// As tables call it.
    pub name: String,
    /// The invocation as Lambda gets it.
    pub body: String,
    /// Bytes of records in it, before base64.
    pub raw: usize,
    /// How many records.
    pub records: usize,
}

impl Workload {
    /// As many of `records`, in order and from the first one again after the last, as reach `raw` bytes, or as Lambda
    /// takes in a request.
    pub fn of(name: impl Into<String>, records: &[impl AsRef<[u8]>], raw: usize) -> Self {
        let mut filled = Self { name: name.into(), body: OPEN.to_owned(), raw: 0, records: 0 };
        let mut entry = String::new();
        for record in records.iter().cycle().map(AsRef::as_ref) {
            entry.clear();
            push_record(&mut entry, filled.records, record);
            if filled.records > 0 && filled.raw >= raw || filled.body.len() + entry.len() + CLOSE.len() > MAX_REQUEST {
                break;
            }
            filled.body.push_str(&entry);
            filled.raw += record.len();
            filled.records += 1;
        }
        filled.body.push_str(CLOSE);
        filled
    }
}

const OPEN: &str = concat!(
    r#"{"invocationId":"0f0b6a0e-8f2e-4a52-9c5e-0a6f0c1d2e3f","#,
    r#""deliveryStreamArn":"arn:aws:firehose:us-east-1:123456789012:deliverystream/clickstream","#,
    r#""region":"us-east-1","records":["#
);
const CLOSE: &str = "]}";

fn push_record(body: &mut String, index: usize, data: &[u8]) {
    let separator = if index == 0 { "" } else { "," };
    // As long as Firehose's ids: 56 digits.
    let id = format!("{index:056}");
    body.extend([
        separator,
        r#"{"recordId":""#,
        &id,
        r#"","approximateArrivalTimestamp":"#,
        &ARRIVAL.to_string(),
        r#","data":""#,
    ]);
    STANDARD.encode_string(data, body);
    body.push_str("\"}");
}

/// The records of each size, of a shop's traffic.
#[derive(Debug, Default)]
pub struct Traffic<'a> {
    small: Vec<&'a str>,
    mid: Vec<&'a str>,
    large: Vec<&'a str>,
    mixed: Vec<&'a str>,
}

impl<'a> Traffic<'a> {
    /// Takes from `lines` what every peer can answer: records of one event that is plain JSON, a Segment call or a gtag
    /// call. Batches, lists, the envelopes of the measurement protocol and what a server's tag manager makes of it
    /// (`x-ga-…`) are left out: the peers have no code for them.
    pub fn new(lines: &'a str) -> Self {
        let mut traffic = Self::default();
        for line in lines.lines() {
            let Ok(event) = serde_json::from_str::<Map<String, Value>>(line) else { continue };
            let is_covered = |key: &String| !matches!(key.as_str(), "batch" | "events") && !key.starts_with("x-ga-");
            if !event.keys().all(is_covered) {
                continue;
            }
            traffic.mixed.push(line);
            match line.len() {
                ..=300 => traffic.small.push(line),
                500..=900 => traffic.mid.push(line),
                1000.. => traffic.large.push(line),
                _ => {}
            }
        }
        traffic
    }

    /// An invocation of each mix of sizes, with `raw` bytes of records, which tables call `size`.
    pub fn workloads(&self, size: &str, raw: usize) -> Vec<Workload> {
        let mixes = [("mixed", &self.mixed), ("small", &self.small), ("mid", &self.mid), ("large", &self.large)];
        mixes.iter().map(|(mix, records)| Workload::of(format!("{mix}, {size}"), records, raw)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clickstream::firehose::Request;

    #[test]
    fn an_invocation_holds_what_it_says_and_no_more_than_lambda_takes() {
        let filled = Workload::of("some", &["{\"a\":1}", "{\"b\":22}"], 100);
        let request = Request::parse(&filled.body).expect("a request");
        assert_eq!((request.records.len(), filled.records, filled.raw), (14, 14, 105));
        assert_eq!(request.records[1].data(), Some(&b"eyJiIjoyMn0="[..]));
        let full = Workload::of("full", &["{}"], usize::MAX);
        assert!(full.body.len() <= MAX_REQUEST && full.body.len() > MAX_REQUEST - 200);
    }

    #[test]
    fn traffic_is_sorted_by_size_and_envelopes_are_left_out() {
        let lines = format!(
            "{{\"a\":1}}\n{{\"batch\":[]}}\n{{\"x-ga-js_client_id\":\"1\"}}\n[]\nno\n{{\"a\":\"{}\"}}\n",
            "x".repeat(1000)
        );
        let traffic = Traffic::new(&lines);
        assert_eq!([traffic.small.len(), traffic.mid.len(), traffic.large.len(), traffic.mixed.len()], [1, 0, 1, 2]);
    }
}

//! Prefix expressions: the folder of an object, as `Prefix` and `ErrorOutputPrefix` of a stream spell it.
//!
//! The rules are those of Firehose's developer guide, "Custom prefixes for Amazon S3 objects".

use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::str::FromStr;

/// The most characters of a prefix as it is spelled (API reference, `ExtendedS3DestinationConfiguration`).
const MOST_SPELLED: usize = 1024;

/// The most characters of a prefix once it is evaluated (developer guide, "Custom prefixes").
pub(super) const MOST_EVALUATED: usize = 512;

/// A parsed prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prefix(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    /// A pattern for chrono.
    Timestamp(String),
    ErrorOutputType,
    RandomString,
    PartitionKey(String),
}

/// What an object's prefix is made from.
pub(crate) struct Place<'a> {
    /// Arrival of the oldest record in the object: milliseconds since 1970.
    pub(crate) arrival: i64,
    /// The folder of an error.
    pub(crate) error: &'a str,
    /// Eleven characters, others for every object.
    pub(crate) random: &'a str,
    pub(crate) keys: &'a BTreeMap<String, String>,
}

impl Prefix {
    /// The partition keys that it needs.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::PartitionKey(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether what it comes to with these keys is as short as Firehose takes; the longest of our errors counts.
    pub(crate) fn fits(&self, keys: &BTreeMap<String, String>) -> bool {
        let place = Place { arrival: 0, error: "metadata-extraction-failed", random: "abcdefghijk", keys };
        self.evaluate(&place).chars().count() <= MOST_EVALUATED
    }

    /// Whether it is too long already without its partition keys.
    fn check_length(&self) -> Result<(), String> {
        let fits = self.fits(&BTreeMap::new());
        if fits { Ok(()) } else { Err(format!("evaluated, it has more than {MOST_EVALUATED} characters")) }
    }

    /// Why Firehose would not take it for delivered objects.
    pub(crate) fn check_for_events(&self) -> Result<(), String> {
        self.check_length()?;
        if self.0.contains(&Part::ErrorOutputType) {
            return Err("!{firehose:error-output-type} belongs into the error prefix alone".into());
        }
        Ok(())
    }

    /// Why Firehose would not take it for error objects.
    pub(crate) fn check_for_errors(&self) -> Result<(), String> {
        self.check_length()?;
        if self.keys().next().is_some() {
            return Err("an error has no partition keys: use !{timestamp:…} in the error prefix".into());
        }
        if self.0.iter().any(|part| !matches!(part, Part::Text(_))) && !self.0.contains(&Part::ErrorOutputType) {
            return Err("an error prefix with expressions needs !{firehose:error-output-type}".into());
        }
        Ok(())
    }

    /// The prefix of an object. A key that is not there leaves nothing.
    pub(crate) fn evaluate(&self, place: &Place) -> String {
        let mut prefix = String::new();
        let arrival = DateTime::<Utc>::from_timestamp_millis(place.arrival).unwrap_or_default();
        for part in &self.0 {
            match part {
                Part::Text(text) => prefix.push_str(text),
                // Checked when it was parsed; writing to a String cannot fail.
                Part::Timestamp(pattern) => drop(write!(prefix, "{}", arrival.format(pattern))),
                Part::ErrorOutputType => prefix.push_str(place.error),
                Part::RandomString => prefix.push_str(place.random),
                Part::PartitionKey(name) => prefix.push_str(place.keys.get(name).map_or("", String::as_str)),
            }
        }
        // With no expression at all Firehose appends the hour of arrival, without a slash before it.
        if self.0.iter().all(|part| matches!(part, Part::Text(_))) {
            let _ = write!(prefix, "{}", arrival.format("%Y/%m/%d/%H/"));
        }
        prefix
    }
}

impl FromStr for Prefix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.chars().count() > MOST_SPELLED {
            return Err(format!("Firehose takes at most {MOST_SPELLED} characters"));
        }
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once("!{") {
            let (expression, after) = after.split_once('}').ok_or_else(|| format!("close `!{{{after}`"))?;
            if !before.is_empty() {
                parts.push(Part::Text(before.into()));
            }
            parts.push(match expression.split_once(':') {
                Some(("timestamp", pattern)) => Part::Timestamp(chrono_pattern(pattern)?),
                Some(("firehose", "error-output-type")) => Part::ErrorOutputType,
                Some(("firehose", "random-string")) => Part::RandomString,
                Some(("partitionKeyFromLambda", name)) if !name.is_empty() => Part::PartitionKey(name.into()),
                _ => {
                    return Err(format!(
                        "`!{{{expression}}}` is none of !{{timestamp:yyyy-MM-dd}}, !{{firehose:error-output-type}}, \
                         !{{firehose:random-string}}, !{{partitionKeyFromLambda:name}}"
                    ));
                }
            });
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.into()));
        }
        Ok(Self(parts))
    }
}

/// The numeric letters of Java's DateTimeFormatter as chrono spells them.
fn chrono_pattern(java: &str) -> Result<String, String> {
    let (mut pattern, mut rest) = (String::new(), java);
    while let Some(first) = rest.chars().next() {
        if let Some(quoted) = rest.strip_prefix('\'') {
            let (text, after) = quoted.split_once('\'').ok_or_else(|| format!("close the quote in `{java}`"))?;
            pattern.push_str(if text.is_empty() { "'" } else { text });
            rest = after;
            continue;
        }
        let end = rest.find(|letter| letter != first).unwrap_or(rest.len());
        pattern.push_str(match &rest[..end] {
            "yyyy" | "uuuu" => "%Y",
            "yy" => "%y",
            "MM" => "%m",
            "M" => "%-m",
            "dd" => "%d",
            "d" => "%-d",
            "HH" => "%H",
            "H" => "%-H",
            "mm" => "%M",
            "ss" => "%S",
            "%" => "%%",
            letters if first.is_ascii_alphabetic() => {
                return Err(format!("`{letters}` is not played here: use yyyy, MM, dd, HH, mm, ss"));
            }
            other => other,
        });
        rest = &rest[end..];
    }
    Ok(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(keys: &BTreeMap<String, String>) -> Place<'_> {
        Place { arrival: 1_795_428_930_123, error: "processing-failed", random: "abcdefghijk", keys }
    }

    #[test]
    fn expressions_are_filled_in() {
        let keys = BTreeMap::from([("event_type".into(), "purchase".into()), ("date".into(), "2026-11-22".into())]);
        let cases = [
            (
                "events/event_type=!{partitionKeyFromLambda:event_type}/date=!{partitionKeyFromLambda:date}/",
                "events/event_type=purchase/date=2026-11-22/",
            ),
            (
                "errors/!{firehose:error-output-type}/date=!{timestamp:yyyy-MM-dd}/",
                "errors/processing-failed/date=2026-11-23/",
            ),
            ("a%b/!{timestamp:'hour='HH'm'mm/}!{firehose:random-string}", "a%b/hour=10m15/abcdefghijk"),
            ("legacy", "legacy2026/11/23/10/"),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<Prefix>().expect(text).evaluate(&place(&keys)), expected);
        }
    }

    #[test]
    fn what_firehose_refuses_is_refused() {
        for text in ["!{timestamp:yyyy", "!{timestamp:EEE}", "!{partitionKeyFromQuery:x}", "!{nonsense}"] {
            assert!(text.parse::<Prefix>().is_err(), "{text}");
        }
        let errors = |text: &str| text.parse::<Prefix>().expect(text).check_for_errors().is_ok();
        assert!(errors("errors/") && errors("errors/!{firehose:error-output-type}/"));
        assert!(!errors("errors/!{timestamp:yyyy}/"));
        assert!(!errors("errors/!{firehose:error-output-type}/!{partitionKeyFromLambda:date}/"));
        assert!("e/!{firehose:error-output-type}/".parse::<Prefix>().expect("parses").check_for_events().is_err());
    }

    #[test]
    fn a_prefix_that_is_too_long_is_refused_as_spelled_and_as_evaluated() {
        let text = |length: usize| "x".repeat(length);
        assert!(text(MOST_SPELLED + 1).parse::<Prefix>().is_err());
        let check = |text: String| text.parse::<Prefix>().expect("parses").check_for_events();
        assert!(check(text(512 - "2026/11/23/10/".len())).is_ok());
        assert!(check(text(513 - "2026/11/23/10/".len())).is_err());
        let errors = |length| format!("{}!{{firehose:error-output-type}}/", text(length)).parse::<Prefix>();
        assert!(errors(512 - 27).expect("parses").check_for_errors().is_ok());
        assert!(errors(513 - 27).expect("parses").check_for_errors().is_err());
        let prefix: Prefix = "é!{partitionKeyFromLambda:date}".parse().expect("parses");
        for (length, fits) in [(511, true), (512, false)] {
            assert_eq!(prefix.fits(&BTreeMap::from([("date".into(), text(length))])), fits);
        }
    }
}

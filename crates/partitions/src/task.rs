//! What an event asks for: the partitions of which dates, and which are too old to keep.

use crate::config::Config;
use chrono::{Datelike, Days, NaiveDate};
use clickstream::derive::time::{date, parse};
use clickstream::schema::Window;
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

const DAY_MS: i64 = 86_400_000;

/// The most dates that one back-fill takes: those of a year are registered well before Lambda's time is up.
const MOST_DATES: i64 = 366;

/// The longest that a record can wait for its row to be written. Firehose keeps what it cannot deliver for 24 hours, and a
/// Kinesis stream holds as much unless it is told to hold more; invocations, their retries and the buffers come on top.
/// <https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html>
pub(crate) const WAIT_DAYS: u32 = 2;

/// A partition is removed this many days before its objects can expire, so that a query finds a day whole or not at all.
/// An object expires at the midnight after its age is reached, counted from when it was written; a clock that is early
/// (at most an hour, says the schema) files a row under the day after that: one day. The other is for the function's runs.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html>
pub(crate) const BEFORE_OBJECTS_DAYS: u32 = 2;

/// Years of dates that a partition can have: no clock of ours is before 1970, and dates reach a little beyond a `time`.
const YEARS: RangeInclusive<i32> = 1970..=9998;

/// Members of the event that EventBridge Scheduler sends for a schedule without input, but for `time`.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/aws-events.html>
const SCHEDULERS: [&str; 8] = ["version", "id", "detail-type", "source", "account", "region", "resources", "detail"];

/// The partitions to register and to remove. Dates are UTC, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// The first date to register.
    pub first: NaiveDate,
    /// The last date to register.
    pub last: NaiveDate,
    /// Partitions before this date are removed.
    pub cutoff: Option<NaiveDate>,
}

impl Task {
    /// What the event `text` asks for; `now` is in milliseconds since 1970.
    ///
    /// * `{"time": "2026-11-23T10:00:00Z"}`: all that rows can be filed under that are written from that time on until
    ///   [`Config::days_ahead`] days later, those of records that have waited included. What a schedule sends has a
    ///   `time`; without one, `now` is the time. What is too old is removed, by the earlier of the two: no mistyped
    ///   `time` makes a living partition old.
    /// * `{"from": "2026-01-01", "to": "2026-02-01"}`: these dates; a back-fill, for which nothing is removed.
    ///
    /// # Errors
    /// An event of another shape, with the remedy.
    pub fn read(text: &str, now: i64, window: Window, config: &Config) -> Result<Self, String> {
        let event: Option<Map<String, Value>> =
            serde_json::from_str(text).map_err(|error| format!("the event is no JSON object: {error}; send `{{}}`"))?;
        let event = event.unwrap_or_default();
        let is_known = |key: &str| ["time", "from", "to"].contains(&key) || SCHEDULERS.contains(&key);
        if let Some(key) = event.keys().find(|key| !is_known(key)) {
            return Err(format!("the event has a member `{key}`; known are `time`, or `from` and `to`"));
        }
        let cutoff = |now| {
            let age = config.retention_days?.saturating_sub(BEFORE_OBJECTS_DAYS);
            date(now).checked_sub_days(Days::new(age.into()))
        };
        match (moment(&event, "from")?, moment(&event, "to")?) {
            (None, None) => {
                let time = moment(&event, "time")?.unwrap_or(now);
                let since = time.saturating_sub(i64::from(WAIT_DAYS) * DAY_MS);
                let until = time.saturating_add(i64::from(config.days_ahead) * DAY_MS);
                let mut dates = window.dates(since, until);
                let first = dates.next().unwrap_or_else(|| date(time));
                Ok(Self { first, last: dates.last().unwrap_or(first), cutoff: cutoff(time.min(now)) })
            }
            (Some(from), Some(to)) => {
                let (first, last) = (date(from), date(to));
                let dates = (last - first).num_days() + 1;
                if !(1..=MOST_DATES).contains(&dates) {
                    return Err(format!("from {first} to {last} are {dates} dates; name 1 to {MOST_DATES}"));
                }
                match cutoff(now) {
                    Some(cutoff) if first < cutoff => Err(format!(
                        "{first} is older than RETENTION_DAYS keeps: begin at {cutoff}, or keep events for longer"
                    )),
                    _ => Ok(Self { first, last, cutoff: None }),
                }
            }
            _ => Err("a back-fill names both `from` and `to`".into()),
        }
    }

    /// The dates to register.
    pub fn dates(&self) -> impl Iterator<Item = NaiveDate> + Clone + use<> {
        let last = self.last;
        self.first.iter_days().take_while(move |date| *date <= last)
    }
}

/// The member `key`, in milliseconds since 1970.
fn moment(event: &Map<String, Value>, key: &str) -> Result<Option<i64>, String> {
    let Some(value) = event.get(key) else { return Ok(None) };
    let moment = value.as_str().and_then(parse).ok_or_else(|| {
        format!("`{key}` is {value}; write a time such as \"2026-11-23T10:00:00Z\" or a date such as \"2026-11-23\"")
    })?;
    if YEARS.contains(&date(moment).year()) {
        return Ok(Some(moment));
    }
    Err(format!(
        "`{key}` is {value}, of the year {}; write one from {} to {}",
        date(moment).year(),
        YEARS.start(),
        YEARS.end()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Window = Window { late_days: 7, early_minutes: 60 };
    /// 2026-11-23T22:30:00Z.
    const NOW: i64 = 1_795_473_000_000;

    fn config(retention: &str) -> Config {
        let variable = |name: &str| match name {
            "RETENTION_DAYS" => Some(retention.to_owned()),
            "DAYS_AHEAD" => None,
            _ => Some("set".to_owned()),
        };
        Config::read(variable, WINDOW).expect("a configuration")
    }

    fn read(event: &str, retention: &str) -> Result<[String; 3], String> {
        let task = Task::read(event, NOW, WINDOW, &config(retention))?;
        let cutoff = task.cutoff.map(|date| date.to_string()).unwrap_or_default();
        Ok([task.first.to_string(), task.last.to_string(), cutoff])
    }

    #[test]
    fn without_a_time_it_is_now_and_an_hour_early_reaches_into_the_next_day() {
        for event in ["{}", "null", r#"{"time":"2026-11-23T22:30:00Z"}"#] {
            assert_eq!(read(event, "").expect("a task"), ["2026-11-14", "2026-11-25", ""]);
        }
        assert_eq!(read(r#"{"time":"2026-11-23T23:30:00Z"}"#, "").expect("a task"), ["2026-11-14", "2026-11-26", ""]);
    }

    #[test]
    fn what_eventbridge_scheduler_sends_is_understood() {
        let event = r#"{"version":"0","id":"37666ae6","detail-type":"Scheduled Event","source":"aws.scheduler",
            "account":"123456789012","time":"2026-11-20T12:00:00Z","region":"eu-west-1",
            "resources":["arn:aws:scheduler:eu-west-1:123456789012:schedule/default/hourly"],"detail":"{}"}"#;
        assert_eq!(read(event, "90").expect("a task"), ["2026-11-11", "2026-11-22", "2026-08-24"]);
    }

    #[test]
    fn a_mistyped_time_makes_nothing_old() {
        let removed_before = |event| read(event, "90").expect("a task")[2].clone();
        assert_eq!(removed_before("{}"), "2026-08-27");
        assert_eq!(removed_before(r#"{"time":"2062-11-23T22:30:00Z"}"#), "2026-08-27");
        assert_eq!(removed_before(r#"{"time":"2026-11-20T22:30:00Z"}"#), "2026-08-24");
    }

    #[test]
    fn a_partition_is_removed_a_day_before_the_first_of_its_objects_expires() {
        // Written by an early clock at 2026-07-31T23:30:00Z, the first object of 2026-08-01 expires at 2026-08-31T00:00:00Z.
        let removed_before = |time: &str| read(&format!(r#"{{"time":"{time}"}}"#), "30").expect("a task")[2].clone();
        assert_eq!(removed_before("2026-08-29T23:59:59Z"), "2026-08-01");
        assert_eq!(removed_before("2026-08-30T00:00:00Z"), "2026-08-02");
    }

    #[test]
    fn the_shortest_retention_removes_nothing_that_is_registered() {
        let [first, _, cutoff] = read("{}", "11").expect("a task");
        assert_eq!(first, cutoff);
    }

    #[test]
    fn a_back_fill_is_its_dates_and_removes_nothing() {
        let event = r#"{"from":"2026-01-01","to":"2026-02-01"}"#;
        assert_eq!(read(event, "").expect("a task"), ["2026-01-01", "2026-02-01", ""]);
        assert_eq!(read(event, "400").expect("a task"), ["2026-01-01", "2026-02-01", ""]);
        let refused = read(event, "90").expect_err("dates that the next run would remove");
        assert!(refused.contains("begin at 2026-08-27"), "{refused}");
    }

    #[test]
    fn what_is_no_task_is_refused_with_the_remedy() {
        for (event, remedy) in [
            ("[]", "send `{}`"),
            (r#"{"form":"2026-01-01","to":"2026-02-01"}"#, "`form`"),
            (r#"{"from":"2026-01-01"}"#, "both `from` and `to`"),
            (r#"{"from":"2026-02-01","to":"2026-01-01"}"#, "name 1 to 366"),
            (r#"{"from":"2024-01-01","to":"2026-01-01"}"#, "name 1 to 366"),
            (r#"{"time":"tomorrow"}"#, "write a time such as"),
            (r#"{"time":5}"#, "write a time such as"),
            (r#"{"time":"0026-11-23"}"#, "of the year 26; write one from 1970 to 9998"),
            (r#"{"time":"9999-12-31"}"#, "write one from 1970 to 9998"),
            (r#"{"from":"1969-12-31","to":"1970-01-01"}"#, "write one from 1970 to 9998"),
        ] {
            let told = read(event, "").expect_err(event);
            assert!(told.contains(remedy), "{event}: {told}");
        }
    }
}

//! What the environment says: which table, how far ahead, how long back, and how AWS is reached.

use crate::task::{BEFORE_OBJECTS_DAYS, WAIT_DAYS};
use aws::{Access, Credentials};
use clickstream::schema::Window;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The function's settings.
#[derive(Debug)]
pub struct Config {
    /// `GLUE_DATABASE`.
    pub database: String,
    /// `GLUE_TABLE`.
    pub table: String,
    /// `DAYS_AHEAD`: dates after that of the invocation to register, 2 if not given. An outage of the function shorter
    /// than this is never noticed.
    pub days_ahead: u32,
    /// `RETENTION_DAYS`: the age at which the table's objects expire; their partitions are removed before. Kept for ever if
    /// not given.
    pub retention_days: Option<u32>,
    /// How Glue is reached: `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, which Lambda
    /// sets and replaces before they expire.
    pub access: Access,
}

impl Config {
    /// Reads the settings from `variable`, which looks up an environment variable.
    ///
    /// # Errors
    /// Everything that is wrong, a line each.
    pub fn read(variable: impl Fn(&str) -> Option<String>, window: Window) -> Result<Self, String> {
        let mut reader = Reader { variable, problems: Vec::new() };
        // Shorter, each run would register what it has just removed.
        let shortest = window.late_days + WAIT_DAYS + BEFORE_OBJECTS_DAYS;
        let config = Self {
            database: reader.required("GLUE_DATABASE", "the Glue database of the table"),
            table: reader.required("GLUE_TABLE", "the Glue table of the events"),
            days_ahead: reader.days("DAYS_AHEAD", 1..=30).unwrap_or(2),
            retention_days: reader.days("RETENTION_DAYS", shortest..=36_500),
            access: reader.access(),
        };
        if reader.problems.is_empty() { Ok(config) } else { Err(reader.problems.join("\n")) }
    }
}

struct Reader<F> {
    variable: F,
    problems: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    /// An empty variable is one that is not set: a template has no other way to leave one out.
    fn optional(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    fn required(&mut self, name: &str, what: &str) -> String {
        self.optional(name).unwrap_or_else(|| {
            self.problems.push(format!("{name} is not set: set it to {what}"));
            String::new()
        })
    }

    fn days<N: FromStr + PartialOrd + Display>(&mut self, name: &str, range: RangeInclusive<N>) -> Option<N> {
        let text = self.optional(name)?;
        let days = text.parse().ok().filter(|days| range.contains(days));
        if days.is_none() {
            let (least, most) = range.into_inner();
            self.problems.push(format!("{name} is `{text}`: set it to a number of days from {least} to {most}"));
        }
        days
    }

    fn access(&mut self) -> Access {
        let region = self.required("AWS_REGION", "the region of the Glue catalog, as Lambda does");
        let key = self.required("AWS_ACCESS_KEY_ID", "an access key, as Lambda does");
        let secret = self.required("AWS_SECRET_ACCESS_KEY", "the access key's secret, as Lambda does");
        let credentials = Credentials::new(key, secret, self.optional("AWS_SESSION_TOKEN"), None, "environment");
        Access::new("glue", region, credentials, |name| self.optional(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Window = Window { late_days: 7, early_minutes: 60 };
    const LAMBDA: [(&str, &str); 5] = [
        ("GLUE_DATABASE", "clickstream"),
        ("GLUE_TABLE", "events"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "AKIA"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];

    fn read(variables: &[(&str, &str)]) -> Result<Config, String> {
        let lookup =
            |name: &str| variables.iter().rev().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        Config::read(lookup, WINDOW)
    }

    fn with(name: &'static str, value: &'static str) -> Result<Config, String> {
        read(&[&LAMBDA[..], &[(name, value)]].concat())
    }

    #[test]
    fn lambdas_environment_and_a_table_are_enough() {
        let config = read(&LAMBDA).expect("a configuration");
        assert_eq!((config.database.as_str(), config.table.as_str()), ("clickstream", "events"));
        assert_eq!((config.days_ahead, config.retention_days), (2, None));
        assert_eq!(config.access.endpoint, "https://glue.eu-west-1.amazonaws.com");
    }

    #[test]
    fn what_a_template_leaves_empty_is_not_set() {
        assert_eq!(with("RETENTION_DAYS", "").expect("a configuration").retention_days, None);
        assert_eq!(with("DAYS_AHEAD", "").expect("a configuration").days_ahead, 2);
        let endpoint = with("AWS_ENDPOINT_URL", "").expect("a configuration").access.endpoint;
        assert_eq!(endpoint, "https://glue.eu-west-1.amazonaws.com");
        assert!(with("GLUE_TABLE", "").is_err());
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once_with_the_remedy() {
        let told = read(&[("DAYS_AHEAD", "soon"), ("RETENTION_DAYS", "10")]).expect_err("problems");
        assert_eq!(told.lines().count(), 7, "{told}");
        assert!(told.contains("GLUE_DATABASE is not set: set it to the Glue database of the table"));
        assert!(told.contains("DAYS_AHEAD is `soon`: set it to a number of days from 1 to 30"));
        // Seven days late, two of waiting, two before the objects.
        assert!(told.contains("RETENTION_DAYS is `10`: set it to a number of days from 11 to 36500"));
        assert!(with("RETENTION_DAYS", "11").is_ok());
    }
}

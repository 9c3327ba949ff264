//! What the transform makes today of what could not be delivered, and what is to become of it.

use super::folder;
use super::object::Undelivered;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clickstream::reject::{Reason, Reject};
use clickstream::transform::{Placed, Transform};
use serde_json::{Deserializer, Map, Value};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What is to become of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// It has rows, all of one partition.
    Replayed,
    /// Its rows belong to several partitions; each goes back by itself.
    Split,
    /// It could be replayed, but failed so recently that what made it fail may not be over.
    Waiting,
    /// There is nothing in it.
    Blank,
    /// The transform still refuses it, but what it refuses is an event.
    StillFailing,
    /// It is no event, whatever the schema.
    Quarantined,
}

impl Fate {
    pub(super) const ALL: [Self; 6] =
        [Self::Replayed, Self::Split, Self::Waiting, Self::Blank, Self::StillFailing, Self::Quarantined];

    /// The name in JSON.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Replayed => "replayed",
            Self::Split => "split",
            Self::Waiting => "waiting",
            Self::Blank => "blank",
            Self::StillFailing => "still_failing",
            Self::Quarantined => "quarantined",
        }
    }

    /// Whether somebody has to look at the record.
    pub(super) fn stays(self) -> bool {
        matches!(self, Self::StillFailing | Self::Quarantined)
    }
}

/// A record, and what was found.
#[derive(Debug)]
pub(super) struct Reviewed {
    pub(super) record: Undelivered,
    pub(super) fate: Fate,
    pub(super) rows: Vec<Placed>,
    /// When the record first arrived, in milliseconds since 1970.
    pub(super) arrival: i64,
    /// Why it has no rows: a code and a detail.
    pub(super) reason: Option<(&'static str, String)>,
}

/// What records are held against.
#[derive(Debug)]
pub(super) struct Review {
    pub(super) transform: Transform,
    /// The present, in milliseconds since 1970.
    pub(super) now: i64,
    /// How long ago a record must have failed, in milliseconds.
    pub(super) older_than: i64,
}

impl Review {
    /// Reviews a record. Its rows are those that it would have had when it first arrived, so that ids and times are
    /// the same however often and whenever it is replayed.
    pub(super) fn record(&mut self, record: Undelivered) -> Reviewed {
        let arrival = record.arrival.or(record.ended).unwrap_or(self.now);
        let made = match &record.data {
            Ok(data) => self.rows(data, arrival).map_err(|reject| (fate(&reject), reject.reason.code(), reject.detail)),
            Err(why) => Err((Fate::Quarantined, "unreadable", why.clone())),
        };
        let failed = record.ended.or(record.arrival);
        let is_recent = failed.is_some_and(|failed| self.now.saturating_sub(failed) < self.older_than);
        let (fate, rows, reason) = match made {
            Ok(rows) if is_of_another_schema(&record, &rows) => {
                (Fate::StillFailing, Vec::new(), Some(("other_schema", OTHER_SCHEMA.to_owned())))
            }
            Ok(rows) if is_recent => (Fate::Waiting, rows, None),
            Ok(rows) if rows.iter().any(|row| row.partition != rows[0].partition) => (Fate::Split, rows, None),
            Ok(rows) => (Fate::Replayed, rows, None),
            Err((fate, code, detail)) => (fate, Vec::new(), Some((code, detail))),
        };
        Reviewed { record, fate, rows, arrival, reason }
    }

    /// A defect of the transform costs the record that shows it, here as in the Lambda.
    fn rows(&mut self, data: &str, arrival: i64) -> Result<Vec<Placed>, Reject> {
        let transform = &mut self.transform;
        catch_unwind(AssertUnwindSafe(|| transform.rows_apart(data, arrival)))
            .unwrap_or_else(|_| Err(Reject::new(Reason::Internal, "the transform panicked")))
    }
}

/// The remedy for a row of another schema.
const OTHER_SCHEMA: &str =
    "a row that another schema made; give that with --schema, or replay the record from the backup";

/// Whether the record is a row that the transform does not take for one: it would become an event, with all that it has
/// been through in `extra`.
fn is_of_another_schema(record: &Undelivered, rows: &[Placed]) -> bool {
    if record.folder != folder::CONVERSION || rows.iter().all(|row| row.came_back) {
        return false;
    }
    let data = record.data.as_ref().ok().and_then(|data| STANDARD.decode(data).ok()).unwrap_or_default();
    let mut objects = Deserializer::from_slice(&data).into_iter::<Map<String, Value>>();
    // What every schema has, and every row.
    let is_row = |object: &Map<String, Value>| {
        ["event_id", "event_time", "received_at"].iter().all(|name| object.contains_key(*name))
    };
    objects.any(|object| object.is_ok_and(|object| is_row(&object)))
}

fn fate(reject: &Reject) -> Fate {
    match reject.reason {
        Reason::Blank => Fate::Blank,
        Reason::BadBase64 | Reason::NotUtf8 | Reason::NotJson | Reason::NotAnObject => Fate::Quarantined,
        Reason::TooDeep | Reason::MixedPartitions | Reason::TooManyEvents | Reason::ResponseFull | Reason::Internal => {
            Fate::StillFailing
        }
    }
}

//! `alter table … add partition`: for a table whose partitions no Lambda registers, and for dates before there was one.

use crate::partition::prefix;
use crate::schema::{PARTITION_KEYS, Plan};
use chrono::NaiveDate;
use std::fmt::Write as _;

/// The most partitions that one statement adds, where AWS Glue is the catalog.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_external-table.html>
const MOST_ADDED: usize = 100;

/// Statements that register every partition of these dates; those that are there stay as they are. Each has to run
/// outside of a transaction block. `${…}` are for the reader to fill in.
///
/// ```
/// use clickstream::{ddl::partitions::add, derive::time::date, schema::Plan};
/// let plan = Plan::embedded().unwrap();
/// let dates = date(1_795_392_000_000).iter_days().take(10);
/// let sql = add(&plan, dates);
/// assert!(sql.contains("partition (event_type='purchase', date='2026-11-23') location 's3://${bucket}/events/event_type=purchase/date=2026-11-23/'\n"));
/// assert_eq!(sql.matches(';').count(), (plan.event_types.len() * 10).div_ceil(100));
/// ```
pub fn add(plan: &Plan, dates: impl Iterator<Item = NaiveDate> + Clone) -> String {
    let partitions: Vec<_> = plan.partitions_on(dates).map(|partition| plan.values(&partition)).collect();
    let [first, second] = PARTITION_KEYS;
    let mut sql = String::new();
    for batch in partitions.chunks(MOST_ADDED) {
        sql.push_str("alter table ${external_schema}.events add if not exists");
        for values in batch {
            let ([one, two], path) = (values, prefix(values));
            let _ = write!(
                sql,
                "\n  partition ({first}='{one}', {second}='{two}') location 's3://${{bucket}}/events/{path}'"
            );
        }
        sql.push_str("\n;\n");
    }
    sql
}

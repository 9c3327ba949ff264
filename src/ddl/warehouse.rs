//! The warehouse: the table of recent events, how they get there, and the view over them and those in S3.

use super::{GENERATED, columns, partition_columns};
use crate::schema::{ColumnType, PARTITION_KEYS, Plan};
use std::fmt::Write as _;

/// What the warehouse calls a type.
fn warehouse_type(kind: ColumnType) -> String {
    match kind {
        ColumnType::Json => "super".into(),
        other => other.to_string(),
    }
}

/// `create table` for the recent events in Redshift.
pub fn table(plan: &Plan) -> String {
    format!(
        "-- {GENERATED}\n\
         -- The recent events in Redshift: the external table's columns, JSON as SUPER. What is asked together lies\n\
         -- together: a visitor's events on one slice, in order of time.\n\
         create schema if not exists ${{schema}};\n\n\
         create table if not exists ${{schema}}.events (\n{},\n{}\n)\n\
         diststyle key distkey(\"anonymous_id\") compound sortkey(\"date\", \"event_time\");\n\n\
         -- Locked by whoever loads or rebuilds, so that two never run side by side.\n\
         create table if not exists ${{schema}}.load_lock (held boolean);\n\n\
         -- Events that were erased (erase.sql): whatever reads S3 leaves them out, also before its objects are rewritten.\n\
         create table if not exists ${{schema}}.erased_events (\n  \
         event_id varchar(64),\n  event_type varchar(32),\n  date date,\n  erased_on date\n);\n",
        columns(plan, warehouse_type),
        partition_columns().map(|column| format!("  {column}")).join(",\n")
    )
}

/// Every column of a row, partition keys last.
fn names(plan: &Plan) -> String {
    quoted(plan.columns.iter().map(|column| column.name.as_str()).chain(PARTITION_KEYS))
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    lines(&names.map(|name| format!("\"{name}\"")).collect::<Vec<_>>())
}

/// Every column of a row of S3 as the warehouse holds it. The `case` guards the parser: a filter need not run first.
fn parsed(plan: &Plan) -> String {
    let json =
        |name: &str| format!("case when can_json_parse(\"{name}\") then json_parse(\"{name}\") end as \"{name}\"");
    let columns = plan.columns.iter().map(|column| match column.kind {
        ColumnType::Json => json(&column.name),
        _ => format!("\"{}\"", column.name),
    });
    lines(&columns.chain(PARTITION_KEYS.map(|name| format!("\"{name}\""))).collect::<Vec<_>>())
}

/// Joined by commas, as many to a line as fit.
fn lines(parts: &[String]) -> String {
    let mut text = String::from(" ");
    let mut width = 1;
    for (index, part) in parts.iter().enumerate() {
        let comma = if index + 1 < parts.len() { "," } else { "" };
        if width + part.len() + 2 > 120 {
            text.push_str("\n ");
            width = 1;
        }
        let _ = write!(text, " {part}{comma}");
        width += part.len() + 2;
    }
    text
}

/// Rows of S3 that `filter` lets through, each event once (of its deliveries, the first), without what was erased.
fn once(filter: &str) -> String {
    format!(
        "(\n  select e.*, row_number() over (partition by event_id order by received_at, event_time, event_type) as delivery\n  \
         from ${{external_schema}}.events as e\n  where e.\"date\" {filter}\n) as s\n\
         where s.delivery = 1\n  \
         and not exists (select 1 from ${{schema}}.erased_events as x where x.event_id = s.event_id)"
    )
}

/// The load of recent events from S3 into the warehouse.
pub fn load(plan: &Plan) -> String {
    format!(
        "-- {GENERATED}\n\
         -- Brings what is new from S3 into Redshift. It may run at any time, twice, or after a pause: an event that is\n\
         -- there is not loaded again. Rows arrive up to a week after their date, so even an hourly run looks back ten days\n\
         -- (load_from); a nightly one looks back sixty, and so mends what a pause has left out.\n\
         insert into ${{schema}}.events (\n{}\n)\nselect\n{}\nfrom {}\n  \
         and not exists (select 1 from ${{schema}}.events as h where h.event_id = s.event_id);\n",
        names(plan),
        parsed(plan),
        once(">= ${load_from}")
    )
}

/// `create view` over the recent events in the warehouse and the older ones in S3, with `boundary` between them.
fn view(plan: &Plan, boundary: &str) -> String {
    format!(
        "create or replace view ${{schema}}.events_all as\nselect\n{}\nfrom ${{schema}}.events\n\
         where \"date\" >= {boundary}\nunion all\nselect\n{}\nfrom {}\nwith no schema binding",
        names(plan),
        parsed(plan),
        once(&format!("< {boundary}"))
    )
}

/// One view over hot and cold events.
pub fn events_all(plan: &Plan) -> String {
    format!(
        "-- {GENERATED}\n\
         -- All events: from hot_from on out of Redshift, before it out of S3. The date is a literal, so that Spectrum reads\n\
         -- no partition twice and none in vain; redshift/13_advance_boundary.sql moves it.\n{};\n",
        view(plan, "date '${hot_from}'")
    )
}

/// The procedure that moves the boundary between hot and cold.
pub fn advance_boundary(plan: &Plan) -> String {
    let boundary = "date ' || quote_literal(cast(boundary as varchar)) || '";
    let view = view(plan, "{boundary}").replace('\'', "''").replace("{boundary}", boundary);
    format!(
        "-- {GENERATED}\n\
         -- Moves the boundary between hot and cold, and drops what is hot no more: in one transaction, so no query sees a\n\
         -- gap or an event twice. By the calendar, never by the newest event: one wrong clock would drop everything.\n\
         create or replace procedure ${{schema}}.advance_boundary(boundary date) as $$\n\
         declare\n  strays bigint;\n\
         begin\n  \
         if boundary > current_date - 10 then\n    \
         raise exception 'advance_boundary: events of % may still arrive; choose a date at least 10 days ago', boundary;\n  \
         end if;\n  \
lock table ${{schema}}.load_lock;\n  \
         select count(*) into strays from ${{schema}}.events as h\n  \
         left join ${{external_schema}}.events as c on c.event_id = h.event_id and c.\"date\" = h.\"date\" and c.\"date\" < boundary\n  \
         where h.\"date\" < boundary and c.event_id is null;\n  \
         if strays > 0 then\n    \
         raise exception 'advance_boundary: % events before % are not in S3; are their partitions registered?', strays, boundary;\n  \
         end if;\n  \
         select count(*) into strays from ${{external_schema}}.events as c\n  \
         left join ${{schema}}.events as h on h.event_id = c.event_id\n  \
         left join ${{schema}}.erased_events as x on x.event_id = c.event_id\n  \
         where c.\"date\" >= boundary and c.\"date\" < current_date - 1 and h.event_id is null and x.event_id is null;\n  \
         if strays > 0 then\n    \
         raise exception 'advance_boundary: % events from % on are not loaded; run 11_load.sql with load_from that date', strays, boundary;\n  \
         end if;\n  \
         execute '{view}';\n  \
         delete from ${{schema}}.events where \"date\" < boundary;\n\
         end\n$$ language plpgsql security definer;\n"
    )
}

/// What Athena writes in the place of a partition that holds erased events.
pub fn rewrite_partition(plan: &Plan) -> String {
    format!(
        "-- {GENERATED}\n\
         -- For Athena: one partition without some events, under rewritten/. Then put those objects in the place of the\n\
         -- partition's. python sql/kit.py --engine athena rewrite event_type=purchase date=2026-11-23 event_ids=\"'a', 'b'\"\n\
         create table ${{glue_database}}.rewritten\nwith (\n  format = 'PARQUET',\n  write_compression = 'SNAPPY',\n  \
         external_location = 's3://${{bucket}}/rewritten/event_type=${{event_type}}/date=${{date}}/'\n) as\nselect\n{}\n\
         from ${{glue_database}}.events\nwhere \"event_type\" = '${{event_type}}'\n  and \"date\" = date '${{date}}'\n  \
         and \"event_id\" not in (${{event_ids}});\n",
        quoted(plan.columns.iter().map(|column| column.name.as_str()))
    )
}

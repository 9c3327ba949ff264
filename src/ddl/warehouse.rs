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
         create table if not exists ${{schema}}.events (\n{},\n{}\n)\n\
         diststyle key distkey(\"anonymous_id\") compound sortkey(\"date\", \"event_time\");\n",
        columns(plan, warehouse_type),
        partition_columns().map(|column| format!("  {column}")).join(",\n")
    )
}

/// Every column of a row, partition keys last.
pub(super) fn names(plan: &Plan) -> String {
    quoted(plan.columns.iter().map(|column| column.name.as_str()).chain(PARTITION_KEYS))
}

pub(super) fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
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

/// Of an event's deliveries, the one that counts is the first by these. Rows that agree in all of them are one delivery.
pub(super) const DELIVERY_ORDER: [&str; 4] = ["received_at", "\"date\"", "event_type", "event_time"];

/// What a column of the delivery in Redshift is called beside those of S3.
fn hot(column: &str) -> String {
    format!("hot_{}", column.trim_matches('"'))
}

/// Whether a row is an earlier delivery than the one in Redshift: a line for each column that may tell.
fn earlier() -> String {
    let told = |last: usize| {
        let same = DELIVERY_ORDER[..last].iter().map(|column| format!("{column} = {} and ", hot(column)));
        format!("\n    or {}{} < {}", same.collect::<String>(), DELIVERY_ORDER[last], hot(DELIVERY_ORDER[last]))
    };
    (0..DELIVERY_ORDER.len()).map(told).collect()
}

/// The load of recent events from S3 into the warehouse.
pub fn load(plan: &Plan) -> String {
    let compared = ["event_id"].iter().chain(&DELIVERY_ORDER).map(|column| format!("{column} as {}", hot(column)));
    format!(
        "-- {GENERATED}\n\
         -- Brings what is new from S3 into Redshift. It may run at any time, twice, in any batches, or after a pause. Of the\n\
         -- deliveries of one event the first received counts, also if it is loaded after another. Rows arrive up to a week\n\
         -- after their date, so even an hourly run looks back ten days (load_from); a nightly one looks back sixty, and so\n\
         -- mends what a pause has left out.\n\
         drop table if exists arriving;\n\n\
         create temp table arriving as select * from ${{schema}}.events where 1 = 0;\n\n\
         insert into arriving (\n{names}\n)\nselect\n{parsed}\nfrom (\n  \
         select\n    e.*,\n    \
         row_number() over (partition by event_id order by {order}) as delivery\n  \
         from ${{external_schema}}.events as e\n  \
         where e.\"date\" >= ${{load_from}} and e.\"date\" >= (select max(hot_from) from ${{schema}}.boundary)\n    \
         and not exists (select 1 from ${{schema}}.erased_events as x where x.event_id = e.event_id)\n    \
         and not exists (\n      \
         select 1 from ${{schema}}.second_deliveries as x\n      \
         where x.event_id = e.event_id and x.event_type = e.event_type and x.\"date\" = e.\"date\"\n        and x.received_at = e.received_at\n    )\n\
         ) as s\n\
         left join (\n  \
         select\n    {compared}\n  \
         from ${{schema}}.events\n\
         ) as h on hot_event_id = event_id\n\
         where delivery = 1\n  \
         and (\n    hot_event_id is null{earlier}\n  );\n\n\
         -- Rows that a later delivery had filled, and what an erasure beside a load has missed.\n\
         delete from ${{schema}}.events\n\
         where event_id in (select event_id from arriving union all select event_id from ${{schema}}.erased_events);\n\n\
         insert into ${{schema}}.events (\n{names}\n)\nselect\n{names}\nfrom arriving;\n\n\
         drop table arriving;\n",
        parsed = parsed(plan),
        order = DELIVERY_ORDER.join(", "),
        compared = compared.collect::<Vec<_>>().join(", "),
        earlier = earlier(),
        names = names(plan),
    )
}

/// The views over older events in S3, and over all events, with `boundary` between hot and cold. Neither reads the other:
/// while both are replaced, a query that holds one would wait for the other.
fn views(plan: &Plan, boundary: &str) -> [String; 2] {
    let (names, parsed) = (names(plan), parsed(plan));
    let cold = format!(
        "create or replace view ${{schema}}.events_cold as\nselect\n{parsed}\nfrom ${{external_schema}}.events as e\n\
         where \"date\" < {boundary}\n  \
         and not exists (select 1 from ${{schema}}.erased_events as x where x.event_id = e.event_id)\n\
         with no schema binding"
    );
    let all = format!(
        "create or replace view ${{schema}}.events_all as\nselect e.*\nfrom (\n  \
         select\n{names}\n  from ${{schema}}.events\n  where \"date\" >= {boundary}\n  \
         union all\n  \
         select\n{parsed}\n  from (\n    \
         select\n      c.*,\n      \
         row_number() over (partition by event_id, event_type, \"date\" order by received_at, event_time) as delivery\n    \
         from ${{external_schema}}.events as c\n    where c.\"date\" < {boundary}\n  ) as c\n  where delivery = 1\n) as e\n\
         where not exists (select 1 from ${{schema}}.erased_events as x where x.event_id = e.event_id)\n  \
         and not exists (\n    \
         select 1 from ${{schema}}.second_deliveries as x\n    \
         where x.event_id = e.event_id and x.event_type = e.event_type and x.\"date\" = e.\"date\"\n      and x.received_at = e.received_at\n  )\n\
         with no schema binding"
    );
    [cold, all]
}

/// What both files below begin with.
const VIEWS: &str = "\
    -- events_cold: what lies before the boundary, in S3, each delivery a row. events_all: from the boundary on out of\n\
    -- Redshift, before it out of S3, each event once. The boundary is a literal, and deliveries are compared within a\n\
    -- partition, so that a question about some days or types reads these alone; second_deliveries are the rest.\n";

/// The views, for databases that do not keep them: the boundary is a setting.
pub fn events_all(plan: &Plan) -> String {
    let [cold, all] = views(plan, "date '${hot_from}'");
    format!("-- {GENERATED}\n{VIEWS}{cold};\n\n{all};\n")
}

/// The procedure that makes the views with the boundary that the warehouse remembers, and its first call.
pub fn make_views(plan: &Plan) -> String {
    let executed = views(plan, "date {boundary}")
        .map(|view| view.replace('\'', "''").replace("{boundary}", "' || since || '"))
        .map(|view| format!("  execute '{view}';\n"))
        .concat();
    format!(
        "-- {GENERATED}\n{VIEWS}\
         create or replace procedure ${{schema}}.make_views() as $$\n\
         declare\n  since varchar(16);\n\
         begin\n  \
         select quote_literal(cast(max(hot_from) as varchar)) into since from ${{schema}}.boundary;\n\
         {executed}\
         end\n$$ language plpgsql security definer;\n\n\
         call ${{schema}}.make_views();\n"
    )
}

//! The events for Athena, which reads the same rows and has no hot table. The rest of its kit is translated by `sql/kit.py`.

use super::warehouse::{DELIVERY_ORDER, names, quoted};
use super::{GENERATED, GLUE_PARTITION_TYPES, glue_type};
use crate::schema::{PARTITION_KEYS, Plan};

/// `create external table` in Athena's words.
pub fn table(plan: &Plan) -> String {
    let columns: Vec<_> =
        plan.columns.iter().map(|column| format!("  `{}` {}", column.name, glue_type(column.kind))).collect();
    let keys: Vec<_> =
        PARTITION_KEYS.iter().zip(GLUE_PARTITION_TYPES).map(|(key, kind)| format!("`{key}` {kind}")).collect();
    format!(
        "-- {GENERATED}\n\
         -- The events in S3 as a table, where the stack's Glue table is not used. Partitions must be registered.\n\
         create external table ${{glue_database}}.events (\n{}\n)\npartitioned by ({})\n\
         ${{external_format}}\nlocation 's3://${{bucket}}/events/';\n",
        columns.join(",\n"),
        keys.join(", ")
    )
}

/// The view over all events, each once.
pub fn events_all(plan: &Plan) -> String {
    format!(
        "-- {GENERATED}\n\
         -- All events, each once. Whatever is asked of it reads all partitions; a question about a few days is better put to\n\
         -- ${{glue_database}}.events, where a second delivery shows again. JSON stays text: json_extract_scalar(extra, '$.x').\n\
         create or replace view ${{schema}}.events_all as\nselect\n{}\nfrom (\n  \
         select\n    e.*,\n    row_number() over (partition by event_id order by {}) as delivery\n  \
         from ${{glue_database}}.events as e\n) as e\nwhere delivery = 1;\n",
        names(plan),
        DELIVERY_ORDER.join(", ")
    )
}

/// What is written in the place of a partition that holds erased events.
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

//! The plan in other languages: Spectrum, the warehouse, Glue, and a page for people. Generated, never edited.

pub mod athena;
pub mod partitions;
pub mod warehouse;

use crate::schema::{Column, ColumnType, MAX_EVENT_TYPE, MAX_VARCHAR, PARTITION_KEYS, Plan};
use std::fmt::Write as _;

/// Glue's types of [`PARTITION_KEYS`].
const GLUE_PARTITION_TYPES: [&str; 2] = ["string", "date"];

/// `"name" type` of each partition key in Redshift.
fn partition_columns() -> [String; 2] {
    let [event_type, date] = PARTITION_KEYS;
    [format!("\"{event_type}\" varchar({MAX_EVENT_TYPE})"), format!("\"{date}\" date")]
}

/// The first line of every generated file.
const GENERATED: &str = "Generated from schema.toml by `make generate`; do not edit.";

/// What Spectrum calls a type; Glue's names for those of a Parquet table are the same, but for the integers.
fn spectrum_type(kind: ColumnType) -> String {
    match kind {
        ColumnType::Json => format!("varchar({MAX_VARCHAR})"),
        other => other.to_string(),
    }
}

/// What Glue calls a type.
fn glue_type(kind: ColumnType) -> String {
    match kind {
        ColumnType::Integer => "int".into(),
        other => spectrum_type(other),
    }
}

/// `"name" type`, one a line.
fn columns(plan: &Plan, kind: fn(ColumnType) -> String) -> String {
    let line = |column: &Column| format!("  \"{}\" {}", column.name, kind(column.kind));
    plan.columns.iter().map(line).collect::<Vec<_>>().join(",\n")
}

/// `create external table` for Redshift Spectrum over the rows in S3. `${…}` are filled in by `sql/kit.py`.
pub fn spectrum(plan: &Plan) -> String {
    format!(
        "-- {GENERATED}\n\
         -- The events in S3 as an external table, where the stack's Glue table is not used. Cannot run inside a transaction\n\
         -- block; partitions become visible when they are registered, not when their files appear.\n\
         create external table ${{external_schema}}.events (\n{}\n)\npartitioned by ({})\n\
         ${{external_format}}\nlocation 's3://${{bucket}}/events/';\n",
        columns(plan, spectrum_type),
        partition_columns().join(", ")
    )
}

/// A column of an `AWS::Glue::Table`, as an item of a YAML list.
pub(crate) fn glue_column(column: &Column) -> String {
    format!("- {{Name: {}, Type: \"{}\"}}", column.name, glue_type(column.kind))
}

/// The columns of an `AWS::Glue::Table`, as YAML for template.yaml.
pub fn glue(plan: &Plan) -> String {
    let mut yaml = format!("# {GENERATED}\nColumns:\n");
    for column in &plan.columns {
        let _ = writeln!(yaml, "  {}", glue_column(column));
    }
    yaml.push_str("PartitionKeys:\n");
    for (key, kind) in PARTITION_KEYS.iter().zip(GLUE_PARTITION_TYPES) {
        let _ = writeln!(yaml, "  - {{Name: {key}, Type: {kind}}}");
    }
    yaml
}

/// The page that describes every column, item field and event type.
pub fn documentation(plan: &Plan) -> String {
    let mut page = format!(
        "<!-- {GENERATED} -->\n# Columns\n\nSchema version {}. {} columns in the file, and two in the path: `event_type` and `date`.\n\n\
         | # | column | type | what it holds | where it comes from, best first |\n|--|--|--|--|--|\n",
        plan.version,
        plan.columns.len()
    );
    for (index, column) in plan.columns.iter().enumerate() {
        let _ = writeln!(
            page,
            "| {} | `{}` | {} | {} | {} |",
            index + 1,
            column.name,
            column.kind,
            column.description,
            sources(plan, column)
        );
    }
    page.push_str(
        "\n## Fields of an item\n\nEach element of `items`; what no field takes is in the item's `extra`.\n\n",
    );
    page.push_str("| field | type | what it holds | where it comes from, best first |\n|--|--|--|--|\n");
    for field in &plan.items {
        let _ =
            writeln!(page, "| `{}` | {} | {} | {} |", field.name, field.kind, field.description, sources(plan, field));
    }
    let names: Vec<_> = plan.event_types.iter().map(|name| format!("`{name}`")).collect();
    let _ = writeln!(page, "\n## Event types\n\n{}", names.join(", "));
    let window = plan.window;
    let _ = writeln!(
        page,
        "\n## Partitions\n\nAn event is filed under its own UTC date if that lies between {} days before and {} minutes after \
         its arrival, else under its arrival's. At most {} event types x {} dates = {} partitions are open at once.",
        window.late_days,
        window.early_minutes,
        plan.event_types.len(),
        window.most_dates(),
        plan.most_partitions()
    );
    page
}

/// Every generated file of the repository: its path and content.
pub fn files(plan: &Plan) -> [(&'static str, String); 9] {
    [
        ("docs/columns.md", documentation(plan)),
        ("sql/10_events.sql", warehouse::table(plan)),
        ("sql/11_load.sql", warehouse::load(plan)),
        ("sql/12_events_all.sql", warehouse::events_all(plan)),
        ("sql/athena/12_events_all.sql", athena::events_all(plan)),
        ("sql/athena/external_table.sql", athena::table(plan)),
        ("sql/athena/rewrite_partition.sql", athena::rewrite_partition(plan)),
        ("sql/redshift/external_table.sql", spectrum(plan)),
        ("sql/redshift/12_events_all.sql", warehouse::make_views(plan)),
    ]
}

/// A column's sources as schema.toml spells them, alternatives expanded.
fn sources(plan: &Plan, column: &Column) -> String {
    let functions = column.derivations.iter().map(|derivation| derivation.text.as_str());
    plan.paths(column).chain(functions).map(|source| format!("`{source}`")).collect::<Vec<_>>().join(", ")
}

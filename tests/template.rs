//! The template and the code agree on what both must know.

use clickstream::schema::PARTITION_KEYS;
use clickstream::schema::Plan;

#[test]
fn the_streams_prefix_is_the_path_that_partitions_are_registered_under() {
    let template = std::fs::read_to_string("template.yaml").expect("the template");
    let keys = PARTITION_KEYS.map(|key| format!("{key}=!{{partitionKeyFromLambda:{key}}}/"));
    let prefix = format!("Prefix: 'events/{}'", keys.concat());
    assert_eq!(template.matches(&prefix).count(), 1, "template.yaml lacks {prefix}");
    // And a partition of the plan has that shape.
    let plan = Plan::embedded().expect("the schema compiles");
    let partition = plan.partitions(0, 0).next().expect("a partition");
    let path = plan.prefix(&partition);
    let parts: Vec<_> =
        path.trim_end_matches('/').split('/').map(|part| part.split('=').next().unwrap_or(part)).collect();
    assert_eq!(parts, PARTITION_KEYS);
}

#[test]
fn the_external_table_is_partitioned_like_the_stream() {
    let ddl = std::fs::read_to_string("sql/redshift/external_table.sql").expect("the table");
    let at = PARTITION_KEYS.map(|key| ddl.find(&format!("\"{key}\" ")).expect("a partition key"));
    assert!(ddl.find("partitioned by").is_some_and(|by| by < at[0]) && at[0] < at[1], "{ddl}");
}

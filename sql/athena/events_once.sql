-- For Athena, which has no hot table: all events, each once. JSON columns stay text; read them with
-- json_extract_scalar, and lists with cast(json_parse(items) as array(json)).
create or replace view ${glue_database}.events_once as
select *
from (
  select e.*, row_number() over (partition by event_id order by received_at, event_time, event_type) as delivery
  from ${glue_database}.events as e
) as s
where delivery = 1;

-- Partitions that are not registered: of the event types that any day has, those that a day of the last week or tomorrow
-- lacks. Spectrum shows no rows of them, and no error.
create or replace view ${schema}.unregistered as
with registered as (
  select
    split_part("values", '"', 2) as event_type,
    cast(split_part("values", '"', 4) as date) as day
  from svv_external_partitions
  where schemaname = '${external_schema}' and tablename = 'events'
),
days as (
  select ${today} + 1 - n as day
  from (
    select 0 as n union all select 1 union all select 2 union all select 3 union all select 4 union all select 5
    union all select 6 union all select 7 union all select 8
  ) as numbers
)
select t.event_type, d.day
from (select distinct event_type from registered) as t
cross join days as d
left join registered as r on r.event_type = t.event_type and r.day = d.day
where r.day is null
with no schema binding;

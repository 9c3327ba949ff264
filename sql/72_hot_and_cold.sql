-- Redshift beside S3, a row a day that is hot: the deliveries in S3, the events that they are of, and those in Redshift. The
-- events differ by those that were erased or filed under another day before, and for today by what the next load brings.
create or replace view ${schema}.hot_and_cold as
with cold as (
  select date as day, count(*) as deliveries, count(distinct event_id) as events, max(received_at) as last_received
  from ${external_schema}.events
  where date >= (select max(hot_from) from ${schema}.boundary)
  group by date
),
hot as (
  select date as day, count(*) as events from ${schema}.events group by date
)
select
  coalesce(c.day, h.day) as day, coalesce(c.deliveries, 0) as deliveries_in_s3, coalesce(c.events, 0) as events_in_s3,
  coalesce(h.events, 0) as events_in_redshift, c.last_received
from cold as c
full join hot as h on h.day = c.day
with no schema binding;

-- What is wrong, and what to do about it; no rows is good news. It looks at every day that is hot, of S3 at ids and times
-- alone. What the scheduled runs have yet to do is no problem before load_hours and rebuild_hours are over. Days are dates
-- of partitions, UTC.
create or replace view ${schema}.problems as
with since as (
  select max(hot_from) as hot_from from ${schema}.boundary
),
noted as (
  select event_id, event_type, date, received_at from ${schema}.second_deliveries
),
cold as (
  select e.date as day, e.event_id, min(e.received_at) as received_at
  from ${external_schema}.events as e
  left join ${schema}.erased_events as x on x.event_id = e.event_id
  left join noted as n
    on n.event_id = e.event_id and n.event_type = e.event_type and n.date = e.date and n.received_at = e.received_at
  where e.date >= (select hot_from from since) and x.event_id is null and n.event_id is null
  group by e.date, e.event_id
),
hot as (
  select e.date as day, e.event_id, e.received_at
  from ${schema}.events as e
  left join noted as n
    on n.event_id = e.event_id and n.event_type = e.event_type and n.date = e.date and n.received_at = e.received_at
  where e.date >= (select hot_from from since) and n.event_id is null
),
digits as (
  select 0 as digit union all select 1 union all select 2 union all select 3 union all select 4 union all select 5
  union all select 6 union all select 7 union all select 8 union all select 9
),
days as (
  select s.hot_from + (a.digit + 10 * b.digit + 100 * c.digit) as day
  from since as s cross join digits as a cross join digits as b cross join digits as c
)
select
  'no events' as problem, d.day, cast(0 as bigint) as amount,
  'no partition of that day shows an event: is it registered, did the stream deliver?' as remedy
from days as d
left join (select distinct day from cold) as c on c.day = d.day
where c.day is null and d.day > (select min(day) from cold) and d.day < ${today}
union all
select
  'nothing received', cast(newest as date), 0,
  'no event is newer than that day''s last: does the stream deliver, are partitions of today registered?'
from (select max(received_at) as newest from cold) as c
where newest is null or newest < ${now} - interval '${quiet_hours} hours'
union all
select
  'not loaded', c.day, count(*), 'in S3 but not in Redshift: does load_events() run? Call load_since(that day)'
from cold as c
left join ${schema}.events as h on h.event_id = c.event_id
where h.event_id is null and c.received_at < ${now} - interval '${load_hours} hours'
group by c.day
union all
select
  'not in S3', h.day, count(*), 'in Redshift but not in S3: were objects removed, or a partition?'
from hot as h
left join cold as c on c.event_id = h.event_id and c.day = h.day
where c.event_id is null
group by h.day
union all
select
  'loaded twice', min(date), count(*),
  'two loads ran side by side: delete these events, call load_since(that day), and leave it to the procedures, which lock'
from (select event_id, min(date) as date from ${schema}.events group by event_id having count(*) > 1) as e
having count(*) > 0
union all
select
  'not rebuilt', min(h.day), count(*), 'in Redshift but not in the customer 360: does rebuild() run?'
from hot as h
where h.received_at < ${now} - interval '${rebuild_hours} hours'
  and h.received_at > (select coalesce(max(received_at), timestamp '1970-01-01') from ${schema}.clean_events)
having count(*) > 0
union all
select
  'alias refused', cast(null as date), count(*), 'aliases that form a circle: see aliases where verdict = ''cycle'''
from ${schema}.aliases
where verdict = 'cycle'
having count(*) > 0
with no schema binding;

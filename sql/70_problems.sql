-- What is wrong, and what to do about it; no rows is good news. Days are dates of partitions, UTC.
create or replace view ${schema}.problems as
with days as (
  select ${today} - n as day
  from (
    select 1 as n union all select 2 union all select 3 union all select 4 union all select 5 union all select 6
    union all select 7 union all select 8 union all select 9 union all select 10
  ) as numbers
),
cold as (
  select e.date as day, e.event_id
  from ${external_schema}.events as e
  left join ${schema}.erased_events as x on x.event_id = e.event_id
  where e.date between ${today} - 10 and ${today} - 1 and x.event_id is null
  group by e.date, e.event_id
),
hot as (
  select date as day, event_id from ${schema}.events where date between ${today} - 10 and ${today} - 1
)
select
  'no events' as problem, d.day, cast(0 as bigint) as amount,
  'no partition of that day shows an event: is it registered, does the stream deliver?' as remedy
from days as d
left join (select distinct day from cold) as c on c.day = d.day
where c.day is null
union all
select
  'not loaded', c.day, count(*), 'in S3 but not in Redshift: run 11_load.sql with load_from that day'
from cold as c
left join ${schema}.events as h on h.event_id = c.event_id
where h.event_id is null
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
  'loaded twice', min(date), count(*), 'two loads ran side by side: schedule the procedures, they lock'
from (select event_id, min(date) as date from ${schema}.events group by event_id having count(*) > 1) as e
having count(*) > 0
union all
select
  'not rebuilt', h.day, count(*), 'in Redshift but not in the customer 360: call rebuild()'
from hot as h
left join ${schema}.person_events as p on p.event_id = h.event_id
where p.event_id is null and h.day < ${today} - 1
group by h.day
union all
select
  'alias refused', cast(null as date), count(*), 'aliases that form a circle: see aliases where verdict = ''cycle'''
from ${schema}.aliases
where verdict = 'cycle'
having count(*) > 0
with no schema binding;

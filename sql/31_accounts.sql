-- Which accounts are one. An alias is what an event states that carries a user id and, as previous_id, another account:
-- an id that some event carries as its user id. (A previous_id that none does is a device: see 32_identity_map.sql.)
-- Each account is merged once, by its first alias; of aliases that form a circle, the last is refused.
delete from ${schema}.aliases;

insert into ${schema}.aliases
with recursive accounts as (
  select distinct user_id from ${schema}.clean_events where user_id is not null
),
stated as (
  select m.from_id, m.to_id, 0 as by_event, cast(null as timestamp) as stated_at, m.from_id as stated_by
  from ${schema}.manual_aliases as m
  left join ${schema}.blocked_ids as b on lower(b.id) in (lower(m.from_id), lower(m.to_id))
  where m.from_id <> m.to_id and b.id is null
  union all
  select e.previous_id, e.user_id, 1, e.event_time, e.event_id
  from ${schema}.clean_events as e
  join accounts as a on a.user_id = e.previous_id
  where e.previous_id <> e.user_id
),
ordered as (
  select from_id, to_id, row_number() over (order by by_event, stated_at, stated_by, to_id) as place from stated
),
counted as (
  select from_id, to_id, place, row_number() over (partition by from_id order by place) as alias_number from ordered
),
walk (start_id, at_id, start_place, starts_last, steps) as (
  select from_id, to_id, place, true, 1 from counted where alias_number = 1
  union all
  select w.start_id, c.to_id, w.start_place, w.starts_last and c.place < w.start_place, w.steps + 1
  from walk as w
  join counted as c on c.from_id = w.at_id and c.alias_number = 1
  where w.at_id <> w.start_id and w.steps < 32
),
refused as (
  select distinct start_id from walk where at_id = start_id and starts_last
)
select
  c.from_id, c.to_id, c.place,
  case when c.alias_number > 1 then 'repeated' when r.start_id is not null then 'cycle' else 'kept' end
from counted as c
left join refused as r on r.start_id = c.from_id and c.alias_number = 1;

delete from ${schema}.merged_accounts;

insert into ${schema}.merged_accounts
with recursive chain (user_id, account_id, steps) as (
  select from_id, to_id, 1 from ${schema}.aliases where verdict = 'kept'
  union all
  select c.user_id, a.to_id, c.steps + 1
  from chain as c
  join ${schema}.aliases as a on a.from_id = c.account_id and a.verdict = 'kept'
  where c.steps < 32
)
select user_id, account_id
from (select c.*, row_number() over (partition by user_id order by steps desc) as from_the_end from chain as c) as c
where from_the_end = 1;

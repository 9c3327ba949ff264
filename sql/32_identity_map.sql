-- Who holds a device, and when. Whoever signs in holds it until they sign out or somebody else signs in; the first
-- sign-in reaches back to the device's first event. A device on which more than kiosk_users accounts sign in is a kiosk:
-- nobody holds it. What a later sign-in adds never changes who held before.
delete from ${schema}.identity_map;

insert into ${schema}.identity_map
with evidence as (
  select anonymous_id, account_id, event_time, event_id from ${schema}.turns where account_id is not null
),
kiosks as (
  select anonymous_id from evidence group by anonymous_id having count(distinct account_id) > ${kiosk_users}
),
compared as (
  select
    e.anonymous_id, e.event_time, e.event_id, e.account_id,
    lag(e.account_id) over (partition by e.anonymous_id order by e.event_time, e.event_id) as account_before
  from evidence as e
  left join kiosks as k on k.anonymous_id = e.anonymous_id
  where k.anonymous_id is null
),
numbered as (
  select
    anonymous_id, event_time, account_id,
    sum(case when account_id = account_before then 0 else 1 end)
      over (partition by anonymous_id order by event_time, event_id rows unbounded preceding) as run
  from compared
),
runs as (
  select anonymous_id, run, account_id, min(event_time) as first_time, max(event_time) as last_time
  from numbered
  group by anonymous_id, run, account_id
),
followed as (
  select
    anonymous_id, run, account_id, first_time, last_time,
    lead(first_time) over (partition by anonymous_id order by run) as next_time
  from runs
),
held as (
  select
    f.anonymous_id, f.account_id, f.run, f.next_time,
    case when f.run > 1 then f.first_time end as valid_from,
    -- The millisecond of the sign-out itself is still theirs.
    min(t.event_time) + interval '0.001 seconds' as left_time
  from followed as f
  left join ${schema}.turns as t
    on t.anonymous_id = f.anonymous_id and t.account_id is null and t.event_time >= f.last_time
  group by f.anonymous_id, f.account_id, f.run, f.first_time, f.next_time
),
intervals as (
  select
    anonymous_id, account_id, valid_from,
    case when left_time < next_time or next_time is null then left_time else next_time end as valid_to
  from held
)
select i.anonymous_id, i.account_id, i.valid_from, i.valid_to
from intervals as i
-- What was held by somebody who was erased is nobody's.
left join (select distinct holder from ${schema}.erased_turns) as x on x.holder = i.account_id
where x.holder is null and (i.valid_from is null or i.valid_to is null or i.valid_from < i.valid_to);

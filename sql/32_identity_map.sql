-- Who holds a device, and when. Whoever signs in holds it until they sign out or somebody else signs in; the first
-- sign-in reaches back to the device's first event. A device on which more than kiosk_users accounts sign in is a kiosk:
-- nobody holds it. What a later sign-in adds never changes who held before.
delete from ${schema}.identity_map;

insert into ${schema}.identity_map
with accounts as (
  select distinct user_id from ${schema}.clean_events where user_id is not null
),
sign_ins as (
  select e.anonymous_id, e.user_id, e.event_time, e.event_id
  from ${schema}.clean_events as e
  where e.user_id is not null and e.anonymous_id is not null
  union all
  select e.previous_id, e.user_id, e.event_time, e.event_id
  from ${schema}.clean_events as e
  left join accounts as a on a.user_id = e.previous_id
  where e.user_id is not null and e.previous_id is not null and a.user_id is null
    and e.previous_id <> coalesce(e.anonymous_id, '')
),
evidence as (
  select s.anonymous_id, s.event_time, s.event_id, coalesce(m.account_id, s.user_id) as account_id
  from sign_ins as s
  left join ${schema}.merged_accounts as m on m.user_id = s.user_id
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
    f.anonymous_id, f.account_id, f.run,
    case when f.run > 1 then f.first_time end as valid_from,
    -- The millisecond of the sign-out itself is still theirs.
    least(min(o.event_time) + interval '0.001 seconds', f.next_time) as valid_to
  from followed as f
  left join ${schema}.clean_events as o
    on o.anonymous_id = f.anonymous_id and o.event_type = 'logout' and o.event_time >= f.last_time
  group by f.anonymous_id, f.account_id, f.run, f.first_time, f.next_time
)
select anonymous_id, account_id, valid_from, valid_to
from held
where valid_from is null or valid_to is null or valid_from < valid_to;

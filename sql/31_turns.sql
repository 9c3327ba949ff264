-- Who took a device, and when; account_id is null where it was left. Taken: an event with a user id, or one that names the
-- device as its previous_id (an id that no event carries as its user id). Left: a logout.
create or replace view ${schema}.turns as
select e.anonymous_id, coalesce(m.account_id, e.user_id) as account_id, e.event_time, e.event_id
from ${schema}.clean_events as e
left join ${schema}.merged_accounts as m on m.user_id = e.user_id
where e.user_id is not null and e.anonymous_id is not null
union all
select e.previous_id, coalesce(m.account_id, e.user_id), e.event_time, e.event_id
from ${schema}.clean_events as e
left join (select distinct user_id from ${schema}.clean_events where user_id is not null) as a
  on a.user_id = e.previous_id
left join ${schema}.merged_accounts as m on m.user_id = e.user_id
where e.user_id is not null and e.previous_id is not null and a.user_id is null
  and e.previous_id <> coalesce(e.anonymous_id, '')
union all
select anonymous_id, null, event_time, event_id
from ${schema}.clean_events
where event_type = 'logout' and anonymous_id is not null
union all
select anonymous_id, holder, event_time, event_id
from ${schema}.erased_turns;

-- Every event's person and session. An event's own user id always wins; else its device's holder at that moment; else
-- the device stands for an unknown person.
--
-- A session is what one person does on one device until more than session_minutes pass without an event, or until a
-- campaign other than the session's comes in. Robots have none.
delete from ${schema}.person_events;

insert into ${schema}.person_events
with robots as (
  -- Said to be one, never said to be none, and nobody's who signs in.
  select e.anonymous_id
  from ${schema}.clean_events as e
  left join (select distinct anonymous_id from ${schema}.turns where account_id is not null) as t
    on t.anonymous_id = e.anonymous_id
  where e.anonymous_id is not null
  group by e.anonymous_id
  having bool_or(e.is_bot) and not bool_or(not e.is_bot) and count(t.anonymous_id) = 0
),
persons as (
  select
    e.event_id, e.date, e.event_type, e.event_time, e.anonymous_id,
    coalesce(m.account_id, e.user_id, h.account_id, 'anon:' || e.anonymous_id, 'event:' || e.event_id) as person_id,
    case
      when e.user_id is not null then 'own'
      when h.account_id is not null then 'device'
      when e.anonymous_id is not null then 'anonymous'
      else 'none'
    end as identity_method,
    case
      when e.anonymous_id is not null then r.anonymous_id is not null
      else coalesce(e.is_bot, false) and e.user_id is null
    end as is_robot,
    case
      when coalesce(e.utm_source, e.utm_medium, e.utm_campaign) is not null
        then coalesce(e.utm_source, '') || '|' || coalesce(e.utm_medium, '') || '|' || coalesce(e.utm_campaign, '')
      when e.click_id_type is not null then 'click|' || e.click_id_type
    end as campaign
  from ${schema}.clean_events as e
  left join ${schema}.merged_accounts as m on m.user_id = e.user_id
  left join ${schema}.identity_map as h
    on h.anonymous_id = e.anonymous_id
    and (h.valid_from is null or e.event_time >= h.valid_from)
    and (h.valid_to is null or e.event_time < h.valid_to)
  left join robots as r on r.anonymous_id = e.anonymous_id
),
silences as (
  select
    p.*,
    lag(event_time) over (partition by anonymous_id, person_id order by event_time, event_id) as time_before
  from persons as p
),
stretches as (
  select
    s.*,
    sum(case when event_time <= time_before + interval '${session_minutes} minutes' then 0 else 1 end)
      over (partition by anonymous_id, person_id order by event_time, event_id rows unbounded preceding) as stretch
  from silences as s
),
campaigns as (
  select
    s.*,
    lag(campaign) over (
      partition by anonymous_id, person_id, stretch, case when campaign is null then 0 else 1 end
      order by event_time, event_id
    ) as campaign_before
  from stretches as s
),
parts as (
  select
    c.*,
    sum(case when campaign <> campaign_before then 1 else 0 end)
      over (partition by anonymous_id, person_id, stretch order by event_time, event_id rows unbounded preceding) as part
  from campaigns as c
)
select
  event_id, date, event_type, event_time, anonymous_id, person_id, identity_method, is_robot,
  case
    when anonymous_id is not null and not is_robot
      then first_value(event_id) over (
        partition by anonymous_id, person_id, stretch, part order by event_time, event_id rows unbounded preceding
      )
  end
from parts;

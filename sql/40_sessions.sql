-- Sessions, and how their visitors found the shop: of a session's events, the first that carries a campaign or click id
-- tells; else the first with a foreign referrer; else they came directly.
delete from ${schema}.sessions;

insert into ${schema}.sessions
with names as (
  select distinct lower(utm_source) as name from ${schema}.clean_events where utm_source is not null
  union
  select distinct referrer_host from ${schema}.clean_events where referrer_host is not null
  union
  select source from ${schema}.click_rules
),
fitting as (
  select n.name, r.kind, row_number() over (partition by n.name order by length(r.name) desc, r.kind) as fit
  from names as n
  join ${schema}.source_rules as r on n.name = r.name or right(n.name, length(r.name) + 1) = '.' || r.name
),
kinds as (
  select name, kind from fitting where fit = 1
),
clues as (
  select
    p.session_key, p.event_time, p.event_id, e.utm_source, e.utm_medium, e.utm_campaign, e.click_id_type,
    coalesce(e.utm_source, e.utm_medium, e.utm_campaign, e.click_id_type) is not null as has_campaign,
    case
      when e.referrer_host <> coalesce(e.page_host, '') and coalesce(k.kind, '') not in ('internal', 'payment')
        then e.referrer_host
    end as foreign_host,
    k.kind as host_kind
  from ${schema}.person_events as p
  join ${schema}.clean_events as e on e.event_id = p.event_id
  left join kinds as k on k.name = e.referrer_host
  where p.session_key is not null
),
ranked as (
  select
    c.*,
    row_number() over (
      partition by session_key order by case when has_campaign then 0 else 1 end, event_time, event_id
    ) as touch
  from clues as c
  where has_campaign or foreign_host is not null
),
touches as (
  select
    t.session_key,
    coalesce(t.utm_source, c.source, nullif(t.click_id_type, ''), t.foreign_host, '(unknown)') as source,
    coalesce(
      t.utm_medium,
      c.medium,
      case
        when t.click_id_type is not null then 'cpc'
        when t.utm_source is not null or t.utm_campaign is not null then '(unknown)'
        when t.host_kind = 'search' then 'organic'
        when t.host_kind in ('social', 'email') then t.host_kind
        else 'referral'
      end
    ) as medium,
    t.utm_campaign as campaign
  from ranked as t
  left join ${schema}.click_rules as c on c.click_id_type = t.click_id_type
  where t.touch = 1
),
ways as (
  select distinct t.source, t.medium, k.kind
  from touches as t
  left join kinds as k on k.name = lower(t.source)
),
channels as (
  select
    w.source, w.medium, r.channel, row_number() over (partition by w.source, w.medium order by r.priority, r.channel) as fit
  from ways as w
  join ${schema}.channel_rules as r
    on (r.kind is null or r.kind = w.kind) and (r.medium_like is null or lower(w.medium) like r.medium_like)
),
spans as (
  select
    session_key, anonymous_id, person_id, min(event_time) as started_at, max(event_time) as ended_at, count(*) as events
  from ${schema}.person_events
  where session_key is not null
  group by session_key, anonymous_id, person_id
)
select
  s.session_key, s.anonymous_id, s.person_id,
  row_number() over (partition by s.person_id order by s.started_at, s.session_key),
  s.started_at, s.ended_at, s.events,
  coalesce(t.source, '(direct)'), coalesce(t.medium, '(none)'), t.campaign, coalesce(c.channel, 'Direct')
from spans as s
left join touches as t on t.session_key = s.session_key
left join channels as c on c.source = t.source and c.medium = t.medium and c.fit = 1;

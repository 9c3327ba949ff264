-- One row a person, known or not. Robots and events that name nobody are left out.
delete from ${schema}.customers;

insert into ${schema}.customers
with seen as (
  select
    person_id, min(event_time) as first_seen, max(event_time) as last_seen, count(*) as events,
    count(distinct anonymous_id) as devices,
    bool_or(identity_method in ('own', 'device')) as known
  from ${schema}.person_events
  where not is_robot and identity_method <> 'none'
  group by person_id
),
visits as (
  select
    person_id, channel, source, campaign, session_number,
    count(*) over (partition by person_id) as sessions,
    row_number() over (
      partition by person_id order by case when channel = 'Direct' then 1 else 0 end, session_number desc
    ) as touch_from_the_end
  from ${schema}.sessions
),
bought as (
  select person_id, count(*) as orders, min(ordered_at) as first_order_at, max(ordered_at) as last_order_at
  from ${schema}.orders
  where status <> 'cancelled'
  group by person_id
),
liked as (
  select person_id, category, sum(pieces) as pieces, sum(views) as views
  from (
    select o.person_id, i.category, i.quantity as pieces, 0 as views
    from ${schema}.order_items as i
    join ${schema}.orders as o on o.order_id = i.order_id and o.status <> 'cancelled'
    where i.category is not null
    union all
    select p.person_id, e.item_category, 0, 1
    from ${schema}.clean_events as e
    join ${schema}.person_events as p on p.event_id = e.event_id
    where e.event_type = 'item_view' and e.item_category is not null and not p.is_robot
  ) as l
  group by person_id, category
),
favourites as (
  select
    person_id, category, row_number() over (partition by person_id order by pieces desc, views desc, category) as place
  from liked
),
said as (
  select p.person_id, p.event_time, p.event_id, e.event_type, e.search_term, e.consent_analytics, e.email_sha256
  from ${schema}.clean_events as e
  join ${schema}.person_events as p on p.event_id = e.event_id
  where not p.is_robot
),
searches as (
  select person_id, search_term, row_number() over (partition by person_id order by event_time desc, event_id desc) as age
  from said
  where event_type = 'search' and search_term is not null
),
consents as (
  select
    person_id, consent_analytics, row_number() over (partition by person_id order by event_time desc, event_id desc) as age
  from said
  where consent_analytics is not null
),
addresses as (
  select person_id, email_sha256, row_number() over (partition by person_id order by event_time desc, event_id desc) as age
  from said
  where email_sha256 is not null
)
select
  s.person_id, s.known, s.first_seen, s.last_seen, s.events, s.devices, coalesce(f.sessions, 0),
  coalesce(b.orders, 0), b.first_order_at, b.last_order_at,
  f.channel, f.source, f.campaign, l.channel, l.source, l.campaign,
  c.category, q.search_term, a.consent_analytics, m.email_sha256
from seen as s
left join visits as f on f.person_id = s.person_id and f.session_number = 1
left join visits as l on l.person_id = s.person_id and l.touch_from_the_end = 1
left join bought as b on b.person_id = s.person_id
left join favourites as c on c.person_id = s.person_id and c.place = 1
left join searches as q on q.person_id = s.person_id and q.age = 1
left join consents as a on a.person_id = s.person_id and a.age = 1
left join addresses as m on m.person_id = s.person_id and m.age = 1;

delete from ${schema}.customer_revenue;

insert into ${schema}.customer_revenue
select
  person_id, currency, sum(case when status = 'cancelled' then 0 else 1 end),
  sum(coalesce(total, 0)), sum(returned), sum(coalesce(net, 0))
from ${schema}.orders
group by person_id, currency;

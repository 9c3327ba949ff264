-- What people ask first.

-- Every event with all its columns, its person and its session.
create or replace view ${schema}.events_360 as
select e.*, p.person_id, p.identity_method, p.is_robot, p.session_key
from ${schema}.events_all as e
join ${schema}.person_events as p on p.event_id = e.event_id and p.event_type = e.event_type and p.date = e.date
with no schema binding;

-- From item view to purchase, by the day on which the session began. A step counts after the one before it.
create or replace view ${schema}.funnel as
with viewed as (
  select session_key, min(event_time) as at_time
  from ${schema}.person_events
  where event_type = 'item_view' and session_key is not null
  group by session_key
),
taken as (
  select b.session_key, min(e.event_time) as at_time
  from viewed as b
  join ${schema}.person_events as e on e.session_key = b.session_key and e.event_time >= b.at_time
  where e.event_type = 'add_to_cart'
  group by b.session_key
),
started as (
  select b.session_key, min(e.event_time) as at_time
  from taken as b
  join ${schema}.person_events as e on e.session_key = b.session_key and e.event_time >= b.at_time
  where e.event_type = 'checkout_start'
  group by b.session_key
),
bought as (
  select b.session_key, min(e.event_time) as at_time
  from started as b
  join ${schema}.person_events as e on e.session_key = b.session_key and e.event_time >= b.at_time
  where e.event_type = 'purchase'
  group by b.session_key
)
select
  cast(s.started_at as date) as day, count(*) as sessions, count(v.session_key) as viewed_item,
  count(t.session_key) as added_to_cart, count(c.session_key) as started_checkout, count(b.session_key) as purchased
from ${schema}.sessions as s
left join viewed as v on v.session_key = s.session_key
left join taken as t on t.session_key = s.session_key
left join started as c on c.session_key = s.session_key
left join bought as b on b.session_key = s.session_key
group by cast(s.started_at as date);

-- The shop's money, one row a currency.
create or replace view ${schema}.revenue as
select
  currency, sum(orders) as orders, sum(gross) as gross, sum(returned) as returned, sum(net) as net
from ${schema}.customer_revenue
group by currency;

-- Orders. The first purchase event of an order id says who ordered and when; a page that is loaded again repeats it and
-- counts nothing. The last order_updated that has a total replaces the contents.
delete from ${schema}.orders;

insert into ${schema}.orders
with order_events as (
  select
    p.person_id, p.session_key, e.event_id, e.event_type, e.event_time,
    coalesce(e.order_id, case when e.event_type = 'purchase' then 'event:' || e.event_id end) as order_id,
    e.currency, e.order_tax, e.order_shipping, e.order_discount, e.coupon, e.payment_method,
    e.order_total, e.order_revenue, e.event_value
  from ${schema}.clean_events as e
  join ${schema}.person_events as p on p.event_id = e.event_id
  where e.event_type in ('purchase', 'order_updated', 'order_cancelled', 'refund') and not p.is_robot
),
purchases as (
  select o.*, row_number() over (partition by order_id order by event_time, event_id) as repetition
  from order_events as o
  where event_type = 'purchase'
),
versions as (
  select
    o.*,
    row_number() over (
      partition by order_id
      order by
        case when event_type = 'order_updated' then 0 else 1 end,
        case when event_type = 'order_updated' then event_time end desc,
        case when event_type = 'order_updated' then event_id end desc,
        event_time,
        event_id
    ) as age
  from order_events as o
  where event_type = 'purchase' or (event_type = 'order_updated' and order_total is not null)
),
contents as (
  select
    v.*,
    coalesce(currency, 'XXX') as order_currency,
    coalesce(
      order_total, order_revenue + coalesce(order_tax, 0) + coalesce(order_shipping, 0), event_value
    ) as total
  from versions as v
  where age = 1
),
refunds as (
  select
    c.order_id,
    sum(coalesce(abs(o.order_total), abs(o.event_value), c.total)) as amount
  from contents as c
  join order_events as o on o.order_id = c.order_id and o.event_type = 'refund'
  where coalesce(o.currency, c.order_currency) = c.order_currency
  group by c.order_id
),
cancellations as (
  select distinct order_id from order_events where event_type = 'order_cancelled'
),
settled as (
  select
    p.order_id, p.person_id, p.session_key, p.event_time as ordered_at, c.order_currency, c.total,
    case
      when x.order_id is not null then coalesce(c.total, 0)
      else least(coalesce(r.amount, 0), coalesce(c.total, 0))
    end as returned,
    x.order_id is not null as cancelled,
    c.order_tax, c.order_shipping, c.order_discount, c.coupon, c.payment_method, c.event_id as contents_event_id
  from purchases as p
  join contents as c on c.order_id = p.order_id
  left join refunds as r on r.order_id = p.order_id
  left join cancellations as x on x.order_id = p.order_id
  where p.repetition = 1
)
select
  order_id, person_id, session_key, ordered_at, order_currency, total, returned, total - returned,
  case
    when cancelled then 'cancelled'
    when returned > 0 and returned = total then 'refunded'
    when returned > 0 then 'partly_refunded'
    else 'placed'
  end,
  order_tax, order_shipping, order_discount, coupon, payment_method, contents_event_id
from settled;

-- Every event once: of its deliveries, the first. This is where S3 is read; what follows reads local tables.
-- events_all holds one delivery a partition; of these the first stays, and the others are noted for it to leave out.
delete from ${schema}.clean_events;

insert into ${schema}.clean_events
select
  e.event_id, e.event_type, e.date, e.event_time, e.received_at,
  case when a.id is null then e.anonymous_id end,
  case when u.id is null then e.user_id end,
  case when p.id is null then e.previous_id end,
  e.email_sha256, e.is_bot, e.consent_analytics, lower(e.page_host), lower(e.referrer_host),
  e.utm_source, e.utm_medium, e.utm_campaign, case when e.click_id is not null then coalesce(e.click_id_type, '') end,
  e.search_term, e.currency, e.event_value,
  e.order_id, e.order_total, e.order_revenue, e.order_tax, e.order_shipping, e.order_discount, e.coupon,
  e.payment_method, e.item_id, e.item_name, e.item_brand, e.item_category, e.item_variant, e.item_price,
  e.item_quantity, case when e.event_type in ('purchase', 'order_updated') then e.items end
from (
  select
    event_id, event_type, date, event_time, received_at, anonymous_id, user_id, previous_id, email_sha256, is_bot,
    consent_analytics, page_host, referrer_host, utm_source, utm_medium, utm_campaign, click_id, click_id_type,
    search_term, currency, event_value, order_id, order_total, order_revenue, order_tax, order_shipping,
    order_discount, coupon, payment_method, item_id, item_name, item_brand, item_category, item_variant, item_price,
    item_quantity, items,
    -- Should two loads have run side by side, an event is in Redshift twice.
    row_number() over (partition by event_id, event_type, date order by received_at, event_time) as delivery
  from ${schema}.events_all
) as e
left join (select distinct lower(id) as id from ${schema}.blocked_ids) as a on a.id = lower(e.anonymous_id)
left join (select distinct lower(id) as id from ${schema}.blocked_ids) as u on u.id = lower(e.user_id)
left join (select distinct lower(id) as id from ${schema}.blocked_ids) as p on p.id = lower(e.previous_id)
where e.delivery = 1;

insert into ${schema}.second_deliveries
select event_id, event_type, date, received_at
from (
  select
    event_id, event_type, date, received_at,
    row_number() over (partition by event_id order by received_at, date, event_type, event_time) as delivery
  from ${schema}.clean_events
) as e
where delivery > 1;

delete from ${schema}.clean_events
where exists (
  select 1 from ${schema}.second_deliveries as x
  where x.event_id = clean_events.event_id and x.event_type = clean_events.event_type and x.date = clean_events.date
    and x.received_at = clean_events.received_at
);

-- Partitions that are not registered: of every event type that the transform knows, those that a day of the last week or
-- tomorrow lacks. Spectrum shows no rows of them, and no error. A view that binds late needs every name with its schema.
create or replace view ${schema}.unregistered as
with event_types as (
  -- <event types> of schema.toml, by `make generate`
  select cast('page_view' as varchar(32)) as event_type
  union all select 'screen_view'
  union all select 'item_view'
  union all select 'item_list_view'
  union all select 'item_click'
  union all select 'search'
  union all select 'add_to_cart'
  union all select 'remove_from_cart'
  union all select 'cart_view'
  union all select 'checkout_start'
  union all select 'checkout_step'
  union all select 'payment_info'
  union all select 'purchase'
  union all select 'order_updated'
  union all select 'order_cancelled'
  union all select 'refund'
  union all select 'promotion_view'
  union all select 'promotion_click'
  union all select 'coupon'
  union all select 'wishlist_add'
  union all select 'wishlist_remove'
  union all select 'share'
  union all select 'review'
  union all select 'identify'
  union all select 'login'
  union all select 'logout'
  union all select 'sign_up'
  union all select 'session_start'
  union all select 'engagement'
  union all select 'payment_error'
  union all select 'other'
  -- </event types>
),
registered as (
  select
    split_part("values", '"', 2) as event_type,
    cast(split_part("values", '"', 4) as date) as day
  from pg_catalog.svv_external_partitions
  where schemaname = '${external_schema}' and tablename = 'events'
),
days as (
  select ${today} + 1 - n as day
  from (
    select 0 as n union all select 1 union all select 2 union all select 3 union all select 4 union all select 5
    union all select 6 union all select 7 union all select 8
  ) as numbers
)
select t.event_type, d.day
from event_types as t
cross join days as d
left join registered as r on r.event_type = t.event_type and r.day = d.day
where r.day is null
with no schema binding;

-- The items of orders, a row each.
create or replace view ${schema}.event_items as
select
  event_id,
  position,
  item ->> 'item_id' as item_id,
  item ->> 'name' as name,
  item ->> 'brand' as brand,
  item ->> 'category' as category,
  item ->> 'variant' as variant,
  cast(item ->> 'price' as decimal(18,4)) as price,
  cast(item ->> 'quantity' as bigint) as quantity,
  item ->> 'currency' as currency
from (
  select event_id, unnest(list) as item, generate_subscripts(list, 1) as position
  from (
    select event_id, cast(items as json[]) as list
    from ${schema}.clean_events
    where json_type(items) = 'ARRAY'
  )
);

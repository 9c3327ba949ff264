-- The items of orders, a row each.
create or replace view ${schema}.event_items as
select
  e.event_id,
  i.position,
  i.item ->> 'item_id' as item_id,
  i.item ->> 'name' as name,
  i.item ->> 'brand' as brand,
  i.item ->> 'category' as category,
  i.item ->> 'variant' as variant,
  cast(i.item ->> 'price' as decimal(18,4)) as price,
  cast(i.item ->> 'quantity' as bigint) as quantity,
  i.item ->> 'currency' as currency
from ${schema}.clean_events as e
cross join lateral jsonb_array_elements(case when jsonb_typeof(e.items) = 'array' then e.items end)
  with ordinality as i (item, position);

-- The items of orders, a row each.
create or replace view ${schema}.event_items as
select
  e.event_id,
  item_index + 1 as position,
  i.item_id::varchar(255) as item_id,
  i.name::varchar(1024) as name,
  i.brand::varchar(255) as brand,
  i.category::varchar(1024) as category,
  i.variant::varchar(255) as variant,
  i.price::decimal(18,4) as price,
  i.quantity::bigint as quantity,
  i.currency::varchar(3) as currency
from ${schema}.clean_events as e, e.items as i at item_index;

-- What was ordered; where an order lists no items, the one that its event names.
delete from ${schema}.order_items;

insert into ${schema}.order_items
with listed as (
  select
    o.order_id, i.position, i.item_id, i.name, i.brand, i.category, i.variant, i.price,
    coalesce(i.quantity, 1) as quantity,
    coalesce(i.currency, o.currency) as currency
  from ${schema}.orders as o
  join ${schema}.event_items as i on i.event_id = o.contents_event_id
),
named as (
  select
    o.order_id, 1 as position, e.item_id, e.item_name, e.item_brand, e.item_category, e.item_variant, e.item_price,
    coalesce(e.item_quantity, 1) as quantity,
    o.currency
  from ${schema}.orders as o
  join ${schema}.clean_events as e on e.event_id = o.contents_event_id
  left join listed as l on l.order_id = o.order_id
  where e.item_id is not null and l.order_id is null
)
select order_id, position, item_id, name, brand, category, variant, price, quantity, price * quantity, currency
from (select * from listed union all select * from named) as i;

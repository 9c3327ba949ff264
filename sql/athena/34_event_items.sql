-- The items of orders, a row each.
create or replace view ${schema}.event_items as
select
  e.event_id,
  i.position,
  json_extract_scalar(i.item, '$.item_id') as item_id,
  json_extract_scalar(i.item, '$.name') as name,
  json_extract_scalar(i.item, '$.brand') as brand,
  json_extract_scalar(i.item, '$.category') as category,
  json_extract_scalar(i.item, '$.variant') as variant,
  cast(json_extract_scalar(i.item, '$.price') as decimal(18,4)) as price,
  cast(json_extract_scalar(i.item, '$.quantity') as bigint) as quantity,
  json_extract_scalar(i.item, '$.currency') as currency
from ${schema}.clean_events as e
cross join unnest(try_cast(try(json_parse(e.items)) as array(json))) with ordinality as i (item, position);

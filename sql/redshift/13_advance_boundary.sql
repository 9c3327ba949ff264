-- Generated from schema.toml by `make generate`; do not edit.
-- Moves the boundary between hot and cold, and drops what is hot no more: in one transaction, so no query sees a
-- gap or an event twice. By the calendar, never by the newest event: one wrong clock would drop everything.
create or replace procedure ${schema}.advance_boundary(boundary date) as $$
declare
  strays bigint;
begin
  if boundary > current_date - 10 then
    raise exception 'advance_boundary: events of % may still arrive; choose a date at least 10 days ago', boundary;
  end if;
  lock table ${schema}.load_lock;
  select count(*) into strays from ${schema}.events as h
  left join ${external_schema}.events as c on c.event_id = h.event_id and c."date" = h."date" and c."date" < boundary
  where h."date" < boundary and c.event_id is null;
  if strays > 0 then
    raise exception 'advance_boundary: % events before % are not in S3; are their partitions registered?', strays, boundary;
  end if;
  select count(*) into strays from ${external_schema}.events as c
  left join ${schema}.events as h on h.event_id = c.event_id
  left join ${schema}.erased_events as x on x.event_id = c.event_id
  where c."date" >= boundary and c."date" < current_date - 1 and h.event_id is null and x.event_id is null;
  if strays > 0 then
    raise exception 'advance_boundary: % events from % on are not loaded; run 11_load.sql with load_from that date', strays, boundary;
  end if;
  execute 'create or replace view ${schema}.events_all as
select
  "event_id", "event_name", "event_time", "received_at", "anonymous_id", "user_id", "previous_id", "session_id",
  "session_number", "email_sha256", "source_dialect", "app_id", "platform", "page_url", "page_host", "page_path",
  "page_query", "page_title", "referrer_url", "referrer_host", "utm_source", "utm_medium", "utm_campaign",
  "utm_content", "utm_term", "utm_id", "click_id", "click_id_type", "user_agent", "device_type", "os_name",
  "browser_name", "is_bot", "locale", "ip_address", "geo_country", "geo_region", "consent_analytics", "currency",
  "event_value", "order_id", "order_total", "order_revenue", "order_tax", "order_shipping", "order_discount", "coupon",
  "payment_method", "cart_id", "checkout_step", "item_count", "item_quantity", "item_id", "item_name", "item_brand",
  "item_category", "item_variant", "item_price", "item_list", "items", "search_term", "promotion_id", "user_traits",
  "extra", "dq_flags", "schema_version", "event_type", "date"
from ${schema}.events
where "date" >= date ' || quote_literal(cast(boundary as varchar)) || '
union all
select
  "event_id", "event_name", "event_time", "received_at", "anonymous_id", "user_id", "previous_id", "session_id",
  "session_number", "email_sha256", "source_dialect", "app_id", "platform", "page_url", "page_host", "page_path",
  "page_query", "page_title", "referrer_url", "referrer_host", "utm_source", "utm_medium", "utm_campaign",
  "utm_content", "utm_term", "utm_id", "click_id", "click_id_type", "user_agent", "device_type", "os_name",
  "browser_name", "is_bot", "locale", "ip_address", "geo_country", "geo_region", "consent_analytics", "currency",
  "event_value", "order_id", "order_total", "order_revenue", "order_tax", "order_shipping", "order_discount", "coupon",
  "payment_method", "cart_id", "checkout_step", "item_count", "item_quantity", "item_id", "item_name", "item_brand",
  "item_category", "item_variant", "item_price", "item_list",
  case when can_json_parse("items") then json_parse("items") end as "items", "search_term", "promotion_id",
  case when can_json_parse("user_traits") then json_parse("user_traits") end as "user_traits",
  case when can_json_parse("extra") then json_parse("extra") end as "extra", "dq_flags", "schema_version", "event_type",
  "date"
from (
  select e.*, row_number() over (partition by event_id order by received_at, event_time, event_type) as delivery
  from ${external_schema}.events as e
  where e."date" < date ' || quote_literal(cast(boundary as varchar)) || '
) as s
where s.delivery = 1
  and not exists (select 1 from ${schema}.erased_events as x where x.event_id = s.event_id)
with no schema binding';
  delete from ${schema}.events where "date" < boundary;
end
$$ language plpgsql security definer;

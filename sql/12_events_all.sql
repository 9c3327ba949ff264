-- Generated from schema.toml by `make generate`; do not edit.
-- events_cold: what lies before the boundary, in S3, each delivery a row. events_all: from the boundary on out of
-- Redshift, before it out of S3, each event once. The boundary is a literal, and deliveries are compared within a
-- partition, so that a question about some days or types reads these alone; second_deliveries are the rest.
create or replace view ${schema}.events_cold as
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
from ${external_schema}.events as e
where "date" < date '${hot_from}'
  and not exists (select 1 from ${schema}.erased_events as x where x.event_id = e.event_id)
with no schema binding;

create or replace view ${schema}.events_all as
select e.*
from (
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
  where "date" >= date '${hot_from}'
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
    select
      c.*,
      row_number() over (partition by event_id, event_type, "date" order by received_at, event_time) as delivery
    from ${external_schema}.events as c
    where c."date" < date '${hot_from}'
  ) as c
  where delivery = 1
) as e
where not exists (select 1 from ${schema}.erased_events as x where x.event_id = e.event_id)
  and not exists (
    select 1 from ${schema}.second_deliveries as x
    where x.event_id = e.event_id and x.event_type = e.event_type and x."date" = e."date"
      and x.received_at = e.received_at
  )
with no schema binding;

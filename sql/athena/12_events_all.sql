-- Generated from schema.toml by `make generate`; do not edit.
-- All events, each once. Whatever is asked of it reads all partitions; a question about a few days is better put to
-- ${glue_database}.events, where a second delivery shows again. JSON stays text: json_extract_scalar(extra, '$.x').
create or replace view ${schema}.events_all as
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
from (
  select
    e.*,
    row_number() over (partition by event_id order by received_at, "date", event_type, event_time) as delivery
  from ${glue_database}.events as e
) as e
where delivery = 1;

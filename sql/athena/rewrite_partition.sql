-- Generated from schema.toml by `make generate`; do not edit.
-- For Athena: one partition without some events, under rewritten/. Then put those objects in the place of the
-- partition's. python sql/kit.py --engine athena rewrite event_type=purchase date=2026-11-23 event_ids="'a', 'b'"
create table ${glue_database}.rewritten
with (
  format = 'PARQUET',
  write_compression = 'SNAPPY',
  external_location = 's3://${bucket}/rewritten/event_type=${event_type}/date=${date}/'
) as
select
  "event_id", "event_name", "event_time", "received_at", "anonymous_id", "user_id", "previous_id", "session_id",
  "session_number", "email_sha256", "source_dialect", "app_id", "platform", "page_url", "page_host", "page_path",
  "page_query", "page_title", "referrer_url", "referrer_host", "utm_source", "utm_medium", "utm_campaign",
  "utm_content", "utm_term", "utm_id", "click_id", "click_id_type", "user_agent", "device_type", "os_name",
  "browser_name", "is_bot", "locale", "ip_address", "geo_country", "geo_region", "consent_analytics", "currency",
  "event_value", "order_id", "order_total", "order_revenue", "order_tax", "order_shipping", "order_discount", "coupon",
  "payment_method", "cart_id", "checkout_step", "item_count", "item_quantity", "item_id", "item_name", "item_brand",
  "item_category", "item_variant", "item_price", "item_list", "items", "search_term", "promotion_id", "user_traits",
  "extra", "dq_flags", "schema_version"
from ${glue_database}.events
where "event_type" = '${event_type}'
  and "date" = date '${date}'
  and "event_id" not in (${event_ids});

-- Generated from schema.toml by `make generate`; do not edit.
-- Brings what is new from S3 into Redshift. It may run at any time, twice, or after a pause: an event that is
-- there is not loaded again. Rows arrive up to a week after their date, so even an hourly run looks back ten days
-- (load_from); a nightly one looks back sixty, and so mends what a pause has left out.
insert into ${schema}.events (
  "event_id", "event_name", "event_time", "received_at", "anonymous_id", "user_id", "previous_id", "session_id",
  "session_number", "email_sha256", "source_dialect", "app_id", "platform", "page_url", "page_host", "page_path",
  "page_query", "page_title", "referrer_url", "referrer_host", "utm_source", "utm_medium", "utm_campaign",
  "utm_content", "utm_term", "utm_id", "click_id", "click_id_type", "user_agent", "device_type", "os_name",
  "browser_name", "is_bot", "locale", "ip_address", "geo_country", "geo_region", "consent_analytics", "currency",
  "event_value", "order_id", "order_total", "order_revenue", "order_tax", "order_shipping", "order_discount", "coupon",
  "payment_method", "cart_id", "checkout_step", "item_count", "item_quantity", "item_id", "item_name", "item_brand",
  "item_category", "item_variant", "item_price", "item_list", "items", "search_term", "promotion_id", "user_traits",
  "extra", "dq_flags", "schema_version", "event_type", "date"
)
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
  where e."date" >= ${load_from}
) as s
where s.delivery = 1
  and not exists (select 1 from ${schema}.erased_events as x where x.event_id = s.event_id)
  and not exists (select 1 from ${schema}.events as h where h.event_id = s.event_id);

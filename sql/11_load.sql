-- Generated from schema.toml by `make generate`; do not edit.
-- Brings what is new from S3 into Redshift. It may run at any time, twice, in any batches, or after a pause. Of the
-- deliveries of one event the first received counts, also if it is loaded after another. Rows arrive up to a week
-- after their date, so even an hourly run looks back ten days (load_from); a nightly one looks back sixty, and so
-- mends what a pause has left out.
drop table if exists arriving;

create temp table arriving as select * from ${schema}.events where 1 = 0;

insert into arriving (
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
  select
    e.*,
    row_number() over (partition by event_id order by received_at, "date", event_type, event_time) as delivery
  from ${external_schema}.events as e
  where e."date" >= ${load_from} and e."date" >= (select max(hot_from) from ${schema}.boundary)
    and not exists (select 1 from ${schema}.erased_events as x where x.event_id = e.event_id)
    and not exists (
      select 1 from ${schema}.second_deliveries as x
      where x.event_id = e.event_id and x.event_type = e.event_type and x."date" = e."date"
        and x.received_at = e.received_at
    )
) as s
left join (
  select
    event_id as hot_event_id, received_at as hot_received_at, "date" as hot_date, event_type as hot_event_type, event_time as hot_event_time
  from ${schema}.events
) as h on hot_event_id = event_id
where delivery = 1
  and (
    hot_event_id is null
    or received_at < hot_received_at
    or received_at = hot_received_at and "date" < hot_date
    or received_at = hot_received_at and "date" = hot_date and event_type < hot_event_type
    or received_at = hot_received_at and "date" = hot_date and event_type = hot_event_type and event_time < hot_event_time
  );

-- Rows that a later delivery had filled, and what an erasure beside a load has missed.
delete from ${schema}.events
where event_id in (select event_id from arriving union all select event_id from ${schema}.erased_events);

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
  "item_category", "item_variant", "item_price", "item_list", "items", "search_term", "promotion_id", "user_traits",
  "extra", "dq_flags", "schema_version", "event_type", "date"
from arriving;

drop table arriving;

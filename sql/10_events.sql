-- Generated from schema.toml by `make generate`; do not edit.
-- The recent events in Redshift: the external table's columns, JSON as SUPER. What is asked together lies
-- together: a visitor's events on one slice, in order of time.
create schema if not exists ${schema};

create table if not exists ${schema}.events (
  "event_id" varchar(64),
  "event_name" varchar(255),
  "event_time" timestamp,
  "received_at" timestamp,
  "anonymous_id" varchar(128),
  "user_id" varchar(128),
  "previous_id" varchar(128),
  "session_id" varchar(128),
  "session_number" integer,
  "email_sha256" varchar(64),
  "source_dialect" varchar(16),
  "app_id" varchar(128),
  "platform" varchar(16),
  "page_url" varchar(4096),
  "page_host" varchar(255),
  "page_path" varchar(2048),
  "page_query" varchar(4096),
  "page_title" varchar(1024),
  "referrer_url" varchar(4096),
  "referrer_host" varchar(255),
  "utm_source" varchar(255),
  "utm_medium" varchar(255),
  "utm_campaign" varchar(255),
  "utm_content" varchar(1024),
  "utm_term" varchar(1024),
  "utm_id" varchar(255),
  "click_id" varchar(512),
  "click_id_type" varchar(32),
  "user_agent" varchar(1024),
  "device_type" varchar(16),
  "os_name" varchar(64),
  "browser_name" varchar(64),
  "is_bot" boolean,
  "locale" varchar(35),
  "ip_address" varchar(45),
  "geo_country" varchar(64),
  "geo_region" varchar(64),
  "consent_analytics" boolean,
  "currency" varchar(3),
  "event_value" decimal(18,4),
  "order_id" varchar(128),
  "order_total" decimal(18,4),
  "order_revenue" decimal(18,4),
  "order_tax" decimal(18,4),
  "order_shipping" decimal(18,4),
  "order_discount" decimal(18,4),
  "coupon" varchar(255),
  "payment_method" varchar(64),
  "cart_id" varchar(128),
  "checkout_step" integer,
  "item_count" integer,
  "item_quantity" bigint,
  "item_id" varchar(255),
  "item_name" varchar(1024),
  "item_brand" varchar(255),
  "item_category" varchar(1024),
  "item_variant" varchar(255),
  "item_price" decimal(18,4),
  "item_list" varchar(255),
  "items" super,
  "search_term" varchar(512),
  "promotion_id" varchar(255),
  "user_traits" super,
  "extra" super,
  "dq_flags" varchar(2048),
  "schema_version" integer,
  "event_type" varchar(32),
  "date" date
)
diststyle key distkey("anonymous_id") compound sortkey("date", "event_time");

-- Locked by whoever loads or rebuilds, so that two never run side by side.
create table if not exists ${schema}.load_lock (held boolean);

-- Events that were erased (erase.sql): whatever reads S3 leaves them out, also before its objects are rewritten.
create table if not exists ${schema}.erased_events (
  event_id varchar(64),
  event_type varchar(32),
  date date,
  erased_on date
);

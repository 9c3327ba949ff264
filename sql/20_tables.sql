-- The tables of the customer 360. All but the first two are rebuilt from the events by the files that follow; every one
-- of those empties its table and fills it again, so views and grants on it stay. Times are UTC.

-- By hand: identifiers that are nobody's, in whatever case (a test account, the id of a broken release).
create table if not exists ${schema}.blocked_ids (id varchar(128));

-- By hand: the account from_id is the account to_id.
create table if not exists ${schema}.manual_aliases (from_id varchar(128), to_id varchar(128));

-- Every event once, with what the 360 needs of it.
create table if not exists ${schema}.clean_events (
  event_id varchar(64),
  event_type varchar(32),
  date date,
  event_time timestamp,
  received_at timestamp,
  anonymous_id varchar(128),
  user_id varchar(128),
  previous_id varchar(128),
  email_sha256 varchar(64),
  is_bot boolean,
  consent_analytics boolean,
  page_host varchar(255),
  referrer_host varchar(255),
  utm_source varchar(255),
  utm_medium varchar(255),
  utm_campaign varchar(255),
  click_id_type varchar(32),         -- null if there is no click id
  search_term varchar(512),
  currency varchar(3),
  event_value decimal(18,4),
  order_id varchar(128),
  order_total decimal(18,4),
  order_revenue decimal(18,4),
  order_tax decimal(18,4),
  order_shipping decimal(18,4),
  order_discount decimal(18,4),
  coupon varchar(255),
  payment_method varchar(64),
  item_id varchar(255),
  item_name varchar(1024),
  item_brand varchar(255),
  item_category varchar(1024),
  item_variant varchar(255),
  item_price decimal(18,4),
  item_quantity bigint,
  items super
)
diststyle key distkey(anonymous_id) sortkey(event_time);

-- What aliases were stated, and what became of each: kept, repeated (the account was merged before) or cycle.
create table if not exists ${schema}.aliases (
  from_id varchar(128),
  to_id varchar(128),
  place bigint,                      -- in order of precedence, from 1
  verdict varchar(16)
)
diststyle all;

-- Accounts that were merged into others, and the one at the end of the chain.
create table if not exists ${schema}.merged_accounts (user_id varchar(128), account_id varchar(128))
diststyle all;

-- Who holds a device, from (inclusive; null: ever) and to when (exclusive; null: open).
create table if not exists ${schema}.identity_map (
  anonymous_id varchar(128),
  account_id varchar(128),
  valid_from timestamp,
  valid_to timestamp
)
diststyle key distkey(anonymous_id) sortkey(valid_from);

-- Every event's person and session.
create table if not exists ${schema}.person_events (
  event_id varchar(64),
  date date,
  event_type varchar(32),
  event_time timestamp,
  anonymous_id varchar(128),
  person_id varchar(192),
  identity_method varchar(16),       -- own, device, anonymous, none
  is_robot boolean,
  session_key varchar(64)            -- event_id of the session's first event; null if in no session
)
diststyle key distkey(anonymous_id) sortkey(event_time);

create table if not exists ${schema}.sessions (
  session_key varchar(64),
  anonymous_id varchar(128),
  person_id varchar(192),
  session_number bigint,             -- of the person's, from 1
  started_at timestamp,
  ended_at timestamp,
  events bigint,
  source varchar(512),
  medium varchar(255),
  campaign varchar(255),
  channel varchar(32)
)
diststyle key distkey(person_id) sortkey(started_at);

-- Amounts are in `currency`; XXX (ISO 4217: none) if none was sent. net = total - returned.
create table if not exists ${schema}.orders (
  order_id varchar(128),
  person_id varchar(192),
  session_key varchar(64),
  ordered_at timestamp,
  currency varchar(3),
  total decimal(18,4),
  returned decimal(18,4),
  net decimal(18,4),
  status varchar(16),                -- placed, partly_refunded, refunded, cancelled
  tax decimal(18,4),
  shipping decimal(18,4),
  discount decimal(18,4),
  coupon varchar(255),
  payment_method varchar(64),
  contents_event_id varchar(64)      -- the event that the amounts and items are of
)
diststyle key distkey(person_id) sortkey(ordered_at);

create table if not exists ${schema}.order_items (
  order_id varchar(128),
  position bigint,                   -- from 1
  item_id varchar(255),
  name varchar(1024),
  brand varchar(255),
  category varchar(1024),
  variant varchar(255),
  price decimal(18,4),
  quantity bigint,
  amount decimal(18,4),
  currency varchar(3)
)
diststyle key distkey(order_id);

create table if not exists ${schema}.customers (
  person_id varchar(192),
  known boolean,                     -- has an account
  first_seen timestamp,
  last_seen timestamp,
  events bigint,
  devices bigint,
  sessions bigint,
  orders bigint,                     -- cancelled ones not counted
  first_order_at timestamp,
  last_order_at timestamp,
  first_channel varchar(32),
  first_source varchar(512),
  first_campaign varchar(255),
  last_channel varchar(32),
  last_source varchar(512),
  last_campaign varchar(255),
  favourite_category varchar(1024),
  last_search varchar(512),
  consent_analytics boolean,
  email_sha256 varchar(64)
)
diststyle key distkey(person_id);

-- A person's money, one row a currency.
create table if not exists ${schema}.customer_revenue (
  person_id varchar(192),
  currency varchar(3),
  orders bigint,
  gross decimal(18,4),
  returned decimal(18,4),
  net decimal(18,4)
)
diststyle key distkey(person_id);

-- Which session an order is credited to, by model: first_touch, last_touch.
create table if not exists ${schema}.attribution (
  order_id varchar(128),
  model varchar(16),
  session_key varchar(64),
  channel varchar(32),
  source varchar(512),
  medium varchar(255),
  campaign varchar(255),
  currency varchar(3),
  net decimal(18,4)
)
diststyle key distkey(order_id);

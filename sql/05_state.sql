-- What the kit remembers from run to run; running this again changes none of it.
create schema if not exists ${schema};

-- From this day on events are read from Redshift, before it from S3. The setting is only where it begins: from then on
-- redshift/13_move_boundary.sql moves it.
create table if not exists ${schema}.boundary (hot_from date);

insert into ${schema}.boundary
select date '${hot_from}' where not exists (select 1 from ${schema}.boundary);

-- Locked by whoever loads or rebuilds, so that two never run side by side.
create table if not exists ${schema}.load_lock (held boolean);

-- Events that were erased (erase.sql): whatever reads S3 leaves them out, also before its objects are rewritten.
create table if not exists ${schema}.erased_events (
  event_id varchar(64),
  event_type varchar(32),
  date date,
  erased_on date
);

-- When somebody who was erased took or left a device that others use: else it would pass to those others, and with it
-- whatever was done on it in between. The holder is a number, or null for leaving.
create table if not exists ${schema}.erased_turns (
  anonymous_id varchar(128),
  holder varchar(128),
  event_time timestamp,
  event_id varchar(64)
);

-- Later deliveries that lie under another date or type than the first.
create table if not exists ${schema}.second_deliveries (
  event_id varchar(64),
  event_type varchar(32),
  date date,
  received_at timestamp
);

-- What the schedule calls (redshift/schedule.yaml). Each is one transaction: whoever queries sees all of it or nothing. The
-- lock comes first: what a transaction sees is settled by its first query, and that must not be before the run it waits for.

-- Every hour.
create or replace procedure ${schema}.load_events() as $$
begin
  lock table ${schema}.load_lock;
${11_load.sql load_from=current_date - 10}
end
$$ language plpgsql security definer;

-- By hand, after a pause of months: what has come since a day. What is cold stays in S3.
create or replace procedure ${schema}.load_since(day date) as $$
begin
  lock table ${schema}.load_lock;
${11_load.sql load_from=day}
end
$$ language plpgsql security definer;

-- Every night: mends what a pause has left out, then builds the customer 360 anew.
create or replace procedure ${schema}.rebuild() as $$
begin
  lock table ${schema}.load_lock;
${11_load.sql load_from=current_date - 60}
${30_clean_events.sql}
${31_accounts.sql}
${32_identity_map.sql}
${33_person_events.sql}
${40_sessions.sql}
${50_orders.sql}
${51_order_items.sql}
${60_customers.sql}
${61_attribution.sql}
end
$$ language plpgsql security definer;

-- Every month. A boundary that is later already stays.
create or replace procedure ${schema}.keep_hot() as $$
declare
  oldest date := cast(date_trunc('month', current_date - ${hot_days}) as date);
  present date;
begin
  lock table ${schema}.load_lock;
  select max(hot_from) into present from ${schema}.boundary;
  if oldest > present then
    call ${schema}.move_boundary(oldest);
  end if;
end
$$ language plpgsql security definer;

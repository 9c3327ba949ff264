-- Moves the boundary between hot and cold, in one transaction, so no query sees a gap or an event twice. Onwards it drops
-- what is hot no more, back it loads what is hot again. By the calendar, never by the newest event: one wrong clock would
-- drop everything.
create or replace procedure ${schema}.move_boundary(new_hot_from date) as $$
declare
  old_hot_from date;
  strays bigint;
begin
  lock table ${schema}.load_lock;
  if new_hot_from > current_date - 10 then
    raise exception 'move_boundary: events of % may still arrive; choose a date at least 10 days ago', new_hot_from;
  end if;
  select max(hot_from) into old_hot_from from ${schema}.boundary;
  -- What has come since the last load, so that of each event the first delivery is the hot one and all others are later.
${11_load.sql load_from=old_hot_from}
  select count(*) into strays from ${schema}.events as h
  left join ${external_schema}.events as c
    on c.event_id = h.event_id and c.date = h.date and c.date >= old_hot_from and c.date < new_hot_from
  where h.date < new_hot_from and c.event_id is null;
  if strays > 0 then
    raise exception 'move_boundary: % events before % are not in S3; are their partitions registered?', strays, new_hot_from;
  end if;
  insert into ${schema}.second_deliveries
  select distinct c.event_id, c.event_type, c.date, c.received_at
  from ${external_schema}.events as c
  join ${schema}.events as h on h.event_id = c.event_id
  left join ${schema}.second_deliveries as x
    on x.event_id = c.event_id and x.event_type = c.event_type and x.date = c.date and x.received_at = c.received_at
  where c.date >= old_hot_from and (c.date <> h.date or c.event_type <> h.event_type) and x.event_id is null;
  update ${schema}.boundary set hot_from = new_hot_from;
  delete from ${schema}.events where date < new_hot_from;
  if new_hot_from < old_hot_from then
${11_load.sql load_from=new_hot_from}
  end if;
  call ${schema}.make_views();
end
$$ language plpgsql security definer;

-- Erases one person from the warehouse: python sql/kit.py erase person_id=u-1042, in one transaction; then rebuild.
-- person_id is that of `customers`: with all accounts merged into it, and of shared devices only the times it held them.
-- What is still in S3 is hidden at once and stays so; README.md says how its objects are rewritten.
insert into ${schema}.erased_events
select p.event_id, p.event_type, p.date, ${today}
from ${schema}.person_events as p
left join ${schema}.erased_events as x on x.event_id = p.event_id
where p.person_id = '${person_id}' and x.event_id is null;

-- Of devices that others use too, stays when somebody held them, and a number for who.
insert into ${schema}.erased_turns
select
  t.anonymous_id,
  case
    when t.account_id is not null
      then 'erased:' || cast((select count(distinct holder) + 1 from ${schema}.erased_turns) as varchar(19))
  end,
  t.event_time, t.event_id
from ${schema}.turns as t
join ${schema}.person_events as p on p.event_id = t.event_id and p.person_id = '${person_id}'
join (select distinct anonymous_id from ${schema}.person_events where person_id <> '${person_id}') as o
  on o.anonymous_id = t.anonymous_id
left join (select distinct event_id from ${schema}.erased_turns) as x on x.event_id = t.event_id
where x.event_id is null;

-- What to look for in the backup and error prefixes, should they be searched before they expire.
select distinct c.user_id, c.anonymous_id, c.email_sha256
from ${schema}.clean_events as c
join ${schema}.erased_events as x on x.event_id = c.event_id
join ${schema}.person_events as p on p.event_id = c.event_id and p.person_id = '${person_id}';

delete from ${schema}.manual_aliases
where from_id = '${person_id}' or to_id = '${person_id}'
  or from_id in (select user_id from ${schema}.merged_accounts where account_id = '${person_id}');

delete from ${schema}.events where event_id in (select event_id from ${schema}.erased_events);

-- What is kept by hand, as views: for rows, select * from (values ('test'), ('robot')) as t (id).
create or replace view ${schema}.blocked_ids as
select cast(null as varchar) as id
where false;

create or replace view ${schema}.manual_aliases as
select cast(null as varchar) as from_id, cast(null as varchar) as to_id
where false;

-- Redshift remembers here whose turns were erased; export it there, should Athena have to know.
create or replace view ${schema}.erased_turns as
select
  cast(null as varchar) as anonymous_id, cast(null as varchar) as holder, cast(null as timestamp) as event_time,
  cast(null as varchar) as event_id
where false;

-- Which session an order is owed to: the first of the person's in the attribution_days before it (first_touch), and the
-- last that did not come directly (last_touch; if all did, the last).
delete from ${schema}.attribution;

insert into ${schema}.attribution
with candidates as (
  select
    o.order_id, s.session_key, s.channel, s.source, s.medium, s.campaign,
    row_number() over (partition by o.order_id order by s.session_number) as from_start,
    row_number() over (
      partition by o.order_id order by case when s.channel = 'Direct' then 1 else 0 end, s.session_number desc
    ) as from_end
  from ${schema}.orders as o
  join ${schema}.sessions as s
    on s.person_id = o.person_id and s.started_at <= o.ordered_at
    and s.started_at >= o.ordered_at - interval '${attribution_days} days'
)
select
  o.order_id, m.model, c.session_key, coalesce(c.channel, 'Unassigned'), c.source, c.medium, c.campaign,
  o.currency, o.net
from ${schema}.orders as o
cross join (select cast('first_touch' as varchar(16)) as model union all select cast('last_touch' as varchar(16))) as m
left join candidates as c
  on c.order_id = o.order_id and case when m.model = 'first_touch' then c.from_start else c.from_end end = 1
where o.status <> 'cancelled';

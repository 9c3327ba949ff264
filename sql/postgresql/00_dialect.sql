-- What Redshift has and PostgreSQL lacks. For tests and trials; Redshift needs none of it.
create domain super as jsonb;

create function json_parse(text) returns jsonb language sql immutable as 'select $1::jsonb';

create function can_json_parse(text) returns boolean language plpgsql immutable strict as $$
begin
  return $1::jsonb is not null;
exception when others then
  return false;
end
$$;

create function getdate() returns timestamp language sql stable as $$ select cast(now() at time zone 'UTC' as timestamp) $$;

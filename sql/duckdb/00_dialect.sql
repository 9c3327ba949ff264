-- What Redshift has and DuckDB lacks. For tests and trials; Redshift needs none of it.
create type super as json;

create macro json_parse(text) as cast(text as json);

create macro can_json_parse(text) as coalesce(json_valid(text), false);

create macro getdate() as cast(now() at time zone 'UTC' as timestamp);

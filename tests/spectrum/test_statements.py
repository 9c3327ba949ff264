"""What Redshift is told about the table: held to its grammar, as far as a grammar of it can be had."""

import re
from datetime import date, timedelta

import pytest
import sqlfluff
from events_table import EVENT_TYPES

FILLED = {"external_schema": "spectrum", "bucket": "lake", "external_format": "stored as parquet"}

# sqlfluff's Redshift has no `add partition`: this is the form of
# https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_external-table.html, for this table.
PARTITION = r"\s+partition \(event_type='([a-z0-9_]+)', date='(\d{4}-\d\d-\d\d)'\) location '(s3://lake/events/[a-z0-9_=/-]+/)'"
STATEMENT = re.compile(rf"alter table spectrum\.events add if not exists((?:{PARTITION})+)\s*;\s*")


def filled(sql: str) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda name: FILLED[name[1]], sql)


def statements(sql: str) -> list[list[tuple[str, str, str]]]:
    """The partitions of each statement: event type, date, location."""
    found, at = [], 0
    while at < len(sql):
        statement = STATEMENT.match(sql, at)
        assert statement, f"not as Redshift wants it: {sql[at : at + 200]!r}"
        found.append(re.findall(PARTITION, statement[1]))
        at = statement.end()
    return found


@pytest.fixture
def schema(tool):
    return lambda *arguments: filled(tool("schema", *arguments))


def test_the_external_table_is_redshifts_sql(schema):
    sql = schema("ddl", "spectrum")
    sqlfluff.parse(sql, dialect="redshift")
    with pytest.raises(sqlfluff.api.APIParsingError):
        sqlfluff.parse(sql.replace('"event_name" varchar(255)', "event_name string"), dialect="redshift")


def test_partitions_are_added_at_most_a_hundred_at_a_time_each_at_its_place(schema):
    added = statements(schema("partitions", "2026-02-25", "2026-03-06"))
    days = [str(date(2026, 2, 25) + timedelta(n)) for n in range(10)]
    partitions = [partition for statement in added for partition in statement]
    assert all(len(statement) <= 100 for statement in added)
    assert {partition[:2] for partition in partitions} == {(e, day) for e in EVENT_TYPES for day in days}
    assert len(partitions) == len(EVENT_TYPES) * 10
    assert all(at == f"s3://lake/events/event_type={e}/date={day}/" for e, day, at in partitions)


@pytest.mark.parametrize(
    "wrong",
    [
        "alter table spectrum.events add partition (event_type='login') location 's3://lake/events/x/';",
        "alter table spectrum.events add if not exists;",
        "alter table spectrum.events add if not exists\n  partition (event_type='login', date='2026-11-23');",
    ],
)
def test_the_grammar_refuses_what_is_none(wrong):
    with pytest.raises(AssertionError):
        statements(wrong)

"""The view of partitions that Spectrum cannot see, in DuckDB, on what Redshift's catalogue view would say."""

import sys
from datetime import date, timedelta

import duckdb
import pytest
from events_table import EVENT_TYPES, ROOT

sys.path.insert(0, str(ROOT / "sql"))
import kit  # noqa: E402

TODAY = date(2026, 11, 23)
DAYS = [TODAY + timedelta(n) for n in range(-7, 2)]


@pytest.fixture
def unregistered():
    """Says what the view shows where these partitions are registered."""
    database = duckdb.connect()
    values = kit.settings(schema="main", external_schema="spectrum", today=f"date '{TODAY}'")
    database.execute('create table svv_external_partitions (schemaname text, tablename text, "values" text)')
    view = kit.render(kit.FOLDER / "redshift/71_registered.sql", values, "duckdb")
    database.execute(view.replace("pg_catalog.", ""))  # a schema that takes no table here

    def ask(partitions, schema="spectrum") -> set[tuple]:
        rows = [[schema, "events", f'["{event_type}", "{day}"]'] for event_type, day in partitions]
        if rows:
            database.executemany("insert into svv_external_partitions values (?, ?, ?)", rows)
        return set(database.sql("from unregistered").fetchall())

    return ask


ALL = {(event_type, day) for event_type in EVENT_TYPES for day in DAYS}


def test_without_any_all_are_missing(unregistered):
    assert unregistered([]) == ALL


def test_with_all_none_is_missing(unregistered):
    assert unregistered(ALL) == set()


def test_a_type_that_no_day_has_is_missing_on_every_day(unregistered):
    missing = {("purchase", day) for day in DAYS}
    assert unregistered(ALL - missing) == missing


def test_a_day_is_missing_of_the_types_that_lack_it(unregistered):
    missing = {("login", TODAY), ("other", TODAY + timedelta(1))}
    assert unregistered(ALL - missing) == missing


def test_partitions_of_another_schema_are_none(unregistered):
    assert unregistered(ALL, schema="staging") == ALL

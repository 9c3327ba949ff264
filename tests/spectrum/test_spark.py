"""The table and its partitions as `clickstream schema` prints them, executed: a Hive catalogue (Spark's, on Derby) over a
lake that `clickstream run` wrote. Spectrum, too, reads the partitions that its catalogue has and no others; DuckDB, which
finds the folders itself, tells what lies in them.

Optional, for its size: needs Java 17 or later and `.venv/bin/pip install pyspark==4.3.0`.
"""

import os
import shutil
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pytest
from events_table import BUCKET, EVENT_TYPES
from test_statements import filled

pyspark = pytest.importorskip("pyspark.sql", reason="no Spark here: .venv/bin/pip install pyspark==4.3.0")
if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
    pytest.skip("no Java here: install a Java runtime, 17 or later", allow_module_level=True)

DAY, DAY_WITHOUT_EVENTS = date(2026, 11, 23), date(2026, 12, 24)
# Around midnight: events of two days, and older ones that come late.
TRAFFIC = ("generate", "-n", 800, "--start", f"{DAY}T22:30:00Z", "--hours", 3, "--arrivals")


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    home = tmp_path_factory.mktemp("spark")
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={home}",
        "spark.hadoop.javax.jdo.option.ConnectionURL": "jdbc:derby:;databaseName=catalogue;create=true",
        "spark.log.level": "ERROR",
        "spark.sql.ansi.doubleQuotedIdentifiers": "true",  # names are quoted as Redshift does
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.warehouse.dir": f"{home}/warehouse",
        "spark.ui.enabled": "false",
    }
    session = pyspark.SparkSession.builder.master("local[1]").config(map=settings).enableHiveSupport().getOrCreate()
    session.sql("create database spectrum")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def lake(tool, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lake")
    tool("run", "-", "--out", folder / "lake", "--object-seconds", 900, input=tool(*TRAFFIC))
    return folder / "lake"


@pytest.fixture
def in_lake(lake):
    return duckdb.sql(f"from read_parquet('{lake}/events/**/*.parquet', hive_partitioning = true)")


@pytest.fixture
def run(spark, lake, tool):
    """Runs what `clickstream schema` prints, on the lake in place of the bucket."""

    def run(*arguments):
        sql = filled(tool("schema", *arguments)).replace(f"s3://{BUCKET}/", f"{lake.as_uri()}/")
        without_comments = "\n".join(line for line in sql.splitlines() if not line.startswith("--"))
        for statement in filter(str.strip, without_comments.split(";")):
            spark.sql(statement)

    return run


@pytest.fixture
def table(spark, run):
    """The external table, without partitions."""
    run("ddl", "spectrum")
    yield spark.table("spectrum.events")
    spark.sql("drop table spectrum.events")


def counts(table) -> Counter:
    """Rows that Spark finds in each partition."""
    return Counter(table.select("event_type", "date").collect())


def registered(spark) -> list[str]:
    return [partition for (partition,) in spark.sql("show partitions spectrum.events").collect()]


def test_rows_are_found_where_partitions_are_registered_and_nowhere_else(table, run, in_lake):
    there = Counter(in_lake.project("event_type, date").fetchall())
    of_day = Counter({partition: rows for partition, rows in there.items() if partition[1] == DAY})
    assert 0 < of_day.total() < there.total()
    assert counts(table) == Counter()
    run("partitions", DAY, DAY)
    assert counts(table) == of_day
    run("partitions", min(day for _, day in there), max(day for _, day in there))
    assert counts(table) == there


def test_registering_twice_changes_nothing(table, run, spark):
    run("partitions", DAY, DAY)
    before = registered(spark), counts(table)
    run("partitions", DAY, DAY)
    assert (registered(spark), counts(table)) == before


def test_a_partition_without_a_folder_has_no_rows(table, run, spark, lake):
    run("partitions", DAY_WITHOUT_EVENTS, DAY_WITHOUT_EVENTS)
    assert set(registered(spark)) == {f"event_type={e}/date={DAY_WITHOUT_EVENTS}" for e in EVENT_TYPES}
    for folder in lake.glob(f"events/*/date={DAY_WITHOUT_EVENTS}"):
        folder.rmdir()  # empty: Hive makes one for each partition, which S3 does not have
    assert counts(table) == Counter()


def test_every_column_is_read_as_duckdb_reads_it(table, run, in_lake):
    run("partitions", DAY, DAY)
    names = ", ".join(table.columns)
    assert sorted(table.columns) == sorted(in_lake.columns)
    expected = sorted(in_lake.filter(f"date = '{DAY}'").project(names).fetchall(), key=repr)
    found = sorted((tuple(map(in_utc, row)) for row in table.collect()), key=repr)
    assert found == expected
    assert {str, int, bool, Decimal, datetime} <= {type(value) for row in found for value in row}


def in_utc(value):
    """Spark gives timestamps in the time zone of this machine, DuckDB as they are stored."""
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value

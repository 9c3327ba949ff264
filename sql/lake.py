"""A lake on this disk, as `clickstream run` makes it, under the kit's SQL in DuckDB."""

import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import kit

# How many of a lake's days are hot; its older ones stay in the external table.
HOT_DAYS = 2


def scan(lake: Path, columns: dict[str, str]) -> str:
    """A query of all rows under `lake`, typed as the external table says."""
    types = {name: "varchar" if kind.startswith("varchar") else kind for name, kind in columns.items()}
    keys = {name: types.pop(name) for name in ("event_type", "date")}
    hive = "hive_partitioning = true, hive_types = {" + ", ".join(f"{key}: {kind}" for key, kind in keys.items()) + "}"
    files = f"{lake}/events/*/*/*".replace("'", "''")
    if any(lake.glob("events/*/*/*.parquet")):
        return f"select {', '.join(columns)} from read_parquet('{files}', union_by_name = true, {hive})"
    if any(lake.glob("events/*/*/*")):
        return f"select * from read_json('{files}', format = 'newline_delimited', columns = {types}, {hive})"
    raise SystemExit(f"{lake}: no events/event_type=…/date=…/ in it; `clickstream run … --out {lake}` makes them")


def attach(lake: Path, **changes: str) -> tuple[duckdb.DuckDBPyConnection, dict[str, str]]:
    """A database in memory with `lake` as the external table, and the settings: unless `changes` say from when on, its
    last days are to be hot."""
    values = kit.settings(**changes)
    database = duckdb.connect()
    database.execute("set timezone = 'UTC'")
    database.execute("set preserve_insertion_order = false")  # halves the time that many small files take
    database.execute(f"create schema {values['external_schema']}")
    events = f"{values['external_schema']}.events"
    # Read once: a view would look into every file again with every statement.
    database.execute(f"create table {events} as {scan(lake, kit.lake_columns(values))}")
    hot_from = database.execute(f"select coalesce(max(date), current_date) - {HOT_DAYS - 1} from {events}").fetchone()[0]
    hot_from = changes.get("hot_from", str(hot_from))
    return database, values | {"hot_from": hot_from, "load_from": f"date '{hot_from}'"}


def run(database: duckdb.DuckDBPyConnection, values: dict[str, str], prefixes: list[str] | None = None) -> Iterator[str]:
    """Runs the kit's files, all of them or those whose names begin so, and yields each one's name before it runs."""
    for file in kit.files("duckdb", prefixes):
        yield file.name
        for statement in kit.statements(kit.render(file, values, "duckdb")):
            database.execute(statement)


def built(lake: Path, **changes: str) -> tuple[duckdb.DuckDBPyConnection, dict[str, str]]:
    """The customer 360 of `lake`. On a terminal it shows what it is doing."""
    show(f"reading {lake}")
    database, values = attach(lake, **changes)
    for name in run(database, values):
        show(name)
    show("")
    return database, values


def show(step: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{step}", end="", file=sys.stderr, flush=True)

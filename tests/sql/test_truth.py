"""The kit against `clickstream generate --truth`: what the generator knows of its traffic, in another language and by
another way, line for line."""

import csv
import datetime
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import lake
import pytest
from engines import PostgreSQL
from events import BUILD

# `make truth` asks for a million.
RECORDS = int(os.environ.get("TRUTH_RECORDS", "5000"))

# Each table of truth, in the words of the kit.
TABLES = {
    "events": """
        select
          e.event_id, e.event_type, e.date, e.event_time, e.anonymous_id, e.user_id, e.previous_id, p.person_id,
          p.identity_method, p.is_robot, p.session_key
        from {schema}.clean_events as e
        join {schema}.person_events as p on p.event_id = e.event_id
    """,
    "persons": """
        select
          person_id, known, first_seen, last_seen, events, devices, sessions, orders, first_order_at, last_order_at,
          first_channel, first_source, first_campaign, last_channel, last_source, last_campaign, favourite_category,
          last_search, consent_analytics
        from {schema}.customers
    """,
    "sessions": """
        select
          session_key, anonymous_id, person_id, session_number, started_at, ended_at, events, source, medium, campaign,
          channel
        from {schema}.sessions
    """,
    "orders": """
        select
          o.order_id, o.person_id, o.session_key, o.ordered_at, o.currency, o.total, o.returned, o.status,
          (select count(*) from {schema}.order_items as i where i.order_id = o.order_id) as items
        from {schema}.orders as o
    """,
    "order_items": "select order_id, position, item_id, quantity, price, amount, currency from {schema}.order_items",
    "revenue": "select currency, orders, gross, returned, net from {schema}.revenue",
    "customer_revenue": "select person_id, currency, orders, gross, returned, net from {schema}.customer_revenue",
    "attribution": """
        select order_id, model, session_key, channel, source, medium, campaign, currency, net from {schema}.attribution
    """,
    "funnel": """
        select day, sessions, viewed_item, added_to_cart, started_checkout, purchased from {schema}.funnel
    """,
}

# In the middle of them: what happened before is read from S3, as far as the kit knows.
HOT_FROM = "2026-11-25"


class World:
    """Four days of a shop: the lake, read once, and the folder of what is true of it."""

    def __init__(self, folder: Path, tool: Callable):
        self.truth, traffic = folder / "truth", folder / "traffic.ndjson"
        shop = ["-n", RECORDS, "--hours", 96, "--seed", 11, "--unmixed", "--arrivals", "--truth", self.truth]
        traffic.write_text(tool("generate", *shop))
        tool("run", traffic, "--out", folder / "lake", "--no-backup", "--object-seconds", 900)
        self.database, self.values = lake.attach(folder / "lake", hot_from=HOT_FROM)
        self.rows = f"{self.values['external_schema']}.events"

    def lines(self, table: str) -> list[dict[str, str]]:
        with (self.truth / f"{table}.csv").open(newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def world(tmp_path_factory, tool) -> World:
    return World(tmp_path_factory.mktemp("world"), tool)


def text(value) -> str:
    """A value as truth writes it."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime.datetime():
            return value.isoformat(timespec="milliseconds") + "Z"
        case Decimal() if value.as_tuple().exponent < 0:
            return f"{value:.4f}"
        case _:
            return str(value)


def check(query: Callable, schema: str, world: World) -> None:
    _, [(hot, cold)] = query(
        f"select (select count(*) from {schema}.events), (select count(*) from {schema}.events_cold)"
    )
    assert min(hot, cold) > RECORDS / 4, f"{hot} hot, {cold} cold: too few on one side"
    for name, question in TABLES.items():
        names, rows = query(question.format(schema=schema))
        expected = sorted(tuple(line[column] for column in names) for line in world.lines(name))
        found = sorted(tuple(text(value) for value in row) for row in rows)
        missing, surplus = sorted(set(expected) - set(found)), sorted(set(found) - set(expected))
        assert (missing[:3], surplus[:3]) == ([], []), f"{name}: {len(missing)} missing, {len(surplus)} too many"
        assert found == expected and len(found) > 2, name


def test_duckdb_finds_the_truth(world):
    for _ in lake.run(world.database, world.values):
        pass

    def query(question: str):
        answer = world.database.execute(question)
        return [column[0] for column in answer.description], answer.fetchall()

    check(query, world.values["schema"], world)


def test_postgresql_finds_the_truth(world, server, tmp_path):
    engine = PostgreSQL(server, **{name: world.values[name] for name in ("hot_from", "load_from")})
    engine.begin()
    rows = tmp_path / "rows.csv"
    world.database.execute(f"copy {world.rows} to '{rows}' (header false)")
    with engine.connection.cursor().copy(f"copy {world.rows} from stdin (format csv)") as copy:
        copy.write(rows.read_bytes())
    engine.run("11", *BUILD)

    def query(question: str):
        answer = engine.connection.execute(question)
        return [column.name for column in answer.description], answer.fetchall()

    check(query, world.values["schema"], world)
    engine.close()


def test_partitions_hold_what_the_truth_says(world):
    expected = sorted((row["event_id"], row["event_type"], row["date"]) for row in world.lines("rows"))
    rows = world.database.execute(f"select event_id, event_type, date from {world.rows}").fetchall()
    assert sorted((event, kind, str(date)) for event, kind, date in rows) == expected

"""The kit for Athena: what kit.py makes of the common statements, and the files that only Athena has."""

import kit
import pytest
from engines import DuckDB
from events import build, put
from test_properties import DERIVED, SEEDS, traffic
from test_redshift import mistakes

FILES = [*kit.files("athena"), *(kit.FOLDER / "athena" / name for name in ("external_table.sql", "rewrite_partition.sql"))]
VALUES = kit.settings(event_type="purchase", date="2026-11-23", event_ids="'a', 'b'")


def words(file) -> list[str]:
    return kit.statements(kit.render(file, VALUES, "athena"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_parses(file):
    """As the language of Athena's engine, and where that makes tables over files, as Hive's."""
    wrong = {text: mistakes(text, "hive" if "create external" in text else "trino") for text in words(file)}
    assert {text: told for text, told in wrong.items() if told} == {}


def test_it_makes_every_table_and_view_of_the_customer_360():
    made = " ".join(text for file in kit.files("athena") for text in words(file))
    for name in (*DERIVED, "events_all", "events_360", "event_items", "source_rules", "blocked_ids"):
        assert f"{VALUES['schema']}.{name} as" in made or f"{VALUES['schema']}.{name}\nwith" in made, name
    assert not any(word in made for word in ("insert into", "delete from", "super", "schema binding", "load_lock"))


def test_what_a_statement_reads_is_made_before_it():
    made = {f"{VALUES['glue_database']}.events"}
    for file in kit.files("athena"):
        for text in words(file):
            code = kit.without_comments(text)
            read = {word.strip("(),;") for word in code.split() if word.startswith(f"{VALUES['schema']}.")}
            own = {code.split(" as")[0].split()[i] for i in (-1,)} if code.startswith("create or replace view") else set()
            table = {code.split()[2]} if code.startswith("create table") else own
            if code.startswith("drop"):
                continue
            assert read - table <= made, f"{file.name} reads {read - table - made}"
            made |= table


# An account that was renamed again and again.
CHAIN = [
    {"event_id": f"chain{step}", "at": f"2026-11-23 10:0{step}:00", "user_id": f"c{step + 1}", "previous_id": f"c{step}"}
    for step in range(8)
] + [{"event_id": "chain", "at": "2026-11-23 10:00:00", "user_id": "c0"}]


@pytest.mark.parametrize("seed", SEEDS)
def test_it_says_the_same_as_the_warehouse(seed):
    """No Athena runs here. DuckDB understands its statements but for where a table is stored and how JSON is unnested."""
    warehouse, athena = (DuckDB(load_from="date '2000-01-01'", hot_from="2026-11-22") for _ in range(2))
    warehouse.begin()
    put(warehouse, traffic(seed) + CHAIN)
    build(warehouse)
    athena.begin()
    put(athena, traffic(seed) + CHAIN)
    athena.execute(f"drop schema {athena.values['schema']} cascade")
    athena.execute(f"create schema {athena.values['schema']}")
    values = athena.values | {"glue_database": athena.values["external_schema"]}
    for file in kit.files("athena"):
        engine = "athena" if file.name != "34_event_items.sql" else "duckdb"
        file = file if engine == "athena" else kit.FOLDER / "duckdb" / file.name
        for text in kit.statements(kit.render(file, values, engine)):
            athena.execute(text.replace("\nwith (format = 'PARQUET')", ""))
    for table in [*DERIVED[1:], "events_360"]:
        columns = "event_id, person_id, session_key" if table == "events_360" else "*"
        assert athena.rows(table, columns) == warehouse.rows(table, columns), table
    warehouse.close()
    athena.close()

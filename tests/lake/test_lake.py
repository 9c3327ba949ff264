"""The lake that `clickstream run` writes, read by an engine that knows nothing of it (DuckDB), and held to the truth that
the generator tells of its traffic."""

import csv
import filecmp
import json
import re
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import duckdb
import emulator
import pytest

ROOT = Path(__file__).parents[2]
TRAFFIC = ("generate", "-n", 6000, "--seed", 5, "--hours", 30, "--arrivals")
LARGE = ("--object-seconds", 900)  # few, large objects: what is tested lies in them

# The type in DuckDB of each type in schema.toml.
TYPES = {"varchar": "VARCHAR", "json": "VARCHAR", "integer": "INTEGER", "smallint": "SMALLINT", "bigint": "BIGINT",
         "boolean": "BOOLEAN", "timestamp": "TIMESTAMP"}


@pytest.fixture(scope="module")
def played(tool, tmp_path_factory):
    """Traffic of a day and more, its truth, and its lake in Parquet."""
    folder = tmp_path_factory.mktemp("played")
    traffic = folder / "traffic.ndjson"
    traffic.write_text(tool(*TRAFFIC, "--truth", folder / "truth"))
    summary = json.loads(tool("run", traffic, "--out", folder / "lake", "--json", *LARGE))
    return folder, summary


def rows(lake: Path):
    return duckdb.sql(f"from read_parquet('{lake}/events/**/*.parquet', hive_partitioning = true)")


def truth(folder: Path, table: str) -> list[dict]:
    with open(folder / "truth" / f"{table}.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_columns_have_the_schemas_names_types_and_order(played, tool):
    released = re.search(r"released = \[(.*?)\]", (ROOT / "schema.toml").read_text(), re.S)[1]
    columns = [column.split(" ") for column in re.findall(r'"(.*?)"', released)]
    expected = [(name, TYPES.get(kind.split("(")[0], kind.upper())) for name, kind in columns]
    for file in (played[0] / "lake/events").rglob("*.parquet"):
        described = duckdb.sql(f"describe from read_parquet('{file}', hive_partitioning = false)").fetchall()
        assert [column[:2] for column in described] == expected, file


def test_physical_types_are_those_that_spectrum_reads(played):
    file = next((played[0] / "lake/events").rglob("*.parquet"))
    schema = duckdb.sql(f"select name, type, type_length from parquet_schema('{file}')").fetchall()
    physical = {name: (kind, length) for name, kind, length in schema}
    assert physical["event_time"][0] == "INT96"
    assert physical["order_total"] == ("FIXED_LEN_BYTE_ARRAY", "8")
    codecs = duckdb.sql(f"select distinct compression from parquet_metadata('{file}')").fetchall()
    assert codecs == [("SNAPPY",)]


def test_rows_by_partition_equal_the_truth(played):
    folder, summary = played
    expected = Counter((row["event_type"], row["date"]) for row in truth(folder, "rows") if row["mixed"] == "false")
    found = rows(folder / "lake").aggregate("event_type, date::varchar, count(*)").fetchall()
    assert {(event_type, date): count for event_type, date, count in found} == expected
    assert summary["rows"] == sum(expected.values())


def test_every_row_is_an_event_of_the_truth(played):
    folder, _ = played
    expected = Counter(row["event_id"] for row in truth(folder, "rows") if row["mixed"] == "false")
    assert Counter(event_id for (event_id,) in rows(folder / "lake").project("event_id").fetchall()) == expected


def test_the_summary_adds_up_with_the_files(played):
    folder, summary = played
    lake = folder / "lake"
    assert summary["records"] == summary["ok"] + summary["dropped"] + sum(summary["failed"].values())
    assert summary["events"] == summary["rows"] + summary["rejected"]
    objects = [file for file in lake.rglob("*") if file.is_file() and not file.name.startswith(".")]
    written = [*summary["partitions"].values(), *summary["errors"].values(), summary["backup"]]
    assert len(objects) == sum(item["objects"] for item in written)
    assert sum(file.stat().st_size for file in objects) == sum(item["bytes"] for item in written)
    failed = [line for file in (lake / "errors").rglob("*") if file.is_file() for line in file.open()]
    assert len(failed) == sum(summary["failed"].values())


def test_parquet_and_json_hold_the_same_rows(played, tool):
    folder, _ = played
    tool("run", folder / "traffic.ndjson", "--out", folder / "json-lake", "--format", "json", *LARGE)
    parquet = rows(folder / "lake")
    types = dict(zip(parquet.columns, map(str, parquet.types)))
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in types.items() if name not in ("event_type", "date"))
    json_rows = duckdb.sql(
        f"from read_json('{folder}/json-lake/events/**/*.json.gz', format = 'newline_delimited', hive_partitioning = true,"
        f" columns = {{{columns}}})"
    )
    names = ", ".join(types)
    assert parquet.project(names).except_(json_rows.project(names)).fetchall() == []
    assert json_rows.aggregate("count(*)").fetchall() == parquet.aggregate("count(*)").fetchall()


def test_what_privacy_removes_is_nowhere_in_the_lake(tool, tmp_path):
    secrets = {"password": "hunter2-swordfish", "card_number": "4111111111111111", "access_token": "tok-7f3e9a"}
    address, ip = "Jane.Doe@Example.com", "203.0.113.77"
    events = [
        {"event": "login", "email": address, "ip": ip, **secrets},
        {"event": "search", "q": f"mail {address} please", "deep": [{"a": {"ip_address": ip, **secrets}}]},
        {"event": "page", "url": f"https://shop.example/?email={address}&password=hunter2-swordfish&ip={ip}"},
        {"type": "track", "event": "Order Completed", "context": {"ip": ip, "traits": {"email": address}},
         "properties": {"products": [{"product_id": "1", "password": "hunter2-swordfish", "note": address}]}},
        {"no_event": address, "nested": {"client_ip": ip}, **secrets},
    ]
    (tmp_path / "events.ndjson").write_text("".join(json.dumps(event) + "\n" for event in events))
    tool("run", tmp_path / "events.ndjson", "--out", tmp_path / "lake")
    lake = rows(tmp_path / "lake")
    assert lake.aggregate("count(*)").fetchall() == [(len(events),)]
    page = json.dumps(lake.fetchall(), default=str).lower()
    for secret in [*secrets.values(), address.lower(), "jane.doe", ip]:
        assert secret not in page, secret


def test_the_deployed_binary_gives_the_very_same_files(played, tool):
    folder, _ = played
    traffic = folder / "some.ndjson"
    traffic.write_text("".join((folder / "traffic.ndjson").read_text().splitlines(keepends=True)[:1500]))
    in_process = tool("run", traffic, "--out", folder / "in-process", "--json")
    with emulator.serving(ROOT / "target/lambda/transform/bootstrap", log=subprocess.DEVNULL) as url:
        emulated = tool("run", traffic, "--out", folder / "emulated", "--json", "--via", url)
    assert emulated == in_process
    assert_same(folder / "in-process", folder / "emulated")


def assert_same(one: Path, other: Path):
    files = [sorted(path.relative_to(lake) for path in lake.rglob("*") if path.is_file()) for lake in (one, other)]
    assert files[0] == files[1] and files[0]
    assert filecmp.cmpfiles(one, other, files[0], shallow=False)[1:] == ([], [])


def test_an_interrupted_run_leaves_the_lake_of_before(played, tool, tmp_path):
    folder, _ = played
    lake = tmp_path / "lake"
    tool("run", folder / "traffic.ndjson", "--out", lake)
    before = sorted(lake.rglob("*"))
    command = [ROOT / "target/debug/clickstream", "run", "-", "--out", lake]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        process.stdin.write((folder / "traffic.ndjson").read_bytes())
        process.stdin.flush()
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
    assert process.returncode == -signal.SIGINT
    assert [path.name for path in tmp_path.iterdir()] == ["lake"]
    assert sorted(lake.rglob("*")) == before


def test_memory_does_not_grow_with_the_input(tool, tmp_path):
    def most_memory(records: int) -> int:
        traffic = tmp_path / f"{records}.ndjson"
        traffic.write_text(tool("generate", "-n", records, "--arrivals"))
        # Partitions of five minutes each: the first run already fills every buffer there is.
        script = (
            "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        run = [ROOT / "target/debug/clickstream", "run", traffic, "--out", tmp_path / "lake", "--no-backup"]
        return int(subprocess.run(["python3", "-c", script, *run], check=True, capture_output=True, text=True).stdout)

    few, many = most_memory(2_000), most_memory(20_000)
    assert many < 2 * few, f"{few} KB for 2,000 records, {many} KB for ten times as many"

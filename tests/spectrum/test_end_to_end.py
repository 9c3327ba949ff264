"""From a visitor's click to a row that a query finds: a simulated week, with clocks that are late, early and absurd.

Records go through `clickstream run` into a lake, the lake into a bucket under the prefix of template.yaml, the built
`partitions` runs under Lambda's emulator at simulated times, and a reader that does what Spectrum does, and sees no
partition but the registered ones, has to find exactly what the lake holds.
"""

import json
import re
import subprocess
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from conftest import BUCKET, ROOT

BEGIN = datetime(2026, 11, 16, tzinfo=UTC)
DAY = timedelta(days=1)
HALF_DAYS = [BEGIN + n * DAY / 2 for n in range(14)]
LATE, EARLY = timedelta(days=7), timedelta(hours=1)  # the window of schema.toml
INSTANT = timedelta(milliseconds=1)

# How far a record's own clock is off its arrival.
CLOCKS = {
    "right": timedelta(0),
    "an hour late": -timedelta(hours=1),
    "days late": -3 * DAY,
    "just not too late": -LATE,
    "too late": -LATE - INSTANT,
    "decades late": -20_000 * DAY,
    "just not too early": EARLY,
    "too early": EARLY + INSTANT,
    "a day early": DAY,
    "in another century": 36_525 * DAY,
}


def text(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Delivery:
    """What half a day brings: as visitors send it, and as Firehose leaves it."""

    begin: datetime
    objects: dict[str, Path]
    """By key below the bucket."""

    @property
    def arrival(self) -> datetime:
        """In the last hour of the half day, where an early clock is of the next day."""
        return self.begin + DAY / 2 - timedelta(minutes=10)

    def strange(self) -> dict[str, tuple[dict, str]]:
        """By id, an event by each of the clocks and the date that it is filed under."""
        events = {}
        for name, off in CLOCKS.items():
            time = self.arrival + off
            date = time if -LATE <= off <= EARLY else self.arrival
            id = f"{name} {text(self.arrival)}"
            events[id] = {"event_type": "search", "id": id, "ts": text(time)}, str(date.date())
        return events


@pytest.fixture(scope="session")
def clickstream():
    """The command-line tool."""
    subprocess.run(["cargo", "build", "--quiet", "--package", "clickstream-cli"], cwd=ROOT, check=True)

    def run(*arguments, input: bytes = b"") -> bytes:
        command = [ROOT / "target/debug/clickstream", *map(str, arguments)]
        return subprocess.run(command, input=input, check=True, stdout=subprocess.PIPE).stdout

    return run


@pytest.fixture(scope="session")
def week(clickstream, tmp_path_factory) -> list[Delivery]:
    """A week of a shop, half a day at a time."""
    deliveries = []
    for seed, begin in enumerate(HALF_DAYS):
        delivery = Delivery(begin, {})
        traffic = ["-n", 120, "--seed", seed, "--start", text(begin), "--hours", 11, "--hostile", 0.1]
        records = clickstream("generate", *traffic)
        for event, _ in delivery.strange().values():
            records += json.dumps(event).encode() + b"\n"
        lake = tmp_path_factory.mktemp("week") / "lake"
        clickstream("run", "-", "--arrival", text(delivery.arrival), "--out", lake, input=records)
        for file in (lake / "events").rglob("clickstream-*"):
            prefix, name = file.parent.relative_to(lake), f"{file.stem}-{begin:%Y-%m-%d-%H}{file.suffix}"
            delivery.objects[f"{firehose_prefix(prefix)}{name}"] = file
        deliveries.append(delivery)
    return deliveries


def firehose_prefix(path: Path) -> str:
    """The prefix of template.yaml for the partition keys of a path in the lake."""
    [prefix] = re.findall(r"^ +Prefix: '(events/.*partitionKeyFromLambda.*)'", (ROOT / "template.yaml").read_text(), re.M)
    values = dict(part.split("=") for part in path.parts[1:])
    return re.sub(r"!\{partitionKeyFromLambda:(\w+)\}", lambda key: values[key[1]], prefix)


@pytest.fixture
def bucket(client):
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    def deliver(delivery: Delivery) -> None:
        for key, file in delivery.objects.items():
            s3.put_object(Bucket=BUCKET, Key=key, Body=file.read_bytes())

    deliver.s3 = s3
    return deliver


Row = tuple[str, str, str]  # event_id, event_type, date


def read(files: dict[Path, tuple[str, str]]) -> Counter[Row]:
    """The rows of files, each with the values of its partition: they come from the partition, not from the file."""
    rows = Counter()
    for source, kind in [("read_parquet($files, filename = true)", ".parquet"),
                         ("read_json($files, filename = true, columns = {event_id: 'varchar'})", ".json")]:
        if some := [str(file) for file in files if kind in file.suffixes]:
            found = duckdb.execute(f"select event_id, filename from {source}", {"files": some}).fetchall()
            rows.update((event_id, *files[Path(file)]) for event_id, file in found)
    return rows


def in_the_lake(deliveries: list[Delivery]) -> Counter[Row]:
    """What the objects hold, registered or not."""
    path = re.compile(r"events/event_type=(\w+)/date=([\d-]+)/[^/]+")
    files = {file: path.fullmatch(key).groups() for delivery in deliveries for key, file in delivery.objects.items()}
    return read(files)


@pytest.fixture
def spectrum(bucket, registered, tmp_path):
    """A query over the external table, as Spectrum answers it: of S3 it reads what lies where a registered partition
    says, and nothing else."""

    def query() -> Counter[Row]:
        places = {one["StorageDescriptor"]["Location"]: values for values, one in registered().items()}
        files = {}
        for page in bucket.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
            for key in (found["Key"] for found in page.get("Contents", [])):
                folder = f"s3://{BUCKET}/{key.rpartition('/')[0]}/"
                if folder in places:
                    file = tmp_path / key.replace("/", "-")
                    if not file.exists():
                        file.write_bytes(bucket.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
                    files[file] = places[folder]
        return read(files)

    return query


def keys(partitions) -> set[str]:
    return {f"events/event_type={event_type}/date={date}/" for event_type, date in partitions}


def prefixes(delivery: Delivery) -> set[str]:
    return {key.rsplit("/", 1)[0] + "/" for key in delivery.objects}


def test_every_row_is_found_the_moment_that_its_object_is_there(week, bucket, partitions, registered, spectrum):
    function = partitions()
    for number, delivery in enumerate(week):
        assert "errorMessage" not in function.at(text(delivery.begin))
        assert prefixes(delivery) <= keys(registered())
        bucket(delivery)
        if number in (6, 13):
            assert spectrum() == in_the_lake(week[: number + 1])
    # The truth is not the lake's alone: of each clock, every event is where it belongs, once.
    rows = spectrum()
    for delivery in week:
        for id, (_, date) in delivery.strange().items():
            assert rows[(id, "search", date)] == 1, (id, date)
    assert len(rows) > 1_500


def test_a_day_without_the_registrar_is_not_noticed(week, bucket, partitions, registered, spectrum):
    function = partitions()
    for delivery in week:
        if not BEGIN + 2 * DAY <= delivery.begin < BEGIN + 3 * DAY:
            function.at(text(delivery.begin))
        assert prefixes(delivery) <= keys(registered())
        bucket(delivery)
    assert spectrum() == in_the_lake(week)


def test_days_without_it_lose_nothing_and_are_seen_when_it_is_back(week, bucket, partitions, spectrum):
    function = partitions()
    for delivery in week[:-1]:
        if delivery.begin < BEGIN + DAY:
            function.at(text(delivery.begin))
        bucket(delivery)
    seen, there = spectrum(), in_the_lake(week[:-1])
    assert seen < there  # silently: that is how Spectrum is
    assert {date for _, _, date in there - seen} == {"2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22"}
    bucket(week[-1])
    function.at(text(week[-1].begin))
    assert spectrum() == in_the_lake(week)


def test_data_older_than_the_window_is_seen_after_a_back_fill(week, bucket, partitions, spectrum):
    function = partitions()
    for delivery in week[:2]:
        bucket(delivery)
    function.at(text(BEGIN + 60 * DAY))
    assert spectrum() == Counter()
    function({"from": "2026-11-09", "to": "2026-11-17"})
    assert spectrum() == in_the_lake(week[:2])

"""From a visitor's click to a row that a query finds: a simulated week, with clocks that are late, early and absurd.

Records go through `clickstream run` into a lake, the lake into a bucket under the prefix of template.yaml, the built
`partitions` runs under Lambda's emulator at simulated times, and a reader that does what Spectrum does, and sees no
partition but the registered ones, has to find exactly what the lake holds.
"""

import json
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from events_table import BUCKET, ROOT

BEGIN = datetime(2026, 11, 16, tzinfo=UTC)
DAY = timedelta(days=1)
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
class HalfDay:
    """What arrives in the last hour of half a day, where an early clock is of the next day."""

    begin: datetime
    objects: dict[str, Path] = field(default_factory=dict)
    """What Firehose makes of it, by key."""

    @property
    def arrival(self) -> datetime:
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

    def records(self, shop: bytes) -> bytes:
        """A shop's records and the strange ones, each with its arrival."""
        lines = shop.splitlines() + [json.dumps(event).encode() for event, _ in self.strange().values()]
        arrival = int(self.arrival.timestamp() * 1000)
        told = [{"approximateArrivalTimestamp": arrival, "data": b64encode(line).decode()} for line in lines]
        return b"".join(json.dumps(record).encode() + b"\n" for record in told)


@pytest.fixture(scope="session")
def week(tool, tmp_path_factory) -> list[HalfDay]:
    """A week of a shop through the stream."""
    half_days = {begin: HalfDay(begin) for begin in (BEGIN + n * DAY / 2 for n in range(14))}
    records = b""
    for seed, half_day in enumerate(half_days.values()):
        traffic = ["-n", 60, "--seed", seed, "--start", text(half_day.begin), "--hours", 11, "--hostile", 0.1]
        records += half_day.records(tool("generate", *traffic, text=False))
    lake = tmp_path_factory.mktemp("week") / "lake"
    prefix = ["--prefix", template_prefix(), "--no-backup"]
    summary = json.loads(tool("run", "-", "--json", "--out", lake, *prefix, input=records, text=False))
    assert summary["rows"] > 800 and not summary["not_converted"], summary
    for file in (lake / "events").rglob("clickstream-1-*"):
        time = datetime.strptime(file.name[14:27], "%Y-%m-%d-%H").replace(tzinfo=UTC)
        half_day = half_days[time.replace(hour=time.hour // 12 * 12)]
        half_day.objects[str(file.relative_to(lake))] = file
    assert in_the_lake(half_days.values()).total() == summary["rows"]
    return list(half_days.values())


def template_prefix() -> str:
    """The stream's, as it is deployed."""
    [prefix] = re.findall(r"^ +Prefix: '(.*partitionKeyFromLambda.*)'", (ROOT / "template.yaml").read_text(), re.M)
    return prefix


@pytest.fixture
def bucket(client):
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    def deliver(half_day: HalfDay) -> None:
        for key, file in half_day.objects.items():
            s3.put_object(Bucket=BUCKET, Key=key, Body=file.read_bytes())

    deliver.s3 = s3
    return deliver


Row = tuple[str, str, str]  # event_id, event_type, date


def read(files: dict[Path, tuple[str, str]]) -> Counter[Row]:
    """The rows of files, each with the values of its partition: they come from the partition, not from the file."""
    sql, names = "select event_id, filename from read_parquet($files, filename = true)", [str(file) for file in files]
    rows = duckdb.execute(sql, {"files": names}).fetchall() if names else []
    return Counter((event_id, *files[Path(file)]) for event_id, file in rows)


def in_the_lake(half_days: Iterable[HalfDay]) -> Counter[Row]:
    """What the objects hold, registered or not."""
    path = re.compile(r"events/event_type=(\w+)/date=([\d-]+)/[^/]+")
    files = {file: path.fullmatch(key).groups() for half_day in half_days for key, file in half_day.objects.items()}
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


def prefixes(half_day: HalfDay) -> set[str]:
    return {key.rsplit("/", 1)[0] + "/" for key in half_day.objects}


def test_every_row_is_found_the_moment_that_its_object_is_there(week, bucket, partitions, registered, spectrum):
    function = partitions()
    for number, half_day in enumerate(week):
        assert "errorMessage" not in function.at(text(half_day.begin))
        assert prefixes(half_day) <= keys(registered())
        bucket(half_day)
        if number in (6, 13):
            assert spectrum() == in_the_lake(week[: number + 1])
    # The truth is not the lake's alone: of each clock, every event is where it belongs, once.
    rows = spectrum()
    for half_day in week:
        for id, (_, date) in half_day.strange().items():
            assert rows[(id, "search", date)] == 1, (id, date)


def test_a_day_without_the_registrar_is_not_noticed(week, bucket, partitions, registered, spectrum):
    function = partitions()
    for half_day in week:
        if not BEGIN + 2 * DAY <= half_day.begin < BEGIN + 3 * DAY:
            function.at(text(half_day.begin))
        assert prefixes(half_day) <= keys(registered())
        bucket(half_day)
    assert spectrum() == in_the_lake(week)


def test_days_without_it_lose_nothing_and_are_seen_when_it_is_back(week, bucket, partitions, spectrum):
    function = partitions()
    for half_day in week[:-1]:
        if half_day.begin < BEGIN + DAY:
            function.at(text(half_day.begin))
        bucket(half_day)
    seen, there = spectrum(), in_the_lake(week[:-1])
    assert seen < there  # silently: that is how Spectrum is
    assert {date for _, _, date in there - seen} == {"2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22"}
    bucket(week[-1])
    function.at(text(week[-1].begin))
    assert spectrum() == in_the_lake(week)


def test_data_older_than_the_window_is_seen_after_a_back_fill(week, bucket, partitions, spectrum):
    function = partitions()
    for half_day in week[:2]:
        bucket(half_day)
    function.at(text(BEGIN + 60 * DAY))
    assert spectrum() == Counter()
    function({"from": "2026-11-09", "to": "2026-11-17"})
    assert spectrum() == in_the_lake(week[:2])

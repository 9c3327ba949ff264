"""From a visitor's click to a row that a query finds: a simulated week, with clocks that are late, early and absurd.

A shop's traffic and events by strange clocks go through `clickstream run` into a lake, the lake into a bucket under the
prefix of template.yaml, the built `partitions` runs under Lambda's emulator at simulated times, and a reader that does what
Spectrum does, and sees no partition but the registered ones, has to find every row where it belongs. Which rows these are
and where they belong say those who made the traffic: `clickstream generate --truth`, which knows nothing of the transform,
and CLOCKS below.
"""

import csv
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


Row = tuple[str, str, str]  # event_id, event_type, date


@dataclass
class Week:
    """What arrives in a week, and what is true of it."""

    truth: Counter[Row]
    """Every row, as often as its record was delivered; not those of hostile records, of which nobody knows."""
    half_days: dict[datetime, dict[str, Path]] = field(default_factory=lambda: {BEGIN + n * DAY / 2: {} for n in range(14)})
    """What Firehose writes of each half of a day: file of the lake by key."""

    @property
    def objects(self) -> dict[str, Path]:
        return {key: file for objects in self.half_days.values() for key, file in objects.items()}


def strange(arrival: datetime) -> dict[Row, dict]:
    """An event by each of the clocks, all arriving at one time, by the row that it becomes."""
    events = {}
    for name, off in CLOCKS.items():
        time = arrival + off
        date = time if -LATE <= off <= EARLY else arrival
        id = f"{name} {text(arrival)}"
        events[id, "search", str(date.date())] = {"event_type": "search", "id": id, "ts": text(time)}
    return events


@pytest.fixture(scope="session")
def week(tool, tmp_path_factory) -> Week:
    """A week of a shop through the stream; in the last hour of each half day, when an early clock is of the next day,
    strange clocks."""
    folder = tmp_path_factory.mktemp("week")
    traffic = ["-n", 800, "--seed", 7, "--start", text(BEGIN), "--hours", 168, "--hostile", 0.1]
    shop = tool("generate", *traffic, "--arrivals", "--truth", folder / "truth")
    records = [json.loads(line) for line in shop.splitlines()]
    week = Week(truth(folder / "truth/rows.csv"))
    for begin in week.half_days:
        arrival = begin + DAY / 2 - timedelta(minutes=10)
        events = strange(arrival)
        week.truth.update(events.keys())
        ms = int(arrival.timestamp() * 1000)
        data = [b64encode(json.dumps(event).encode()).decode() for event in events.values()]
        records += [{"approximateArrivalTimestamp": ms, "data": one} for one in data]
    records.sort(key=lambda record: record["approximateArrivalTimestamp"])
    lake = folder / "lake"
    settings = ["--json", "--out", lake, "--prefix", template_prefix(), "--no-backup", "--object-seconds", 900]
    summary = json.loads(tool("run", "-", *settings, input="\n".join(map(json.dumps, records))))
    assert summary["rows"] > week.truth.total() > 900 and not summary["not_converted"], summary
    for file in (lake / "events").rglob("clickstream-1-*"):
        time = datetime.strptime(file.name[14:27], "%Y-%m-%d-%H").replace(tzinfo=UTC)
        week.half_days[time.replace(hour=time.hour // 12 * 12)][str(file.relative_to(lake))] = file
    assert in_objects(week.objects).total() == summary["rows"]
    return week


def truth(file: Path) -> Counter[Row]:
    """The rows that the generator knows of; a record of several partitions is refused, and is no row."""
    with file.open() as rows:
        told = [row for row in csv.DictReader(rows) if row["mixed"] == "false"]
    return Counter((row["event_id"], row["event_type"], row["date"]) for row in told)


def template_prefix() -> str:
    """The stream's, as it is deployed."""
    [prefix] = re.findall(r"^ +Prefix: '(.*partitionKeyFromLambda.*)'", (ROOT / "template.yaml").read_text(), re.M)
    return prefix


@pytest.fixture
def bucket(client):
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    def deliver(objects: dict[str, Path]) -> None:
        for key, file in objects.items():
            s3.put_object(Bucket=BUCKET, Key=key, Body=file.read_bytes())

    deliver.s3 = s3
    return deliver


def read(files: dict[Path, tuple[str, str]]) -> Counter[Row]:
    """The rows of files, each with the values of its partition: they come from the partition, not from the file."""
    sql, names = "select event_id, filename from read_parquet($files, filename = true)", [str(file) for file in files]
    rows = duckdb.execute(sql, {"files": names}).fetchall() if names else []
    return Counter((event_id, *files[Path(file)]) for event_id, file in rows)


def in_objects(objects: dict[str, Path]) -> Counter[Row]:
    """What the objects hold, registered or not."""
    path = re.compile(r"events/event_type=(\w+)/date=([\d-]+)/[^/]+")
    return read({file: path.fullmatch(key).groups() for key, file in objects.items()})


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


def partitions_of(objects: Iterable[str]) -> set[tuple[str, str]]:
    return {tuple(re.findall(r"=([^/]+)/", key)) for key in objects}


def is_all_of(rows: Counter[Row], week: Week) -> bool:
    """Exactly the truth, and beside it what hostile records became: what the objects hold beyond the truth."""
    hostile = in_objects(week.objects) - week.truth
    return rows == week.truth + hostile and hostile.total() > 10


def test_every_row_is_found_the_moment_that_its_object_is_there(week, bucket, partitions, registered, spectrum):
    function = partitions()
    for begin, objects in week.half_days.items():
        assert "errorMessage" not in function.at(text(begin))
        assert partitions_of(objects) <= set(registered())
        bucket(objects)
    assert is_all_of(spectrum(), week)


def test_a_day_without_the_registrar_is_not_noticed(week, bucket, partitions, registered, spectrum):
    function = partitions()
    for begin, objects in week.half_days.items():
        if not BEGIN + 2 * DAY <= begin < BEGIN + 3 * DAY:
            function.at(text(begin))
        assert partitions_of(objects) <= set(registered())
        bucket(objects)
    assert is_all_of(spectrum(), week)


def test_days_without_it_lose_nothing_and_are_seen_when_it_is_back(week, bucket, partitions, spectrum):
    function = partitions()
    for begin in list(week.half_days)[:2]:
        function.at(text(begin))
    bucket(week.objects)
    # The rest is missing silently: that is how Spectrum is.
    until = Counter({row: count for row, count in week.truth.items() if row[2] <= "2026-11-18"})
    assert spectrum() & week.truth == until < week.truth
    function.at(text(BEGIN + 7 * DAY))
    assert is_all_of(spectrum(), week)


def test_records_that_wait_a_day_for_the_first_run_are_found(week, bucket, partitions, spectrum):
    """Of a new stack, whose first records clocks report a week late."""
    first = {key: file for objects in list(week.half_days.values())[:2] for key, file in objects.items()}
    bucket(first)
    partitions().at(text(BEGIN + DAY))
    assert spectrum() == in_objects(first)
    assert any(date == "2026-11-09" for _, _, date in spectrum())


def test_data_older_than_the_window_is_seen_after_a_back_fill(week, bucket, partitions, spectrum):
    function = partitions()
    bucket(week.objects)
    function.at(text(BEGIN + 60 * DAY))
    assert spectrum() == Counter()
    function({"from": "2026-11-09", "to": "2026-11-23"})
    assert is_all_of(spectrum(), week)

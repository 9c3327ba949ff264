"""Hot and cold events are one set of events, whenever a load runs and wherever the boundary is."""

import datetime
import random
import re
from concurrent.futures import ThreadPoolExecutor

import kit
import psycopg
import pytest
from engines import PostgreSQL
from events import put

TODAY = datetime.datetime.now(datetime.UTC).date()
BOUNDARY = [kit.FOLDER / "redshift" / name for name in ("12_events_all.sql", "13_move_boundary.sql")]


def day(days_ago: int) -> str:
    return (TODAY - datetime.timedelta(days=days_ago)).isoformat()


def events(count: int = 300, days: int = 90) -> list[dict[str, str]]:
    """Events of the last `days`, a fifth of them delivered again: at once, or after a day under another date. Several are
    received in the same moment."""
    chance = random.Random(7)
    made = []
    for number in range(count):
        ago = chance.randrange(days)
        event = {"event_id": f"e{number}", "at": f"{day(ago)} 12:00:00", "anonymous_id": f"d{number % 9}"}
        made.append(event)
        if chance.random() < 0.1:
            made.append(event | {"received_at": f"{day(ago)} 12:00:{chance.choice(('01', '09'))}", "event_type": "other"})
        if chance.random() < 0.1:
            made.append(event | {"received_at": f"{day(ago - 1)} 12:00:00", "date": day(ago - 1)})
    return made


def ids(engine, table: str = "events_all") -> list[str]:
    return [row[0] for row in engine.rows(table, "event_id")]


@pytest.fixture
def engine(engine):
    """Ninety days of events are hot."""
    engine.place_boundary(day(89))
    return engine


def load(engine, since: str, **changes: str) -> None:
    engine.run("11", load_from=f"date '{since}'", **changes)


def test_a_load_may_run_twice(engine):
    put(engine, events())
    load(engine, day(40))
    once = engine.rows("events")
    load(engine, day(40))
    assert engine.rows("events") == once
    assert len(set(ids(engine, "events"))) == len(once) > 100


DELIVERY = "event_id, received_at, date, event_type, event_time"


@pytest.mark.parametrize("seed", range(3))
def test_loads_in_any_batches_and_any_order_give_the_same(engine, seed):
    arriving = events()
    put(engine, arriving)
    load(engine, day(89))
    whole = engine.rows("events", DELIVERY)
    engine.execute(f"delete from {engine.values['schema']}.events")
    engine.execute(f"delete from {engine.values['external_schema']}.events")
    random.Random(seed).shuffle(arriving)
    for start in range(0, len(arriving), 70):
        put(engine, arriving[start : start + 70])
        load(engine, day(89))
    assert engine.rows("events", DELIVERY) == whole


def test_the_first_received_counts_whole_though_it_is_loaded_last(engine):
    at = f"{day(3)} 10:00:00"
    for received, page in (("10:00:09", "/third"), ("10:00:05", "/second"), ("10:00:01", "/first"), ("10:00:07", "/late")):
        put(engine, [{"event_id": "a", "at": at, "received_at": f"{day(3)} {received}", "page_path": page}])
        load(engine, day(10))
    assert engine.rows("events", "event_id, page_path") == [("a", "/first")]


def test_a_late_event_is_loaded_by_the_next_load(engine):
    put(engine, events())
    load(engine, day(10))
    put(engine, [{"event_id": "late", "at": f"{day(8)} 23:59:59", "received_at": f"{day(1)} 10:00:00"}])
    load(engine, day(10))
    assert ids(engine, "events").count("late") == 1


def test_the_nightly_load_mends_a_pause_of_weeks(engine):
    put(engine, events(days=80))
    load(engine, day(10))
    assert len(ids(engine, "events")) < 100
    load(engine, day(60))
    mended = ids(engine, "events")
    engine.execute(f"delete from {engine.values['schema']}.events")
    load(engine, day(60))
    assert ids(engine, "events") == mended


def test_a_load_leaves_what_is_cold_to_s3(engine):
    put(engine, events())
    engine.place_boundary(day(20))
    load(engine, day(60))
    oldest = engine.query(f"select min(date) from {engine.values['schema']}.events")[0][0]
    assert oldest >= TODAY - datetime.timedelta(days=20)


@pytest.mark.parametrize("boundary", [95, 60, 31, 30, 29, 1, 0, -2])
def test_wherever_the_boundary_is_every_event_is_there_once(engine, boundary):
    made = events()
    put(engine, made)
    engine.place_boundary(day(boundary))
    load(engine, day(boundary))
    # Until the nightly run has seen it, a second delivery under another date or type shows again.
    assert set(ids(engine)) == {event["event_id"] for event in made}
    engine.run("30")
    assert ids(engine, "clean_events") == sorted({event["event_id"] for event in made})
    assert ids(engine) == sorted({event["event_id"] for event in made})
    load(engine, day(boundary))
    assert ids(engine) == sorted({event["event_id"] for event in made})
    noted = engine.rows("second_deliveries")
    engine.run("30")
    assert engine.rows("second_deliveries") == noted


@pytest.mark.parametrize("seed", range(3))
def test_rebuilds_between_batches_give_the_same(engine, seed):
    """Also where the delivery that counts comes last, into a partition of which another was passed over."""
    chance = random.Random(seed)
    arriving = events()
    for event in chance.sample([event for event in arriving if "received_at" not in event], 60):
        on = event["at"][:10]
        arriving.append(event | {"received_at": f"{on} 12:00:02", "date": day(chance.randrange(90))})
        arriving.append(event | {"received_at": f"{on} 12:00:03"})
    engine.place_boundary(day(40))
    put(engine, arriving)
    load(engine, day(89))
    engine.run("30")
    whole = engine.rows("clean_events", DELIVERY)
    schema = engine.values["schema"]
    for table in ("events", "clean_events", "second_deliveries"):
        engine.execute(f"delete from {schema}.{table}")
    engine.execute(f"delete from {engine.values['external_schema']}.events")
    chance.shuffle(arriving)
    for start in range(0, len(arriving), 60):
        put(engine, arriving[start : start + 60])
        load(engine, day(89))
        engine.run("30")
    assert engine.rows("clean_events", DELIVERY) == whole == engine.rows("events_all", DELIVERY)


def test_an_event_that_two_loads_brought_counts_once(engine):
    put(engine, [{"event_id": "a", "at": f"{day(3)} 10:00:00"}])
    load(engine, day(10))
    engine.execute(f"insert into {engine.values['schema']}.events select * from {engine.values['schema']}.events")
    engine.run("30")
    assert (ids(engine, "clean_events"), engine.rows("second_deliveries")) == (["a"], [])


def test_each_delivery_of_a_cold_event_is_in_the_view_for_it(engine):
    made = events()
    put(engine, made)
    engine.place_boundary(day(-2))
    assert sorted(ids(engine, "events_cold")) == sorted(event["event_id"] for event in made)


def test_json_columns_are_parsed_on_both_sides(engine):
    for number, at in enumerate((day(50), day(5))):
        put(engine, [{"event_id": f"e{number}", "at": f"{at} 10:00:00", "items": "CUP 2x1.50", "extra": "{broken"}])
    engine.place_boundary(day(10))
    load(engine, day(10))
    found = engine.query(f"select event_id, cast(items as varchar), extra from {engine.values['schema']}.events_all order by 1")
    assert [("CUP" in items, extra) for _, items, extra in found] == [(True, None)] * 2


@pytest.mark.parametrize("view", ["events_all", "events_cold"])
def test_a_question_about_some_partitions_reads_these_alone(server, view):
    """PostgreSQL says where it applies a filter: at the rows of S3, not above the window over them."""
    engine = PostgreSQL(server)
    engine.begin()
    question = f"select count(*) from {engine.values['schema']}.{view} where event_type = 'purchase' and date = '2026-10-03'"
    plan = "\n".join(line for (line,) in engine.query(f"explain (verbose, costs off) {question}"))
    filters = re.findall(rf"Scan on {engine.values['external_schema']}\.events.*\n *Output.*\n *Filter: (.*)", plan)
    assert len(filters) == 1 and "'purchase'" in filters[0] and "'2026-10-03'" in filters[0], plan
    engine.close()


class TestMove:
    """The procedures run on PostgreSQL as they do on Redshift."""

    @pytest.fixture
    def engine(self, server):
        made = PostgreSQL(server, hot_from=day(89))
        made.begin()
        for file in BOUNDARY:
            made.run_file(file)
        put(made, events())
        load(made, day(89))
        yield made
        made.close()

    def move(self, engine, days_ago: int) -> None:
        engine.execute(f"call {engine.values['schema']}.move_boundary(date '{day(days_ago)}')")

    def oldest(self, engine) -> datetime.date:
        return engine.query(f"select min(date) from {engine.values['schema']}.events")[0][0]

    def test_what_was_hot_is_cold_and_nothing_is_lost_or_there_twice(self, engine):
        before = ids(engine)
        self.move(engine, 30)
        assert ids(engine) == before
        assert self.oldest(engine) >= TODAY - datetime.timedelta(days=30)
        load(engine, day(89))
        assert ids(engine) == before
        self.move(engine, 20)
        load(engine, day(89))
        assert ids(engine) == before == sorted(set(before))

    def test_it_moves_back_too_and_loads_what_is_hot_again(self, engine):
        hot, all_events = engine.rows("events", DELIVERY), ids(engine)
        self.move(engine, 30)
        self.move(engine, 89)
        assert engine.rows("events", DELIVERY) == hot and ids(engine) == all_events

    @pytest.mark.parametrize("setting", [89, 12])
    def test_the_kit_can_be_run_again_after_it(self, engine, setting):
        before = ids(engine)
        self.move(engine, 30)
        engine.run("05", "10", "20", "21", hot_from=day(setting))
        for file in BOUNDARY:
            engine.run_file(file, hot_from=day(setting))
        load(engine, day(89))
        engine.run("30")
        assert ids(engine) == before and engine.rows("boundary") == [(TODAY - datetime.timedelta(days=30),)]
        assert self.oldest(engine) >= TODAY - datetime.timedelta(days=30)

    @pytest.mark.parametrize("days_ago", [80, 30])
    def test_a_first_delivery_that_no_load_has_seen_yet_counts_after_it(self, engine, days_ago):
        event = {"event_id": "late", "at": f"{day(40)} 12:00:00"}
        put(engine, [event | {"received_at": f"{day(39)} 12:00:00", "date": day(39)}])
        load(engine, day(89))
        put(engine, [event | {"received_at": f"{day(40)} 12:00:01"}])
        self.move(engine, days_ago)
        assert ids(engine).count("late") == 1
        load(engine, day(60))
        engine.run("30")
        found = engine.query(f"select date from {engine.values['schema']}.clean_events where event_id = 'late'")
        assert found == [(TODAY - datetime.timedelta(days=40),)]

    def test_it_does_not_move_into_days_that_are_still_filling(self, engine):
        with pytest.raises(psycopg.Error, match="may still arrive"):
            self.move(engine, 9)

    def test_it_does_not_move_past_events_that_s3_does_not_show(self, engine):
        engine.execute(f"delete from {engine.values['external_schema']}.events where date = date '{day(45)}'")
        before = engine.rows("events", "event_id")
        with pytest.raises(psycopg.Error, match="are not in S3"):
            self.move(engine, 30)
        assert engine.rows("events", "event_id") == before

    def test_a_query_sees_no_gap_while_it_moves(self, engine, server):
        before = len(ids(engine))
        other = psycopg.connect(engine.connection.info.dsn, autocommit=True)

        def counts() -> set[int]:
            text = f"select count(*) from {engine.values['schema']}.events_all"
            return {other.execute(text).fetchone()[0] for _ in range(200)}

        with ThreadPoolExecutor() as threads:
            seen = threads.submit(counts)
            for ago in range(80, 11, -5):
                self.move(engine, ago)
        assert seen.result() == {before}
        other.close()

    def test_one_wrong_clock_drops_nothing(self, engine):
        put(engine, [{"event_id": "y2099", "at": "2099-01-01 00:00:00", "date": day(1)}])
        load(engine, day(60))
        before = ids(engine)
        self.move(engine, 30)
        assert ids(engine) == before and "y2099" in before

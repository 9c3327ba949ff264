"""Hot and cold events are one set of events, whenever a load runs and wherever the boundary is."""

import datetime
import random
from concurrent.futures import ThreadPoolExecutor

import kit
import psycopg
import pytest
from engines import PostgreSQL
from events import put

TODAY = datetime.datetime.now(datetime.UTC).date()
ADVANCE = kit.FOLDER / "redshift" / "13_advance_boundary.sql"


def day(days_ago: int) -> str:
    return (TODAY - datetime.timedelta(days=days_ago)).isoformat()


def events(count: int = 300, days: int = 90) -> list[dict[str, str]]:
    """Events of the last `days`, a fifth of them delivered again: at once, or after a day under another date."""
    chance = random.Random(7)
    made = []
    for number in range(count):
        ago = chance.randrange(days)
        event = {"event_id": f"e{number}", "at": f"{day(ago)} 12:00:00", "anonymous_id": f"d{number % 9}"}
        made.append(event)
        if chance.random() < 0.1:
            made.append(event | {"received_at": f"{day(ago)} 12:00:09"})
        if chance.random() < 0.1:
            made.append(event | {"received_at": f"{day(ago - 1)} 12:00:00", "date": day(ago - 1)})
    return made


def ids(engine, table: str = "events_all") -> list[str]:
    return [row[0] for row in engine.rows(table, "event_id")]


def load(engine, since: str, **changes: str) -> None:
    engine.run("11", load_from=f"date '{since}'", **changes)


def test_a_load_may_run_twice(engine):
    put(engine, events())
    load(engine, day(40))
    once = engine.rows("events")
    load(engine, day(40))
    assert engine.rows("events") == once
    assert len(set(ids(engine, "events"))) == len(once) > 100


def test_loads_in_any_batches_give_the_same(engine):
    arriving = sorted(events(), key=lambda event: event.get("received_at") or event["at"])
    whole = sorted({event["event_id"] for event in arriving if (event.get("date") or event["at"][:10]) >= day(40)})
    for start in range(0, len(arriving), 37):
        put(engine, arriving[start : start + 37])
        load(engine, day(40))
    assert sorted(set(ids(engine, "events"))) == sorted(ids(engine, "events"))
    assert set(ids(engine, "events")) == set(whole)


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


@pytest.mark.parametrize("boundary", [95, 60, 31, 30, 29, 1, 0, -2])
def test_wherever_the_boundary_is_every_event_is_there_once(engine, boundary):
    made = events()
    put(engine, made)
    load(engine, day(boundary))
    engine.run("12", hot_from=day(boundary))
    # A second delivery under another date, across the boundary, may show again there; the 360 counts it once.
    astray = {event["event_id"] for event in made if "date" in event}
    assert set(ids(engine)) == {event["event_id"] for event in made}
    assert all(ids(engine).count(event) == 1 for event in set(ids(engine)) - astray)
    engine.run("30")
    assert ids(engine, "clean_events") == sorted({event["event_id"] for event in made})


def test_json_columns_are_parsed_on_both_sides(engine):
    for number, at in enumerate((day(50), day(5))):
        put(engine, [{"event_id": f"e{number}", "at": f"{at} 10:00:00", "items": "CUP 2x1.50", "extra": "{broken"}])
    load(engine, day(10))
    engine.run("12", hot_from=day(10))
    found = engine.query(f"select event_id, cast(items as varchar), extra from {engine.values['schema']}.events_all order by 1")
    assert [("CUP" in items, extra) for _, items, extra in found] == [(True, None)] * 2


class TestAdvance:
    """The procedure runs on PostgreSQL as it does on Redshift."""

    @pytest.fixture
    def engine(self, server):
        made = PostgreSQL(server)
        made.begin()
        made.run_file(ADVANCE)
        put(made, [event for event in events() if "date" not in event])
        load(made, day(89))
        made.run("12", hot_from=day(89))
        yield made
        made.close()

    def advance(self, engine, days_ago: int) -> None:
        engine.execute(f"call {engine.values['schema']}.advance_boundary(date '{day(days_ago)}')")

    def test_what_was_hot_is_cold_and_nothing_is_lost(self, engine):
        before = ids(engine)
        self.advance(engine, 30)
        assert ids(engine) == before
        oldest = engine.query(f"select min(date) from {engine.values['schema']}.events")[0][0]
        assert oldest >= TODAY - datetime.timedelta(days=30)
        self.advance(engine, 20)
        assert ids(engine) == before

    def test_it_does_not_move_into_days_that_are_still_filling(self, engine):
        with pytest.raises(psycopg.Error, match="may still arrive"):
            self.advance(engine, 9)

    def test_it_does_not_move_past_events_that_s3_does_not_show(self, engine):
        engine.execute(f"delete from {engine.values['external_schema']}.events where date = date '{day(45)}'")
        before = engine.rows("events", "event_id")
        with pytest.raises(psycopg.Error, match="are not in S3"):
            self.advance(engine, 30)
        assert engine.rows("events", "event_id") == before

    def test_it_does_not_move_before_what_is_loaded(self, engine):
        self.advance(engine, 30)
        with pytest.raises(psycopg.Error, match="are not loaded"):
            self.advance(engine, 60)

    def test_a_query_sees_no_gap_while_it_moves(self, engine, server):
        before = len(ids(engine))
        other = psycopg.connect(engine.connection.info.dsn, autocommit=True)

        def counts() -> set[int]:
            text = f"select count(*) from {engine.values['schema']}.events_all"
            return {other.execute(text).fetchone()[0] for _ in range(200)}

        with ThreadPoolExecutor() as threads:
            seen = threads.submit(counts)
            for ago in range(80, 11, -5):
                self.advance(engine, ago)
        assert seen.result() == {before}
        other.close()

    def test_one_wrong_clock_drops_nothing(self, engine):
        put(engine, [{"event_id": "y2099", "at": "2099-01-01 00:00:00", "date": day(1)}])
        load(engine, day(60))
        before = ids(engine)
        self.advance(engine, 30)
        assert ids(engine) == before and "y2099" in before

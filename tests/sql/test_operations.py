"""What runs by the clock, what is asked of it, and how a person is forgotten."""

import datetime
import re
import subprocess

import kit
import pytest
from engines import PostgreSQL
from events import BUILD, build, put
from test_properties import DERIVED, outcome, traffic

TODAY = datetime.datetime.now(datetime.UTC).date()


def day(days_ago: int) -> str:
    return (TODAY - datetime.timedelta(days=days_ago)).isoformat()


def recent(events: list[dict[str, str]]) -> list[dict[str, str]]:
    """The same traffic, ending yesterday."""
    shift = TODAY - datetime.date(2026, 11, 24)
    moved = []
    for event in events:
        at = datetime.datetime.fromisoformat(event["at"]) + shift
        moved.append(event | {"at": at.isoformat(" ")})
    return moved


@pytest.fixture
def scheduled(server):
    """PostgreSQL with the procedures that the schedule calls."""
    engine = PostgreSQL(server, hot_from=day(30), load_from=f"date '{day(30)}'")
    engine.begin()
    for name in ("12_events_all.sql", "13_move_boundary.sql", "80_procedures.sql"):
        engine.run_file(kit.FOLDER / "redshift" / name)
    yield engine
    engine.close()


def call(engine, procedure: str) -> None:
    engine.execute(f"call {engine.values['schema']}.{procedure}()")


class TestProcedures:
    def test_rebuild_does_what_the_files_do(self, scheduled):
        put(scheduled, recent(traffic(1)))
        call(scheduled, "rebuild")
        by_procedure = outcome(scheduled)
        scheduled.run("11", *BUILD)
        assert outcome(scheduled) == by_procedure
        assert by_procedure["customers"]

    def test_the_hourly_load_looks_back_ten_days_and_the_nightly_one_sixty(self, scheduled):
        put(scheduled, [{"at": f"{day(ago)} 10:00:00"} for ago in (59, 20, 10, 1)])
        call(scheduled, "load_events")
        assert len(scheduled.rows("events")) == 2
        call(scheduled, "rebuild")
        assert len(scheduled.rows("events")) == 4

    def test_the_boundary_moves_to_the_first_of_a_month(self, scheduled):
        put(scheduled, [{"event_id": f"e{ago}", "at": f"{day(ago)} 10:00:00"} for ago in range(1, 140, 3)])
        scheduled.run("11", load_from=f"date '{day(140)}'")
        call(scheduled, "keep_hot")
        first = (TODAY - datetime.timedelta(days=92)).replace(day=1)
        assert min(scheduled.query(f"select date from {scheduled.values['schema']}.events"))[0] >= first
        assert len(scheduled.rows("events_all", "event_id")) == len(range(1, 140, 3))

    def test_every_file_that_builds_is_in_the_nightly_run(self):
        built = {file.name for file in kit.files("postgresql", ["3", "4", "5", "60", "61"])} - {"34_event_items.sql"}
        text = (kit.FOLDER / "redshift" / "80_procedures.sql").read_text()
        assert [name for name in sorted(built) if f"${{{name}}}" not in text] == []
        assert {name.removesuffix(".sql")[:2] for name in built} == set(BUILD)


class TestErasure:
    def test_nothing_is_left_of_the_person_and_all_of_the_others(self, engine):
        put(engine, traffic(1))
        build(engine)
        person = engine.query(
            f"select person_id from {engine.values['schema']}.customers where known and orders > 0 order by events desc"
        )[0][0]
        mine = {row[0] for row in engine.rows("person_events", "event_id, person_id") if row[1] == person}
        others = {row[0] for row in engine.rows("person_events")} - mine
        engine.run("erase", person_id=person)
        assert not mine & {row[0] for row in engine.rows("events_all", "event_id")}
        build(engine)
        left = outcome(engine)
        assert {row[0] for row in left["person_events"]} == others
        assert person not in {str(value) for table in DERIVED for row in left[table] for value in row}
        assert 0 < len(mine) < len(others)

    def test_it_stays_so_when_s3_is_read_again(self, engine):
        put(engine, traffic(2))
        build(engine)
        engine.run("erase", person_id="u1")
        erased = engine.rows("erased_events")
        engine.run("erase", person_id="u1")
        assert engine.rows("erased_events") == erased
        for boundary in ("2026-11-01", "2026-12-01"):
            engine.run("11", "12", load_from="date '2000-01-01'", hot_from=boundary)
            assert not {row[0] for row in erased} & {row[0] for row in engine.rows("events_all", "event_id")}


class TestProblems:
    def put_days(self, engine) -> None:
        put(engine, [{"event_id": f"e{ago}", "at": f"{day(ago)} 10:00:00", "user_id": "ada"} for ago in range(12)])

    def problems(self, engine) -> list[tuple]:
        engine.run("70")
        return engine.rows("problems", "problem, day, amount")

    def test_no_news_is_good_news(self, engine):
        self.put_days(engine)
        build(engine, load_from=f"date '{day(20)}'")
        assert self.problems(engine) == []

    def test_each_problem_is_told(self, engine):
        lake = engine.values["external_schema"]
        schema = engine.values["schema"]
        self.put_days(engine)
        build(engine, load_from=f"date '{day(20)}'")
        engine.execute(f"delete from {lake}.events where date = date '{day(5)}'")
        engine.execute(f"delete from {schema}.events where date = date '{day(4)}'")
        engine.execute(f"delete from {schema}.person_events where date = date '{day(3)}'")
        engine.execute(f"insert into {schema}.events select * from {schema}.events where date = date '{day(2)}'")
        engine.execute(f"insert into {schema}.aliases values ('a', 'b', 1, 'cycle')")
        told = {(problem, str(on) if on else None, amount) for problem, on, amount in self.problems(engine)}
        assert told == {
            ("no events", day(5), 0),
            ("not in S3", day(5), 1),
            ("not loaded", day(4), 1),
            ("not rebuilt", day(3), 1),
            ("loaded twice", day(2), 1),
            ("alias refused", None, 1),
        }


class TestSchedule:
    SCHEDULE = kit.FOLDER / "redshift" / "schedule.yaml"

    def test_cfn_lint_passes_it(self):
        ran = subprocess.run(["cfn-lint", str(self.SCHEDULE)], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout

    def test_what_it_calls_are_the_procedures(self):
        made = set(re.findall(r"procedure \$\{schema\}\.(\w+)\(\)", (kit.FOLDER / "redshift" / "80_procedures.sql").read_text()))
        called = re.findall(r"call \$\{Schema\}\.(\w+)\(\)", self.SCHEDULE.read_text())
        assert set(called) == made and len(called) == 2 * len(made)

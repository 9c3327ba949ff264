"""What runs by the clock, what is asked of it, and how a person is forgotten."""

import datetime
import json
import re
import subprocess

import kit
import pytest
from cfnlint.decode import cfn_yaml
from engines import DuckDB, PostgreSQL
from events import BUILD, build, put
from test_properties import DERIVED, SEEDS, outcome, traffic

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
    engine = PostgreSQL(server, hot_from=day(140), load_from=f"date '{day(140)}'")
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

    def test_after_a_pause_of_months_a_load_by_hand_mends_it(self, scheduled):
        put(scheduled, [{"at": f"{day(ago)} 10:00:00"} for ago in (150, 130, 100, 1)])
        scheduled.execute(f"call {scheduled.values['schema']}.load_since(date '{day(160)}')")
        assert len(scheduled.rows("events")) == 3

    def test_the_boundary_moves_to_the_first_of_a_month(self, scheduled):
        put(scheduled, [{"event_id": f"e{ago}", "at": f"{day(ago)} 10:00:00"} for ago in range(1, 140, 3)])
        scheduled.run("11")
        call(scheduled, "keep_hot")
        first = (TODAY - datetime.timedelta(days=92)).replace(day=1)
        assert min(scheduled.query(f"select date from {scheduled.values['schema']}.events"))[0] >= first
        assert len(scheduled.rows("events_all", "event_id")) == len(range(1, 140, 3))

    def test_a_later_boundary_stays(self, scheduled):
        put(scheduled, [{"event_id": f"e{ago}", "at": f"{day(ago)} 10:00:00"} for ago in range(1, 140, 3)])
        schema = scheduled.values["schema"]
        scheduled.run("11")
        scheduled.execute(f"call {schema}.move_boundary(date '{day(20)}')")
        before = scheduled.rows("events_all", "event_id")
        call(scheduled, "keep_hot")
        assert [str(row[0]) for row in scheduled.rows("boundary")] == [day(20)]
        assert scheduled.rows("events_all", "event_id") == before

    def test_every_file_that_builds_is_in_the_nightly_run(self):
        built = {file.name for file in kit.files("postgresql", ["3", "4", "5", "60", "61"])} - {"31_turns.sql", "34_event_items.sql"}
        text = (kit.FOLDER / "redshift" / "80_procedures.sql").read_text()
        assert [name for name in sorted(built) if f"${{{name}}}" not in text] == []
        assert {name.removesuffix(".sql")[:2] for name in built} == set(BUILD)


class TestTopToBottom:
    """What an analyst runs, file by file; PostgreSQL has no Glue, and unnests in its own way."""

    def run_all(self, engine, **changes: str) -> None:
        for file in kit.files("redshift"):
            if file.name == "34_event_items.sql":
                engine.run("34")
            elif file.name not in ("00_external_schema.sql", "71_registered.sql"):
                engine.run_file(file, **changes)

    def test_it_runs_and_runs_again_whatever_came_between(self, server):
        engine = PostgreSQL(server, hot_from=day(80), load_from=f"date '{day(80)}'")
        engine.empty_lake()
        put(engine, recent(traffic(1)))
        put(engine, [{"event_id": f"old{ago}", "at": f"{day(ago)} 10:00:00"} for ago in range(10, 120, 9)])
        self.run_all(engine)
        once = outcome(engine)
        assert once["orders"] and len(once["person_events"]) == 250 + 13
        self.run_all(engine)
        assert outcome(engine) == once
        engine.execute(f"insert into {engine.values['schema']}.blocked_ids values ('nobody')")
        engine.execute(f"call {engine.values['schema']}.move_boundary(date '{day(40)}')")
        self.run_all(engine)
        assert outcome(engine) == once
        assert engine.rows("boundary") == [(TODAY - datetime.timedelta(days=40),)]
        assert engine.rows("blocked_ids") == [("nobody",)]
        engine.close()


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

    @pytest.mark.parametrize("seed", SEEDS)
    def test_whose_the_others_events_are_does_not_change(self, seed):
        events = traffic(seed)
        for person in [f"u{number}" for number in range(8)] + ["anon:d1"]:
            engine = DuckDB(load_from="date '2000-01-01'", kiosk_users="5")
            engine.begin()
            put(engine, events)
            build(engine)
            before = engine.rows("person_events")
            mine = [row for row in before if row[5] == person]
            engine.run("erase", person_id=person)
            build(engine)
            assert engine.rows("person_events") == [row for row in before if row not in mine], person
            # And that one after the other is erased changes it neither.
            engine.run("erase", person_id="u7")
            build(engine)
            assert engine.rows("person_events") == [row for row in before if row[5] not in (person, "u7")], person
            engine.close()

    def test_of_who_shared_a_device_only_the_turns_stay_and_no_name(self, engine):
        put(engine, traffic(1))
        build(engine)
        engine.run("erase", person_id="u1")
        assert {row[1] for row in engine.rows("erased_turns")} <= {None, "erased:1"}
        build(engine)
        assert not [row for row in engine.rows("identity_map") if row[1].startswith("erased")]

    def test_the_runbook_finds_every_delivery_in_s3_and_the_day_it_came(self, engine):
        runbook = (kit.FOLDER / "README.md").read_text().partition("### Forget a person")[2]
        (question,) = re.findall(r"```sql\n(.*?);\n *```", runbook.partition("###")[0], re.DOTALL)
        event = {"event_id": "a", "at": "23:59", "received_at": "24T00:01", "anonymous_id": "d", "user_id": "ada"}
        put(engine, [event, event | {"received_at": "26T10:00", "date": "2026-11-26"}, {"at": "10:00", "anonymous_id": "e"}])
        build(engine, load_from="date '2000-01-01'")
        engine.run("erase", person_id="ada")
        told = {(kind, str(on), str(received)) for kind, on, received in engine.query(question)}
        assert told == {("page_view", "2026-11-23", "2026-11-24"), ("page_view", "2026-11-26", "2026-11-26")}

    def test_it_stays_so_when_s3_is_read_again(self, engine):
        put(engine, traffic(2))
        build(engine)
        engine.run("erase", person_id="u1")
        erased = engine.rows("erased_events")
        engine.run("erase", person_id="u1")
        assert engine.rows("erased_events") == erased
        for boundary in ("2026-11-01", "2026-12-01"):
            engine.place_boundary(boundary)
            engine.run("11", load_from="date '2000-01-01'")
            assert not {row[0] for row in erased} & {row[0] for row in engine.rows("events_all", "event_id")}


class TestProblems:
    @pytest.fixture
    def engine(self, engine):
        """Twelve weeks with an event a day, at ten o'clock, loaded and rebuilt."""
        engine.place_boundary(day(90))
        put(engine, [{"event_id": f"e{ago}", "at": f"{day(ago)} 10:00:00", "user_id": "ada"} for ago in range(84)])
        build(engine, load_from=f"date '{day(90)}'")
        return engine

    def told(self, engine, now: str = f"{day(0)} 12:00:00") -> set[tuple]:
        engine.run("70", now=f"timestamp '{now}'")
        rows = engine.rows("problems", "problem, day, amount")
        return {(problem, str(on) if on else None, amount) for problem, on, amount in rows}

    def test_no_news_is_good_news(self, engine):
        assert self.told(engine) == set()

    def test_what_the_next_run_brings_is_no_problem_until_it_should_have(self, engine):
        put(engine, [{"event_id": "new", "at": f"{day(0)} 11:30:00"}])
        assert self.told(engine) == set()
        assert self.told(engine, f"{day(0)} 15:00:00") == {("not loaded", day(0), 1)}
        engine.run("11", load_from=f"date '{day(1)}'")
        assert self.told(engine, f"{day(0)} 17:00:00") == set()
        assert ("not rebuilt", day(0), 1) in self.told(engine, f"{day(-1)} 18:00:00")

    def test_a_stream_that_has_stopped_is_told(self, engine):
        assert self.told(engine, f"{day(0)} 15:59:59") == set()
        assert self.told(engine, f"{day(0)} 16:00:02") == {("nothing received", day(0), 0)}

    def test_a_lake_without_events_is_told(self, engine):
        for schema in ("schema", "external_schema"):
            engine.execute(f"delete from {engine.values[schema]}.events")
        assert self.told(engine) == {("nothing received", None, 0)}

    def test_a_second_delivery_under_another_day_is_no_problem(self, engine):
        again = {"event_id": "e5", "at": f"{day(5)} 10:00:00", "received_at": f"{day(3)} 10:00:00", "date": day(3)}
        put(engine, [again])
        build(engine, load_from=f"date '{day(20)}'")
        assert self.told(engine) == set()

    def test_each_problem_is_told_of_every_hot_day(self, engine):
        lake = engine.values["external_schema"]
        schema = engine.values["schema"]
        engine.execute(f"delete from {lake}.events where date = date '{day(70)}'")
        engine.execute(f"delete from {schema}.events where date = date '{day(60)}'")
        engine.execute(f"insert into {schema}.events select * from {schema}.events where date = date '{day(50)}'")
        engine.execute(f"delete from {schema}.clean_events where date >= date '{day(3)}'")
        engine.execute(f"insert into {schema}.aliases values ('a', 'b', 1, 'cycle')")
        assert self.told(engine) == {
            ("no events", day(70), 0),
            ("not in S3", day(70), 1),
            ("not loaded", day(60), 1),
            ("loaded twice", day(50), 1),
            ("not rebuilt", day(3), 2),
            ("alias refused", None, 1),
        }

    def test_redshift_stands_beside_s3_day_by_day(self, engine):
        put(engine, [{"event_id": "e5", "at": f"{day(5)} 10:00:00"}, {"event_id": "new", "at": f"{day(5)} 10:00:00"}])
        engine.execute(f"delete from {engine.values['external_schema']}.events where date = date '{day(6)}'")
        engine.run("72")
        days = {str(row[0]): row[1:] for row in engine.rows("hot_and_cold", "day, deliveries_in_s3, events_in_s3, events_in_redshift")}
        assert (days[day(4)], days[day(5)], days[day(6)]) == ((1, 1, 1), (3, 2, 1), (0, 0, 1)) and len(days) == 84


class TestSchedule:
    SCHEDULE = kit.FOLDER / "redshift" / "schedule.yaml"

    def test_cfn_lint_passes_it(self):
        ran = subprocess.run(["cfn-lint", str(self.SCHEDULE)], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout

    def test_what_it_calls_are_the_procedures(self):
        made = set(re.findall(r"procedure \$\{schema\}\.(\w+)\(\)", (kit.FOLDER / "redshift" / "80_procedures.sql").read_text()))
        called = re.findall(r"call \$\{Schema\}\.(\w+)\(\)", self.SCHEDULE.read_text())
        assert set(called) == made and len(called) == 2 * len(made)

    def test_its_user_may_call_these_and_no_more(self):
        template, readme = cfn_yaml.load(str(self.SCHEDULE)), (kit.FOLDER / "README.md").read_text()
        assert template["Outputs"]["DatabaseUser"]["Value"] == {"Fn::Sub": "IAMR:${Role}"}
        (granted,) = re.findall(r'grant execute on (.*) to "IAMR:', readme)
        calls = re.findall(r"call \$\{Schema\}\.(\w+\(\))", self.SCHEDULE.read_text())
        assert granted == "procedure " + ", ".join(f"clickstream.{call}" for call in dict.fromkeys(calls))

    def test_every_call_that_fails_or_is_refused_is_told(self):
        resources = cfn_yaml.load(str(self.SCHEDULE))["Resources"]
        schedules = [made["Properties"]["Target"] for made in resources.values() if made["Type"] == "AWS::Scheduler::Schedule"]
        calls = [
            json.loads(text["Fn::Sub"]) for target in schedules for text in target["Input"]["Fn::If"] if isinstance(text, dict)
        ]
        rule = resources["Failed"]["Properties"]["EventPattern"]["detail"]
        assert len(calls) == 6 and all(call["WithEvent"] is True for call in calls)
        assert {call["StatementName"] for call in calls} == set(rule["statementName"])
        assert set(rule["state"]) == {"FAILED", "ABORTED"}
        assert all(target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["NotCalled", "Arn"]}} for target in schedules)
        told = {"Fn::If": ["OwnTopic", {"Ref": "Topic"}, {"Ref": "AlarmTopicArn"}]}
        assert resources["Failed"]["Properties"]["Targets"][0]["Arn"] == told
        alarm = resources["NotCalledAlarm"]["Properties"]
        assert alarm["AlarmActions"] == [told]
        assert (alarm["MetricName"], alarm["Statistic"], alarm["ComparisonOperator"], alarm["Threshold"]) == (
            "NumberOfMessagesSent", "Sum", "GreaterThanThreshold", 0,
        )  # fmt: skip
        sender = resources["Role"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        assert {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": {"Fn::GetAtt": ["NotCalled", "Arn"]}} in sender

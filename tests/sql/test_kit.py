"""kit.py itself: settings, order of files, statements; and the report over a lake."""

import json
import re
import subprocess
import sys

import kit
import pytest

HOT, COLD = "2026-11-23", "2026-10-01"


def command(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, *words], cwd=kit.FOLDER.parent, capture_output=True, text=True)


def test_every_setting_is_used_and_every_placeholder_is_set():
    used = set()
    for file in kit.FOLDER.rglob("*.sql"):
        used |= set(re.findall(r"\$\{(\w+)\}", file.read_text()))
    by_hand = {"person_id", "event_type", "date", "event_ids"}
    assert used == set(kit.settings()) | by_hand


def test_a_placeholder_that_is_not_set_names_file_line_and_remedy():
    ran = command("sql/kit.py", "erase")
    assert ran.returncode != 0 and re.search(r"erase\.sql:\d+: \$\{person_id\} is not set; add it", ran.stderr)


def test_a_setting_that_no_file_takes_is_refused():
    ran = command("sql/kit.py", "32", "kiosk_user=2")
    assert ran.returncode != 0 and "kiosk_user; did you mean kiosk_users?" in ran.stderr and not ran.stdout
    ran = command("sql/kit.py", "x=2")
    assert ran.returncode != 0 and "what can be set is attribution_days, bucket" in ran.stderr


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("session_minute=30", "takes session_minute; did you mean session_minutes?"),
        ("today=current_date", "today is set twice"),
        ("own_domain=shop.example bucket", "'bucket' is no name=value"),
        ('schema="clickstream', "No closing quotation"),
    ],
)
def test_a_mistake_in_the_settings_names_file_line_and_remedy(tmp_path, monkeypatch, line, told):
    broken = tmp_path / "settings.env"
    broken.write_text(f"# dates\ntoday=current_date\n{line}\n")
    monkeypatch.setattr(kit, "SETTINGS", broken)
    with pytest.raises(SystemExit) as refused:
        kit.settings()
    assert f"{broken}:3: " in str(refused.value) and told in str(refused.value)


def test_an_engines_own_file_stands_in_the_place_of_a_common_one():
    for engine, file in (("redshift", kit.FOLDER / "redshift"), ("duckdb", kit.FOLDER)):
        assert kit.files(engine, ["12"]) == [file / "12_events_all.sql"]


def test_whose_events_are_erased_cannot_say_anything_else():
    erased = command("sql/kit.py", "erase", "person_id=o'brien").stdout
    assert "p.person_id = 'o''brien'" in erased and "o'brien" not in erased.replace("o''brien", "")


def test_a_name_that_no_file_has_is_told():
    ran = command("sql/kit.py", "99")
    assert ran.returncode != 0 and "'99'" in ran.stderr


def test_the_shell_fills_in_the_same():
    script = "set -a; . sql/settings.env; envsubst '$schema $external_schema $load_from' < sql/11_load.sql"
    if command("-c", "import shutil, sys; sys.exit(not shutil.which('envsubst'))").returncode:
        pytest.skip("no envsubst here (gettext)")
    ran = subprocess.run(["sh", "-c", script], cwd=kit.FOLDER.parent, capture_output=True, text=True)
    assert ran.stdout == kit.render(kit.FOLDER / "11_load.sql", kit.settings())


def test_semicolons_inside_procedures_and_comments_end_nothing():
    text = "-- a;\nselect 1;\ncreate procedure p() as $$\nbegin\n  delete from t;\nend\n$$ language plpgsql;\n-- end\n"
    first, second = kit.statements(text)
    assert first.endswith("select 1") and second.endswith("language plpgsql")


def test_files_come_in_the_order_of_their_numbers():
    names = [file.name for file in kit.files("redshift")]
    assert names == sorted(names) and names[0] == "00_external_schema.sql" and "erase.sql" not in names
    assert [file.name for file in kit.files("duckdb", ["erase", "11"])] == ["erase.sql", "11_load.sql"]


def test_redshift_loads_and_rebuilds_only_under_the_procedures_lock():
    text = kit.without_comments("\n".join(kit.render(file, kit.settings()) for file in kit.files("redshift")))
    outside = re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL)
    assert "clean_events" in text and not re.search(r"(insert into|delete from) clickstream\.(events|clean_events|orders)\b", outside)
    assert [line for line in outside.splitlines() if line.startswith("call ")][1:] == [
        "call clickstream.load_since(date '2026-11-01');",
        "call clickstream.rebuild();",
    ]


@pytest.fixture(scope="module")
def small_lake(tmp_path_factory):
    """Two customers, as lines of JSON; one bought long ago, one today."""
    folder = tmp_path_factory.mktemp("lake")
    events = [
        ("purchase", COLD, {"anonymous_id": "a", "user_id": "ada", "order_id": "o1", "order_total": 12.5, "currency": "EUR"}),
        ("item_view", HOT, {"anonymous_id": "b"}),
        ("purchase", HOT, {"anonymous_id": "b", "user_id": "bob", "order_id": "o2", "order_total": 7, "currency": "USD"}),
    ]
    for number, (kind, day, event) in enumerate(events):
        path = folder / "events" / f"event_type={kind}" / f"date={day}" / f"{number}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        at = f"{day}T10:0{number}:00.000Z"
        path.write_text(json.dumps({"event_id": f"e{number}", "event_time": at, "received_at": at} | event) + "\n")
    return folder


def test_the_report_answers(small_lake):
    ran = command("sql/report.py", str(small_lake), "--json")
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert {row["currency"]: row["net"] for row in told["revenue"]} == {"EUR": "12.5000", "USD": "7.0000"}
    assert {row["person_id"]: row["anonymous_events"] for row in told["customers"]} == {"ada": 0, "bob": 1}
    assert told["funnel"][0]["viewed_item"] == 1 and sum(row["events"] for row in told["events"]) == 3


def test_the_report_is_for_people_too(small_lake):
    ran = command("sql/report.py", str(small_lake))
    assert "Revenue by currency" in ran.stdout and "item_view" in ran.stdout, ran.stderr


def test_one_persons_events_are_shown_signed_in_or_not(small_lake):
    ran = command("sql/report.py", str(small_lake), "--person", "bob", "--json")
    assert [row["identity_method"] for row in json.loads(ran.stdout)["person"]] == ["device", "own"]


def test_a_persons_id_is_no_format(small_lake):
    ran = command("sql/report.py", str(small_lake), "--person", "{x}")
    assert ran.returncode == 0 and ran.stdout.startswith("Everything that {x} did")


def test_a_folder_that_is_no_lake_is_told(tmp_path):
    ran = command("sql/report.py", str(tmp_path))
    assert ran.returncode != 0 and "clickstream run" in ran.stderr

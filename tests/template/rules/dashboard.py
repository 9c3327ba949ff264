"""The dashboard, whose body no linter reads."""

import json
import re

from .alarms import alarms, unknown
from .find import of_type, stream

COLUMNS = 24
PUT = {"IncomingBytes", "IncomingRecords"}
READ = {"DataReadFromKinesisStream.Bytes", "DataReadFromKinesisStream.Records"}
PARTS = [  # of what must be seen
    *("RecordsIn", "RecordsFailed", "EventsRejected", "RowsByType", "RowsOther", "Failed.internal", "Flagged.time_clamped"),
    *("Duration", "DeliveryToS3.DataFreshness", "PartitionCount", "DeliveryToS3.ObjectCount"),
]


def body(resources):
    """The dashboard's text, with its lists in place and names for what only CloudFormation knows."""
    (dashboard,) = of_type(resources, "AWS::CloudWatch::Dashboard").values()
    text, given = dashboard["DashboardBody"]["Fn::Sub"]
    for name, value in given.items():
        text = text.replace(f"${{{name}}}", value if isinstance(value, str) else joined(value))
    return text


def joined(value):
    separator, items = value["Fn::Join"]
    return separator.join(item["Fn::Sub"] if isinstance(item, dict) else item for item in items)


def widgets(resources):
    return json.loads(body(resources))["widgets"]


def shown(widget):
    """(namespace, name, dimensions) of each metric of the widget, its abbreviations written out."""
    before = []
    for metric in widget["properties"].get("metrics", []):
        parts = [part for part in metric if isinstance(part, str)]
        if parts == ["..."]:
            parts = before
        parts = [before[i] if part == "." else part for i, part in enumerate(parts)]
        if parts:
            yield parts[0], parts[1], dict(zip(parts[2::2], parts[3::2], strict=True))
            before = parts


def dashboard_is_json_that_fits_its_grid(resources):
    try:
        found = widgets(resources)
    except json.JSONDecodeError as error:
        return [f"the dashboard's body is no JSON: {error}"]
    cells = [(x, y) for w in found for x in range(w["x"], w["x"] + w["width"]) for y in range(w["y"], w["y"] + w["height"])]
    problems = ["widgets lie over each other"] if len(cells) != len(set(cells)) else []
    return problems + ["a widget is wider than the page"] * (max(x for x, _ in cells) >= COLUMNS)


def dashboard_shows_metrics_that_exist(resources):
    return [f"{w['properties']['title']}: {problem}" for w in widgets(resources) for problem in unknown(shown(w))]


def dashboard_shows_what_matters(resources):
    text = body(resources)
    return [f"{part} is not on the dashboard" for part in PARTS if part not in text]


def dashboard_counts_what_the_source_brings(resources):
    """Firehose counts direct puts by one name, and what it reads of a stream by another; the other one has no values."""
    want = READ if "KinesisStreamSourceConfiguration" in stream(resources) else PUT
    have = {name for w in widgets(resources) for namespace, name, _ in shown(w) if namespace == "AWS/Firehose"} & (READ | PUT)
    return [] if have == want else [f"counts {sorted(have)}, want {sorted(want)}"]


def dashboard_lists_every_alarm(resources):
    (listed,) = [w["properties"]["alarms"] for w in widgets(resources) if w["type"] == "alarm"]
    want = {f"${{{name}.Arn}}" for name in alarms(resources)}
    return [f"{name} is on one side only" for name in sorted(want ^ set(listed))]


def dashboard_fills_in_only_what_there_is(resources):
    """Sub refuses a name that is none, but takes a name of another kind."""
    operations = resources["Operations"]["Properties"]["Parameters"]
    names = set(re.findall(r"\$\{([\w:]+)(?:\.Arn)?\}", body(resources)))
    return [f"${{{name}}} is nothing" for name in sorted(names - set(operations) - set(alarms(resources)) - {"AWS::Region"})]


def queries_add_up_what_the_function_prints(resources):
    """Logs Insights takes a field that no line has for an empty one."""
    problems = []
    for widget in widgets(resources):
        query = widget["properties"].get("query", "")
        fields = set(re.findall(r"(?:filter |sum\()(\w+)", query))
        problems += [f"no line has {field}" for field in sorted(fields - {"Rows", "RowsByType"})]
        if query and not query.startswith("SOURCE '${TransformLogGroupName}' | "):
            problems.append(f"does not name its log group: {query[:40]}")
    return problems


RULES = [
    dashboard_is_json_that_fits_its_grid,
    dashboard_shows_metrics_that_exist,
    dashboard_shows_what_matters,
    dashboard_counts_what_the_source_brings,
    dashboard_lists_every_alarm,
    dashboard_fills_in_only_what_there_is,
    queries_add_up_what_the_function_prints,
]

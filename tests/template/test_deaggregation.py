"""The one switch of the stream: whether Firehose splits records that hold several JSON events."""

import stack
from rules.find import destination


def processors(translated, value):
    resources = stack.resources(translated, JsonDeaggregation=value)
    return destination(resources)["ProcessingConfiguration"]["Processors"]


def test_records_reach_the_function_as_they_were_put_unless_asked_otherwise(translated):
    assert [p["Type"] for p in processors(translated, "Disabled")] == ["Lambda"]
    assert processors(translated, "Disabled") == destination(stack.resources(translated))["ProcessingConfiguration"]["Processors"]


def test_json_deaggregation_comes_before_the_function_and_changes_nothing_else(translated):
    deaggregation, function = processors(translated, "Enabled")
    assert deaggregation == {
        "Type": "RecordDeAggregation",
        "Parameters": [{"ParameterName": "SubRecordType", "ParameterValue": "JSON"}],
    }
    assert [function] == processors(translated, "Disabled")

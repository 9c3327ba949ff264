"""The dashboard."""

from damage import append, given, put, remove, replace
from rules import dashboard
from stack import EXAMPLES

BODY = "Dashboard.Properties.DashboardBody.Fn::Sub.0"
LISTS = "Dashboard.Properties.DashboardBody.Fn::Sub.1"

BREAKS = {
    dashboard.dashboard_is_json_that_fits_its_grid: {
        "a comma too many": replace(BODY, '"widgets": [', '"widgets": [,'),
        "one over the other": replace(BODY, '"x": 8, "y": 2,', '"x": 7, "y": 2,'),
        "beyond the page": replace(BODY, '"x": 16, "y": 2,', '"x": 17, "y": 2,'),
    },
    dashboard.dashboard_shows_metrics_that_exist: {
        "misspelt": replace(BODY, "RecordsDropped", "RecordsDroped"),
        "another dimension": replace(BODY, '"Table"', '"TableName"'),
        "a reason of another family": append(f"{LISTS}.Failed.Fn::Join.1", '[".", "Rejected.not_json", ".", "."]'),
    },
    dashboard.dashboard_shows_what_matters: {
        "not the share of unknown types": replace(BODY, "RowsOther", "Rows"),
        "not the events that became no row": replace(BODY, "EventsRejected", "EventsIn"),
        "not one of the flags": remove(f"{LISTS}.Flagged.Fn::Join.1.12"),
    },
    dashboard.dashboard_counts_what_the_source_brings: {
        "puts to a stream that takes none": given(
            put(f"{LISTS}.IncomingBytes", "IncomingBytes"), SourceStreamArn=EXAMPLES["SourceStreamArn"]
        ),
        "reads of a source that there is not": put(f"{LISTS}.IncomingRecords", "DataReadFromKinesisStream.Records"),
        "nothing": replace(BODY, '"${IncomingBytes}"', '"DeliveryToS3.Success"'),
    },
    dashboard.dashboard_lists_every_alarm: {
        "one left out": remove(f"{LISTS}.Alarms.Fn::Join.1.0"),
    },
    dashboard.dashboard_fills_in_only_what_there_is: {
        "a name of the other template": replace(BODY, "${TransformLogGroupName}", "${TransformLogGroup}"),
    },
    dashboard.queries_add_up_what_the_function_prints: {
        "a field that no line has": replace(BODY, "filter Rows > 0", "filter RowsWritten > 0"),
        "no log group": replace(BODY, "SOURCE '${TransformLogGroupName}' | ", ""),
    },
}

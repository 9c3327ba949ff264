"""Alarms."""

from damage import given, put, remove
from rules import alarms
from stack import EXAMPLES

FRESHNESS = "DeliveryAlarm.Properties"
TOLD = {"AlarmTopicArn": EXAMPLES["AlarmTopicArn"]}

BREAKS = {
    alarms.alarms_watch_metrics_that_exist: {
        "as the API reference spells it": put(f"{FRESHNESS}.MetricName", "DataFreshness"),
        "Firehose's dimension is another": put(f"{FRESHNESS}.Dimensions.0.Name", "DeliveryStream"),
        "ours is another": put(
            "FailedRecordsAlarm.Properties.Metrics.1.MetricStat.Metric.Dimensions.0.Name", "DeliveryStreamName"
        ),
        "a metric that we do not print": put(
            "FailedRecordsAlarm.Properties.Metrics.1.MetricStat.Metric.MetricName", "RecordsBroken"
        ),
        "in another namespace": put("FailedRecordsAlarm.Properties.Metrics.1.MetricStat.Metric.Namespace", "Clicks"),
    },
    alarms.alarms_say_what_silence_means: {
        "a quiet night wakes somebody": put(f"{FRESHNESS}.TreatMissingData", "breaching"),
        "the function may stop unseen": put("PartitionsAlarm.Properties.TreatMissingData", "notBreaching"),
        "not said": remove(f"{FRESHNESS}.TreatMissingData"),
    },
    alarms.alarms_tell_and_say_what_to_do: {
        "no words": remove(f"{FRESHNESS}.AlarmDescription"),
        "one tells nobody": given(remove("BackupAlarm.Properties.AlarmActions"), **TOLD),
        "nobody hears that it is over": given(remove("BackupAlarm.Properties.OKActions"), **TOLD),
        "one is switched off": put("BackupAlarm.Properties.ActionsEnabled", False),
        "tells without a topic": put("BackupAlarm.Properties.AlarmActions", [""]),
    },
    alarms.the_watch_is_told_what_it_declares: {
        "one more": put("Operations.Properties.Parameters.Stage", "dev"),
        "another log": put("Operations.Properties.Parameters.TransformLogGroupName", {"Ref": "StreamLogGroup"}),
        "another table": put("Operations.Properties.Parameters.TableName", {"Ref": "EventsTable"}),
        "one less": remove("Operations.Properties.Parameters.StreamName"),
    },
}

"""When alarms ring."""

from damage import given, put
from rules import thresholds
from stack import EXAMPLES

FROM_KINESIS = {"SourceStreamArn": EXAMPLES["SourceStreamArn"]}

BREAKS = {
    thresholds.thresholds_leave_time_to_act: {
        "at the timeout": put("TransformDurationAlarm.Properties.Threshold", 60000),
        "at the quota": put("ActivePartitionsAlarm.Properties.Threshold", 100),
        "not at the share that is asked for": put("FailedRecordsAlarm.Properties.Threshold", 50),
    },
    thresholds.delays_are_told_of_while_records_are_kept: {
        "at every sound object": put("DeliveryAlarm.Properties.Threshold", 900),
        "when Firehose gives up": put("DeliveryAlarm.Properties.Threshold", 86400),
        "when the source has forgotten": given(put("SourceAlarm.Properties.Threshold", 86_400_000), **FROM_KINESIS),
        "seconds for milliseconds": given(put("SourceAlarm.Properties.Threshold", 1800), **FROM_KINESIS),
    },
    thresholds.alarms_ring_within_the_hour: {
        "tomorrow": put("TransformErrorsAlarm.Properties.EvaluationPeriods", 288),
        "of a day": put("BackupAlarm.Properties.Period", 86400),
        "of some periods": put("BackupAlarm.Properties.DatapointsToAlarm", 1),
        "when partitions have run out": put("PartitionsAlarm.Properties.EvaluationPeriods", 48),
        "at every run that fails": put("PartitionsAlarm.Properties.EvaluationPeriods", 1),
    },
}

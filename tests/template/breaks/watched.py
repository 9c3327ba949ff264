"""What alarms say."""

from damage import add_resource, given, put, remove
from rules import watched
from stack import EXAMPLES

FROM_KINESIS = {"SourceStreamArn": EXAMPLES["SourceStreamArn"]}
DISK = {
    "Namespace": "AWS/EC2", "MetricName": "DiskReadOps", "Dimensions": [{"Name": "InstanceId", "Value": "i-1"}],
    "Statistic": "Sum", "ComparisonOperator": "GreaterThanThreshold", "Threshold": 0,
}

BREAKS = {
    watched.what_can_go_wrong_has_an_alarm: {
        "not of failed records": remove("FailedRecordsAlarm"),
        "not of unfit rows": remove("ConversionAlarm"),
        "not of what Firehose cannot invoke": remove("ProcessingAlarm"),
        "not of the quota": remove("PartitionQuotaAlarm"),
        "not of the partitions function": remove("PartitionsAlarm"),
        "not of the source": given(remove("SourceAlarm"), **FROM_KINESIS),
        "twice of one function": put("TransformErrorsAlarm.Properties.Dimensions.0.Value", {"Ref": "PartitionsFunction"}),
        "of something else": add_resource("DiskAlarm", {"Type": "AWS::CloudWatch::Alarm", "Properties": DISK}),
        "the other way round": put("PartitionsAlarm.Properties.ComparisonOperator", "GreaterThanThreshold"),
        "only of what is worse": put("ProcessingAlarm.Properties.ComparisonOperator", "LessThanOrEqualToThreshold"),
        "of the best instead of the worst": put("DeliveryAlarm.Properties.Statistic", "Minimum"),
        "of the mean of what is counted": put("FailedRecordsAlarm.Properties.Metrics.1.MetricStat.Stat", "Average"),
        "the inverse share": put("FailedRecordsAlarm.Properties.Metrics.0.Expression", "100 * records / failed"),
        "a share that is none": put("ActivePartitionsAlarm.Properties.Metrics.0.Expression", "open / quota"),
        "the parts are compared, too": remove("PartitionsAlarm.Properties.Metrics.1.ReturnData"),
        "failed runs count as runs": put("PartitionsAlarm.Properties.Metrics.0.Expression", "runs + errors"),
        "a few failures are none": put("TransformErrorsAlarm.Properties.Threshold", 100),
        "no share of successes is too small": put("ProcessingAlarm.Properties.Threshold", 0),
    },
}

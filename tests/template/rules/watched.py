"""What can go wrong, and the alarm that tells of it: which metric, how it is summed up, compared with what."""

import re

from .alarms import alarms, dimensions, is_one_metric
from .find import stream, target
from .table import conversion

# What can go wrong -> what its alarm says, as `sentence` spells it; without a threshold where thresholds.py has its bounds.
WATCHED = {
    "a batch fails": "Sum of AWS/Lambda Errors of TransformFunction > 0",
    "Lambda refuses": "Sum of AWS/Lambda Throttles of TransformFunction > 0",
    "a batch takes too long": "Maximum of AWS/Lambda Duration of TransformFunction >",
    "Firehose cannot invoke": "Average of AWS/Firehose ExecuteProcessing.Success of EventStream < 1",
    "records fail": "100 * Sum of Clickstream RecordsFailed of EventStream / Sum of Clickstream RecordsIn of EventStream >",
    "delivery is stuck": "Maximum of AWS/Firehose DeliveryToS3.DataFreshness of EventStream >",
    "backup is stuck": "Maximum of AWS/Firehose BackupToS3.DataFreshness of EventStream >",
    "many partitions are open": (
        "100 * Maximum of AWS/Firehose PartitionCount of EventStream"
        " / Minimum of AWS/Firehose ActivePartitionsLimit of EventStream >"
    ),
    "too many partitions are open": "Maximum of AWS/Firehose PartitionCountExceeded of EventStream > 0",
    "producers are refused": "Sum of AWS/Firehose ThrottledRecords of EventStream > 0",
    "no run registers partitions": (
        "Sum of AWS/Lambda Invocations of PartitionsFunction - Sum of AWS/Lambda Errors of PartitionsFunction < 1"
    ),
}
IF_CONVERTED = {"rows do not fit the table": "Sum of AWS/Firehose FailedConversion.Records of EventStream > 0"}
IF_FROM_KINESIS = {"the source runs away": "Maximum of AWS/Firehose KinesisMillisBehindLatest of EventStream >"}

COMPARISONS = {"GreaterThanThreshold": ">", "LessThanThreshold": "<"}


def wanted(resources):
    from_kinesis = "KinesisStreamSourceConfiguration" in stream(resources)
    return WATCHED | (IF_CONVERTED if conversion(resources) else {}) | (IF_FROM_KINESIS if from_kinesis else {})


def sentence(alarm):
    """`Sum of AWS/Lambda Errors of TransformFunction > 0`; an expression with such a piece for each of its names."""
    if is_one_metric(alarm):
        left = statistic(alarm, alarm.get("Statistic"))
    else:
        named = {m["Id"]: m["MetricStat"] for m in alarm["Metrics"] if "MetricStat" in m}
        stats = {name: statistic(one["Metric"], one["Stat"]) for name, one in named.items()}
        # CloudWatch wants exactly one that is compared.
        compared = " and ".join(m.get("Expression", m["Id"]) for m in alarm["Metrics"] if m.get("ReturnData", True))
        left = re.sub(r"[a-z]\w*", lambda name: stats.get(name[0], name[0]), compared)
    comparison = alarm.get("ComparisonOperator")
    return f"{left} {COMPARISONS.get(comparison, comparison)} {alarm.get('Threshold')}"


def statistic(metric, name):
    resources = " and ".join(str(target(value)) for value in dimensions(metric).values())
    return f"{name} of {metric['Namespace']} {metric['MetricName']} of {resources}"


def what_can_go_wrong_has_an_alarm(resources):
    said = {name: sentence(alarm) for name, alarm in alarms(resources).items()}
    told = {part for whole in said.values() for part in (whole, whole.rpartition(" ")[0])}
    problems = [f"nobody is told when {what}: {want}" for what, want in wanted(resources).items() if want not in told]
    known = set(wanted(resources).values())
    return problems + [
        f"{name} tells of what nobody asked for: {whole}"
        for name, whole in said.items()
        if not known & {whole, whole.rpartition(" ")[0]}
    ]


RULES = [what_can_go_wrong_has_an_alarm]

"""The alarms: each watches something that exists, and together they watch what can go wrong."""

import stack

from .find import destination, of_type, target
from .metrics import families, known
from .table import conversion

LONGEST_INTERVAL = 900  # seconds that Firehose may collect
HOURS_AHEAD = 48  # that partitions are registered before they are needed

# What can go wrong -> namespace, metric that shows it, the resource that it is about.
WATCHED = {
    "a batch fails": ("AWS/Lambda", "Errors", "TransformFunction"),
    "Lambda refuses": ("AWS/Lambda", "Throttles", "TransformFunction"),
    "a batch takes too long": ("AWS/Lambda", "Duration", "TransformFunction"),
    "records fail": ("Clickstream", "RecordsFailed", "EventStream"),
    "delivery is stuck": ("AWS/Firehose", "DeliveryToS3.DataFreshness", "EventStream"),
    "backup is stuck": ("AWS/Firehose", "BackupToS3.DataFreshness", "EventStream"),
    "too many partitions are open": ("AWS/Firehose", "PartitionCount", "EventStream"),
    "producers are refused": ("AWS/Firehose", "ThrottledRecords", "EventStream"),
    "partitions are not registered": ("AWS/Lambda", "Invocations", "PartitionsFunction"),
    "registering fails": ("AWS/Lambda", "Errors", "PartitionsFunction"),
}
IF_CONVERTED = {"rows do not fit the table": ("AWS/Firehose", "FailedConversion.Records", "EventStream")}


def alarms(resources):
    return of_type(resources, "AWS::CloudWatch::Alarm")


def metrics(alarm):
    """(namespace, name, dimensions) of each metric behind the alarm."""
    sources = [m["MetricStat"]["Metric"] for m in alarm.get("Metrics", []) if "MetricStat" in m] or [alarm]
    for metric in sources:
        yield metric["Namespace"], metric["MetricName"], {d["Name"]: d["Value"] for d in metric["Dimensions"]}


def alarm_on(resources, metric, resource):
    for alarm in alarms(resources).values():
        if any((name, target(v)) == (metric, resource) for _, name, d in metrics(alarm) for v in d.values()):
            return alarm
    return {}


def what_can_go_wrong_has_an_alarm(resources):
    want = WATCHED | (IF_CONVERTED if conversion(resources) else {})
    have = {(n, m, target(v)) for a in alarms(resources).values() for n, m, d in metrics(a) for v in d.values()}
    return [f"nobody is told when {what}" for what, metric in want.items() if metric not in have]


def alarms_watch_metrics_that_exist(resources):
    """CloudWatch takes any name, and an alarm on a metric that nobody sends is quiet for ever."""
    return [
        f"{alarm}: {problem}"
        for alarm, properties in alarms(resources).items()
        for problem in unknown(metrics(properties))
    ]


def unknown(found):
    for namespace, name, dimensions in found:
        names = known().get(namespace, {}).get(frozenset(dimensions), set())
        if name not in names and name.split(".")[0] not in families(names) & {"Failed", "Flagged"}:
            yield f"there is no metric {name} in {namespace} with {sorted(dimensions)}"


def alarms_say_what_silence_means(resources):
    """Most metrics are silent when all is well; the partitions function's silence is the trouble itself."""
    return [
        f"{name}: missing data is {alarm.get('TreatMissingData')}, want {want}"
        for name, alarm in alarms(resources).items()
        for want in ["breaching" if "PartitionsFunction" in str(list(metrics(alarm))) else "notBreaching"]
        if alarm.get("TreatMissingData") != want
    ]


def alarms_tell_and_say_what_to_do(resources):
    """All tell the same topic, or none does."""
    problems = [f"{name} does not say what it means" for name, a in alarms(resources).items() if not a.get("AlarmDescription")]
    told = {str([a.get("AlarmActions"), a.get("OKActions")]) for a in alarms(resources).values()}
    topic = resources["Operations"]["Properties"]["Parameters"]["AlarmTopicArn"]
    want = str([[topic], [topic]] if topic else [None, None])
    return problems + [f"tells {other}" for other in told - {want}]


def thresholds_leave_time_to_act(resources):
    timeout = int(resources["TransformFunction"]["Properties"]["Timeout"]) * 1000
    interval = int(destination(resources)["BufferingHints"]["IntervalInSeconds"])
    problems = []
    if not 0 < alarm_on(resources, "Duration", "TransformFunction").get("Threshold", 0) < timeout:
        problems.append(f"the function is ended at {timeout} ms, before the alarm")
    for metric in ("DeliveryToS3.DataFreshness", "BackupToS3.DataFreshness"):
        seconds = alarm_on(resources, metric, "EventStream").get("Threshold", 0)
        if not 1.5 * max(interval, LONGEST_INTERVAL) < seconds < 24 * 3600:
            problems.append(f"{metric} of {seconds} s: soundly reached with {interval} s, or too late to act")
    if not 0 < alarm_on(resources, "PartitionCount", "EventStream").get("Threshold", 0) < 100:
        problems.append("the quota of partitions is reached before the alarm")
    silence = alarm_on(resources, "Invocations", "PartitionsFunction")
    hours = [silence.get("EvaluationPeriods", 0) * m["MetricStat"]["Period"] / 3600 for m in silence.get("Metrics", [])[1:]]
    if not hours or not all(1 < h <= HOURS_AHEAD / 2 for h in hours):
        problems.append(f"silence of the partitions function is noticed after {hours} h")
    return problems


def the_watch_is_told_what_it_declares(resources):
    """A nested stack refuses a parameter that it does not declare, and lacks what it is not given."""
    nested = resources["Operations"]["Properties"]
    declared = set(stack.parsed(nested["TemplateURL"])["Parameters"])
    return [f"{name} is on one side only" for name in sorted(declared ^ set(nested["Parameters"]))]


RULES = [
    what_can_go_wrong_has_an_alarm,
    alarms_watch_metrics_that_exist,
    alarms_say_what_silence_means,
    alarms_tell_and_say_what_to_do,
    thresholds_leave_time_to_act,
    the_watch_is_told_what_it_declares,
]

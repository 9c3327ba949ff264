"""The alarms: each watches something that exists, and somebody is told. Of what, watched.py says; when, thresholds.py."""

import stack

from .find import of_type, target, text
from .metrics import families, known

# What the nested stack knows by name only.
NAMES = {
    "Name": "${AWS::StackName}",
    "StreamName": "${EventStream}",
    "TransformFunctionName": "${TransformFunction}",
    "TransformLogGroupName": "${TransformLogGroup}",
    "PartitionsFunctionName": "${PartitionsFunction}",
    "TableName": "${EventsDatabase}.${EventsTable}",
    "EventsBucketName": "${EventsBucket}",
}

def alarms(resources):
    return of_type(resources, "AWS::CloudWatch::Alarm")


def is_one_metric(alarm):
    return "Metrics" not in alarm


def stats(alarm):
    """The metrics that the alarm's expression is of."""
    return [m["MetricStat"] for m in alarm["Metrics"] if "MetricStat" in m]


def dimensions(metric):
    return {dimension["Name"]: dimension["Value"] for dimension in metric["Dimensions"]}


def metrics(alarm):
    """(namespace, name, dimensions) of each metric behind the alarm."""
    for metric in [alarm] if is_one_metric(alarm) else [stat["Metric"] for stat in stats(alarm)]:
        yield metric["Namespace"], metric["MetricName"], dimensions(metric)


def periods(alarm):
    """Seconds of each metric behind the alarm."""
    return [alarm["Period"]] if is_one_metric(alarm) else [stat["Period"] for stat in stats(alarm)]


def alarm_on(resources, metric, resource):
    for alarm in alarms(resources).values():
        if any((name, target(v)) == (metric, resource) for _, name, d in metrics(alarm) for v in d.values()):
            return alarm
    return {}


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
    found = alarms(resources)
    problems = [f"{name} does not say what it means" for name, alarm in found.items() if not alarm.get("AlarmDescription")]
    problems += [f"{name} is switched off" for name, alarm in found.items() if alarm.get("ActionsEnabled", True) is not True]
    told = {str([alarm.get("AlarmActions"), alarm.get("OKActions")]) for alarm in found.values()}
    topic = resources["Operations"]["Properties"]["Parameters"]["AlarmTopicArn"]
    want = str([[topic], [topic]] if topic else [None, None])
    return problems + [f"tells {other}" for other in told - {want}]


def the_watch_is_told_what_it_declares(resources):
    """A nested stack refuses a parameter that it does not declare, and lacks what it is not given."""
    nested = resources["Operations"]["Properties"]
    declared = set(stack.parsed(nested["TemplateURL"])["Parameters"])
    problems = [f"{name} is on one side only" for name in sorted(declared ^ set(nested["Parameters"]))]
    told = {name: text(nested["Parameters"].get(name)) for name in NAMES}
    return problems + [f"{name} is {told[name]}, want {want}" for name, want in NAMES.items() if told[name] != want]


RULES = [
    alarms_watch_metrics_that_exist,
    alarms_say_what_silence_means,
    alarms_tell_and_say_what_to_do,
    the_watch_is_told_what_it_declares,
]

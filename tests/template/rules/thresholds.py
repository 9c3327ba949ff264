"""When alarms ring: after what a sound stack reaches, before nothing can be done about it."""

from .alarms import alarm_on, alarms, periods
from .find import destination, stream

LONGEST_INTERVAL = 900  # seconds that Firehose may collect
SHORTEST_RETENTION = 24 * 3600  # seconds that Firehose, or a Kinesis stream, keeps what is not delivered
HOURS_AHEAD = 48  # that partitions are registered before they are needed


def thresholds_leave_time_to_act(resources):
    timeout = int(resources["TransformFunction"]["Properties"]["Timeout"]) * 1000
    problems = []
    if not 0 < alarm_on(resources, "Duration", "TransformFunction").get("Threshold", 0) < timeout:
        problems.append(f"the function is ended at {timeout} ms, before the alarm")
    if not 0 < alarm_on(resources, "PartitionCount", "EventStream").get("Threshold", 0) < 100:
        problems.append("the quota of partitions is reached before the alarm")
    percent = resources["Operations"]["Properties"]["Parameters"]["FailedRecordsPercent"]
    if alarm_on(resources, "RecordsFailed", "EventStream").get("Threshold") != percent:
        problems.append(f"failed records are told of at another share than the {percent} % that is asked for")
    return problems


def delays_are_told_of_while_records_are_kept(resources):
    interval = int(destination(resources)["BufferingHints"]["IntervalInSeconds"])
    delays = {"DeliveryToS3.DataFreshness": 1, "BackupToS3.DataFreshness": 1}  # and how many of its unit are a second
    if "KinesisStreamSourceConfiguration" in stream(resources):
        delays["KinesisMillisBehindLatest"] = 1000
    problems = []
    for metric, unit in delays.items():
        seconds = alarm_on(resources, metric, "EventStream").get("Threshold", 0) / unit
        if not 1.5 * max(interval, LONGEST_INTERVAL) < seconds < SHORTEST_RETENTION:
            problems.append(f"{metric} of {seconds} s: soundly reached with {interval} s, or too late to act")
    return problems


def alarms_ring_within_the_hour(resources):
    """Silence takes longer to notice: a run an hour, and partitions last for two days."""
    silence = alarm_on(resources, "Invocations", "PartitionsFunction")
    problems = []
    for name, alarm in alarms(resources).items():
        longest = HOURS_AHEAD / 2 if alarm is silence else 1
        hours = [alarm.get("EvaluationPeriods", 0) * period / 3600 for period in periods(alarm)]
        if not all(0 < h <= longest for h in hours):
            problems.append(f"{name} rings after {hours} h, want {longest} at most")
        if alarm.get("DatapointsToAlarm", alarm.get("EvaluationPeriods")) != alarm.get("EvaluationPeriods"):
            problems.append(f"{name} counts some of its periods only")
    if not silence.get("EvaluationPeriods", 0) > 1:
        problems.append("one run that fails is no silence yet: the next hour's does the same")
    return problems


RULES = [thresholds_leave_time_to_act, delays_are_told_of_while_records_are_kept, alarms_ring_within_the_hour]

"""Logs arrive somewhere, stay readable as metrics, and do not stay for ever."""

from .find import of_type, target, writers


def delivery_logs_to_declared_groups_and_streams(resources):
    """Firehose creates neither, unless it is the console that asks; its errors would go nowhere."""
    groups = of_type(resources, "AWS::Logs::LogGroup")
    streams = of_type(resources, "AWS::Logs::LogStream")
    problems, used = [], set()
    for who, writer in writers(resources).items():
        options = writer.get("CloudWatchLoggingOptions", {})
        group, log = target(options.get("LogGroupName")), target(options.get("LogStreamName"))
        if options.get("Enabled") is not True:
            problems.append(f"{who}: logging is off")
        if group not in groups:
            problems.append(f"{who}: log group {options.get('LogGroupName')} is not declared")
        if log not in streams or target(streams[log].get("LogGroupName")) != group:
            problems.append(f"{who}: log stream {options.get('LogStreamName')} is not declared in the group")
        if log in used:
            problems.append(f"{who}: shares log stream {log}")
        used.add(log)
    return problems


def log_groups_end_and_extract_metrics(resources):
    problems = []
    for name, group in of_type(resources, "AWS::Logs::LogGroup").items():
        if not group.get("RetentionInDays"):
            problems.append(f"{name}: kept for ever")
        if group.get("LogGroupClass", "STANDARD") != "STANDARD":
            problems.append(f"{name}: only the standard class extracts embedded metrics")
    return problems


def function_logs_arrive_as_printed(resources):
    """The function prints one JSON object a line; CloudWatch reads metrics from it only if nothing wraps it."""
    problems = []
    for name, function in of_type(resources, "AWS::Lambda::Function").items():
        logging = function.get("LoggingConfig", {})
        if logging.get("LogFormat") != "Text":
            problems.append(f"{name}: log format is {logging.get('LogFormat')}, want Text, stated")
        if target(logging.get("LogGroup")) not in of_type(resources, "AWS::Logs::LogGroup"):
            problems.append(f"{name}: logs to a group that this stack does not declare")
    return problems


RULES = [
    delivery_logs_to_declared_groups_and_streams,
    log_groups_end_and_extract_metrics,
    function_logs_arrive_as_printed,
]

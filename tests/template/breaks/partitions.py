"""The function that registers partitions."""

from damage import put, remove
from rules import partitions

SCHEDULE = "PartitionsFunctionHourly.Properties"
ENVIRONMENT = "PartitionsFunction.Properties.Environment.Variables"

BREAKS = {
    partitions.partitions_are_registered_every_hour: {
        "never": remove("PartitionsFunctionHourly"),
        "something else is invoked": put(f"{SCHEDULE}.Target.Arn", {"Fn::GetAtt": ["TransformFunction", "Arn"]}),
        "every month": put(f"{SCHEDULE}.ScheduleExpression", "rate(30 days)"),
        "not at once": put(f"{SCHEDULE}.ScheduleExpression", "cron(0 * * * ? *)"),
        "next year": put(f"{SCHEDULE}.StartDate", "2027-11-23T00:00:00Z"),
        "off": put(f"{SCHEDULE}.State", "DISABLED"),
        "always the same day": put(f"{SCHEDULE}.Target.Input", '{"time":"2026-11-23T00:00:00Z"}'),
        "as Firehose": put(f"{SCHEDULE}.Target.RoleArn", {"Fn::GetAtt": ["StreamRole", "Arn"]}),
    },
    partitions.a_run_has_the_time_that_it_takes: {
        "3 seconds": put("PartitionsFunction.Properties.Timeout", 3),
        "Lambda's default": remove("PartitionsFunction.Properties.Timeout"),
    },
    partitions.partitions_are_there_before_they_are_needed_and_as_long_as_they_are: {
        "today's alone": put(f"{ENVIRONMENT}.DAYS_AHEAD", 0),
        "an outage of a day is seen": put(f"{ENVIRONMENT}.DAYS_AHEAD", "1"),
        "removed as they are registered": put(f"{ENVIRONMENT}.RETENTION_DAYS", 10),
    },
    partitions.a_late_run_gives_way_to_the_next: {
        "the schedule's default": remove(f"{SCHEDULE}.Target.RetryPolicy"),
        "Lambda's default": remove("PartitionsFunctionEventInvokeConfig"),
        "six hours": put("PartitionsFunctionEventInvokeConfig.Properties.MaximumEventAgeInSeconds", 21600),
    },
    partitions.partitions_are_registered_in_the_table_of_the_stream: {
        "by name, so in no order": put(f"{ENVIRONMENT}.GLUE_TABLE", "events"),
        "no database": remove(f"{ENVIRONMENT}.GLUE_DATABASE"),
        "a misspelt setting": put(f"{ENVIRONMENT}.RETENTION_DAY", 30),
    },
}

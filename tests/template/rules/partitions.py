"""The function that registers partitions: it runs, every hour, on the table that the stream fills."""

from .find import of_type, target



def schedules(resources):
    return of_type(resources, "AWS::Scheduler::Schedule")


def partitions_are_registered_every_hour(resources):
    found = [
        schedule
        for schedule in schedules(resources).values()
        if target(schedule.get("Target", {}).get("Arn")) == "PartitionsFunction"
    ]
    if len(found) != 1:
        return [f"want one schedule for PartitionsFunction, have {len(found)}"]
    (schedule,) = found
    problems = []
    # A rate without a start date begins when the schedule is created; a cron expression would wait for its minute.
    if schedule.get("ScheduleExpression") != "rate(1 hour)" or "StartDate" in schedule:
        problems.append(f"runs at {schedule.get('ScheduleExpression')}, from {schedule.get('StartDate', 'its creation')}")
    if schedule.get("State", "ENABLED") != "ENABLED":
        problems.append("the schedule is off")
    if "Input" in schedule["Target"]:
        problems.append("an input of its own hides the schedule's time from the function")
    if target(schedule["Target"].get("RoleArn")) != "ScheduleRole":
        problems.append("the schedule has a role that nobody looked at")
    return problems


def a_late_run_gives_way_to_the_next(resources):
    """Schedule and Lambda both try again for 24 hours and 6 hours, if nothing is said."""
    problems = []
    for name, schedule in schedules(resources).items():
        age = schedule.get("Target", {}).get("RetryPolicy", {}).get("MaximumEventAgeInSeconds", 86400)
        if age > 3600:
            problems.append(f"{name} tries for {age} s")
    invoked = of_type(resources, "AWS::Lambda::EventInvokeConfig").values()
    ages = [c.get("MaximumEventAgeInSeconds", 21600) for c in invoked if target(c["FunctionName"]) == "PartitionsFunction"]
    if not ages or max(ages) > 3600:
        problems.append(f"Lambda tries for {ages or 21600} s")
    return problems


def partitions_are_registered_in_the_table_of_the_stream(resources):
    environment = resources["PartitionsFunction"]["Properties"].get("Environment", {}).get("Variables", {})
    want = {"GLUE_DATABASE": {"Ref": "EventsDatabase"}, "GLUE_TABLE": {"Ref": "EventsTable"}}
    have = {name: environment.get(name) for name in want}
    unknown = set(environment) - set(want) - {"RETENTION_DAYS", "DAYS_AHEAD"}
    return [f"want {want}, have {have}"] * (have != want) + [f"{name} means nothing to it" for name in sorted(unknown)]


RULES = [
    partitions_are_registered_every_hour,
    a_late_run_gives_way_to_the_next,
    partitions_are_registered_in_the_table_of_the_stream,
]

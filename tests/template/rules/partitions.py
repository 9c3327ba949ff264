"""The function that registers partitions: it runs, every hour, on the table that the stream fills."""

import tomllib

import stack

from .find import of_type, target

LONGEST_CALL = 120  # seconds
DAYS_AHEAD = 2
LATE_DAYS = tomllib.loads((stack.ROOT / "schema.toml").read_text())["partition"]["late_days"]


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


def a_run_has_the_time_that_it_takes(resources):
    """One call may take 20 seconds and is made five times, with pauses between, before the run gives up."""
    seconds = int(resources["PartitionsFunction"]["Properties"].get("Timeout", 3))
    return [] if LONGEST_CALL <= seconds <= 900 else [f"timeout is {seconds}, want {LONGEST_CALL}..900 s"]


def partitions_are_there_before_they_are_needed_and_as_long_as_they_are(resources):
    """The function says which settings it takes (crates/partitions/src/config.rs), but only once it is deployed."""
    environment = resources["PartitionsFunction"]["Properties"].get("Environment", {}).get("Variables", {})
    ahead, kept = int(environment.get("DAYS_AHEAD", DAYS_AHEAD)), int(environment.get("RETENTION_DAYS", 36_500))
    problems = [] if DAYS_AHEAD <= ahead <= 30 else [f"registered {ahead} days ahead: a day's outage is seen in queries"]
    registered = LATE_DAYS + 4  # two days of waiting, two before objects expire
    return problems + [f"kept for {kept} days, a run registers those of {registered}"] * (kept < registered)


def partitions_are_registered_in_the_table_of_the_stream(resources):
    environment = resources["PartitionsFunction"]["Properties"].get("Environment", {}).get("Variables", {})
    want = {"GLUE_DATABASE": {"Ref": "EventsDatabase"}, "GLUE_TABLE": {"Ref": "EventsTable"}}
    have = {name: environment.get(name) for name in want}
    unknown = set(environment) - set(want) - {"RETENTION_DAYS", "DAYS_AHEAD"}
    return [f"want {want}, have {have}"] * (have != want) + [f"{name} means nothing to it" for name in sorted(unknown)]


RULES = [
    partitions_are_registered_every_hour,
    a_run_has_the_time_that_it_takes,
    partitions_are_there_before_they_are_needed_and_as_long_as_they_are,
    a_late_run_gives_way_to_the_next,
    partitions_are_registered_in_the_table_of_the_stream,
]

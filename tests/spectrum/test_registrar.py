"""The Lambda `partitions`, as it is deployed, against a Glue API that holds it to AWS's terms."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from urllib.error import HTTPError

import pytest
from catalogue import Refusal
from events_table import DATABASE, EVENT_TYPES, LOCATION, TABLE, table_input

NOON = "2024-11-23T12:00:00Z"
DAY = date(2024, 11, 23)  # in the past: no `time` beyond the clock makes a partition old
LATE_DAYS, WAIT_DAYS, DAYS_AHEAD = 7, 2, 2
FIRST = DAY - timedelta(LATE_DAYS + WAIT_DAYS)


def days(first: date, last: date) -> set[tuple]:
    """Every partition of the dates from `first` to `last`."""
    dates = [first + timedelta(n) for n in range((last - first).days + 1)]
    return {(event_type, str(day)) for event_type in EVENT_TYPES for day in dates}


AT_NOON = days(FIRST, DAY + timedelta(DAYS_AHEAD))


def adds_up(summary: dict) -> bool:
    outcomes = ("registered", "already_there", "removed", "failed")
    return summary["wanted"] + summary["expired"] == sum(summary[outcome] for outcome in outcomes)


def place(glue, values: tuple, **changes) -> None:
    """Registers a partition as somebody else would."""
    descriptor = table_input()["StorageDescriptor"] | {"Location": "s3://elsewhere/", "NumberOfBuckets": 7}
    partition = {"Values": list(values), "StorageDescriptor": descriptor, "Parameters": {"by": "hand"}} | changes
    glue.create_partition(DatabaseName=DATABASE, TableName=TABLE, PartitionInput=partition)


# ---- What is registered ---------------------------------------------------------------------------------------------


def test_every_partition_of_the_window_is_registered(partitions, registered):
    summary = partitions().at(NOON)
    assert set(registered()) == AT_NOON
    assert (summary["registered"], summary["from"], summary["to"]) == (len(AT_NOON), "2024-11-14", "2024-11-25")
    assert adds_up(summary)


def test_a_partition_has_the_tables_storage_and_its_own_place(partitions, registered):
    partitions().at(NOON)
    for (event_type, day), partition in registered().items():
        own = table_input()["StorageDescriptor"] | {"Location": f"{LOCATION}event_type={event_type}/date={day}/"}
        assert partition["StorageDescriptor"] == own


def test_the_last_hour_of_a_day_registers_the_date_that_an_early_clock_can_reach(partitions, registered):
    function = partitions()
    function.at("2024-11-23T22:59:59Z")
    assert function.at("2024-11-23T23:00:00Z")["registered"] == len(EVENT_TYPES)
    assert set(registered()) == AT_NOON | days(DAY + timedelta(3), DAY + timedelta(3))


def test_days_ahead_is_a_setting(partitions, registered):
    partitions(DAYS_AHEAD="5").at(NOON)
    assert set(registered()) == days(FIRST, DAY + timedelta(5))


def test_a_back_fill_registers_the_dates_that_it_names(partitions, registered):
    summary = partitions()({"from": "2024-01-01", "to": "2024-02-01"})
    assert set(registered()) == days(date(2024, 1, 1), date(2024, 2, 1))
    assert summary["registered"] == 32 * len(EVENT_TYPES) and adds_up(summary)


def test_a_table_location_without_its_last_slash_is_the_same_place(partitions, registered, glue):
    descriptor = table_input()["StorageDescriptor"] | {"Location": LOCATION.rstrip("/")}
    glue.update_table(DatabaseName=DATABASE, TableInput=table_input(StorageDescriptor=descriptor))
    assert "registered" in partitions().at(NOON)  # the proxy holds every location against the real one


# ---- Again and again ------------------------------------------------------------------------------------------------


def test_a_second_run_asks_twice_and_changes_nothing(partitions, registered, catalogue):
    function = partitions()
    function.at(NOON)
    before, _ = registered(), catalogue.calls.clear()
    summary = function.at(NOON)
    assert catalogue.operations() == ["GetTable", "GetPartitions"]
    assert summary["already_there"] == len(AT_NOON) and summary["registered"] == 0 and adds_up(summary)
    assert registered() == before


def test_partitions_that_are_there_are_not_touched(partitions, registered, glue):
    mine = ("purchase", "2024-11-23")
    place(glue, mine)
    before = registered()[mine]
    summary = partitions().at(NOON)
    assert registered()[mine] == before and set(registered()) == AT_NOON
    assert (summary["already_there"], summary["registered"]) == (1, len(AT_NOON) - 1)


def test_nor_are_those_that_another_run_registers_meanwhile(partitions, registered, glue, catalogue):
    mine = ("purchase", "2024-11-23")
    place(glue, mine)
    before = registered()[mine]
    catalogue.hide = True
    summary = partitions().at(NOON)
    assert registered()[mine] == before and set(registered()) == AT_NOON
    assert (summary["already_there"], summary["failed"]) == (1, 0) and adds_up(summary)


def test_two_runs_at_once_both_succeed(partitions, registered):
    functions = [partitions(), partitions()]
    with ThreadPoolExecutor() as pool:
        summaries = list(pool.map(lambda function: function.at(NOON), functions))
    assert set(registered()) == AT_NOON
    assert all(summary["failed"] == 0 and adds_up(summary) for summary in summaries)
    assert sum(summary["registered"] for summary in summaries) == len(AT_NOON)


def test_what_is_there_is_read_page_by_page(partitions, catalogue):
    function = partitions()
    function.at(NOON)
    catalogue.page = 100
    catalogue.calls.clear()
    assert function.at(NOON)["already_there"] == len(AT_NOON)
    pages = [call.request for call in catalogue.calls if call.operation == "GetPartitions"]
    assert len(pages) == 4
    # The columns of each partition would make a page many times as long.
    assert all(page["ExcludeColumnSchema"] for page in pages)


# ---- Bad days -------------------------------------------------------------------------------------------------------


def test_a_partition_that_is_refused_once_is_tried_again_alone(partitions, registered, catalogue):
    mine, refusals = ("login", "2024-11-20"), iter(["InternalServiceException", "ThrottlingException"])
    catalogue.refuse_item = lambda operation, values: next(refusals, None) if values == mine else None
    summary = partitions().at(NOON)
    assert set(registered()) == AT_NOON and summary["registered"] == len(AT_NOON) and adds_up(summary)
    sizes = [len(call.request["PartitionInputList"]) for call in catalogue.calls if "Create" in call.operation]
    assert sizes.count(1) == 2 and sum(sizes) == len(AT_NOON) + 2


def test_partitions_that_stay_refused_are_named_and_the_others_registered(partitions, registered, catalogue):
    mine = {("page_view", "2024-11-20"), ("other", "2024-11-25")}
    catalogue.refuse_item = lambda operation, values: "InternalServiceException" if values in mine else None
    function = partitions()
    assert function.at(NOON)["errorMessage"] == (
        "not registered (InternalServiceException: as the test wants it): "
        "event_type=page_view/date=2024-11-20/, event_type=other/date=2024-11-25/"
    )
    assert set(registered()) == AT_NOON - mine
    [metrics] = function.metrics()
    assert (metrics["PartitionsFailed"], metrics["PartitionsRegistered"]) == (2, len(AT_NOON) - 2)
    assert adds_up(metrics["Summary"])
    # The next run, on a better day, completes it.
    catalogue.refuse_item = lambda operation, values: None
    assert function.at(NOON)["registered"] == 2 and set(registered()) == AT_NOON


@pytest.mark.parametrize("operation", ["GetTable", "GetPartitions", "BatchCreatePartition"])
@pytest.mark.parametrize(
    "refusal", [Refusal("ThrottlingException"), Refusal("InternalServiceException", 500), Refusal("", 503)]
)
def test_a_service_that_asks_for_patience_gets_it(partitions, registered, catalogue, operation, refusal):
    refusals = {operation: [refusal, refusal]}
    catalogue.refuse = lambda operation, request: refusals.get(operation) and refusals[operation].pop()
    assert partitions().at(NOON)["registered"] == len(AT_NOON)
    assert set(registered()) == AT_NOON
    assert catalogue.operations().count(operation) >= 3


def test_a_service_that_stays_away_is_not_asked_for_every_batch(partitions, catalogue):
    catalogue.refuse = lambda operation, request: Refusal("ThrottlingException") if "Create" in operation else None
    function = partitions()
    error = function.at(NOON)["errorMessage"]
    assert error == (
        f"not registered (ThrottlingException: as the test wants it): "
        f"all {len(AT_NOON)} partitions from 2024-11-14 to 2024-11-25"
    )
    assert catalogue.operations().count("BatchCreatePartition") == 5
    assert function.metrics()[0]["PartitionsFailed"] == len(AT_NOON)


def test_a_batch_that_is_refused_for_its_own_sake_stops_no_other(partitions, registered, catalogue):
    mine = {("page_view", "2024-11-14"), ("login", "2024-11-20")}

    def refuse(operation, request):
        values = {tuple(one["Values"]) for one in request.get("PartitionInputList", [])}
        return Refusal("InvalidInputException") if values & mine else None

    catalogue.refuse = refuse
    function = partitions()
    assert "not registered (InvalidInputException" in function.at(NOON)["errorMessage"]
    # It is not tried again, either: it would be refused again.
    assert catalogue.operations().count("BatchCreatePartition") == 4
    assert len(registered()) == len(AT_NOON) - 2 * 100
    assert function.metrics()[0]["PartitionsFailed"] == 2 * 100 and adds_up(function.metrics()[0]["Summary"])


def test_an_answer_that_is_lost_is_no_lost_call(partitions, registered, catalogue):
    losses = iter([True])
    catalogue.lose = lambda operation: next(losses, False)
    summary = partitions().at(NOON)
    assert set(registered()) == AT_NOON
    assert (summary["already_there"], summary["failed"]) == (100, 0) and adds_up(summary)


def test_what_the_role_may_not_do_is_not_tried_again_and_told_with_the_remedy(partitions, catalogue):
    refusal = Refusal("AccessDeniedException", message="not authorized to perform: glue:GetPartitions")
    catalogue.refuse = lambda operation, request: refusal if operation == "GetPartitions" else None
    function = partitions()
    error = function.at(NOON)["errorMessage"]
    assert "glue:GetPartitions; let the function's role do this" in error
    assert catalogue.operations() == ["GetTable", "GetPartitions"]
    assert function.metrics()[0]["PartitionsFailed"] == len(AT_NOON)
    # A schedule reads no answer: the log has the error, too.
    assert '"level":"ERROR"' in function.log() and "glue:GetPartitions; let" in function.log()


def test_a_table_that_there_is_not_is_told_with_the_remedy(partitions):
    error = partitions(GLUE_TABLE="evnets").at(NOON)["errorMessage"]
    assert "EntityNotFoundException" in error and "set GLUE_DATABASE and GLUE_TABLE to a table that there is" in error


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"PartitionKeys": [{"Name": "date", "Type": "date"}, {"Name": "event_type", "Type": "string"}]}, "in this order"),
        ({"PartitionKeys": [{"Name": "event_type", "Type": "string"}]}, "in this order"),
        ({"StorageDescriptor": {"Columns": []}}, "has no location in S3"),
    ],
)
def test_a_table_that_rows_do_not_fit_is_not_registered_in(partitions, registered, glue, change, told):
    glue.delete_table(DatabaseName=DATABASE, Name=TABLE)
    glue.create_table(DatabaseName=DATABASE, TableInput=table_input(**change))
    assert told in partitions().at(NOON)["errorMessage"]
    assert registered() == {}


def test_a_server_whose_certificate_nobody_has_signed_is_not_talked_to(partitions, impostor):
    error = partitions(AWS_ENDPOINT_URL_GLUE=impostor.url).at(NOON)["errorMessage"]
    assert "Unreachable" in error and "certificate" in error
    assert impostor.requests == []


# ---- Retention ------------------------------------------------------------------------------------------------------


def test_partitions_whose_objects_expire_in_two_days_are_removed_and_no_others(partitions, registered, catalogue):
    function = partitions(RETENTION_DAYS="30")
    cutoff = DAY - timedelta(28)
    keeps_all = partitions()
    for first, last in [(cutoff - timedelta(3), cutoff - timedelta(1)), (cutoff, cutoff)]:
        keeps_all({"from": str(first), "to": str(last)})
    summary = function.at(NOON)
    assert set(registered()) == AT_NOON | days(cutoff, cutoff)
    assert summary["removed"] == summary["expired"] == 3 * len(EVENT_TYPES) and adds_up(summary)
    assert function.metrics()[0]["PartitionsRemoved"] == summary["removed"]
    assert catalogue.operations().count("BatchDeletePartition") == 4  # 93 in batches of 25


def test_a_mistyped_time_removes_nothing(partitions, registered):
    function = partitions(RETENTION_DAYS="30")
    function({})
    living = set(registered())
    assert function.at("2062-11-23T12:00:00Z")["removed"] == 0
    assert living < set(registered())


def test_a_type_that_the_schema_has_forgotten_expires_like_the_others(partitions, registered, glue):
    place(glue, ("fax", "2024-10-01"))
    place(glue, ("fax", "2024-11-23"))
    partitions(RETENTION_DAYS="30").at(NOON)
    assert set(registered()) == AT_NOON | {("fax", "2024-11-23")}


def test_a_partition_that_another_run_removes_meanwhile_is_removed(partitions, glue, catalogue):
    place(glue, ("login", "2024-10-01"))
    catalogue.refuse_item = lambda operation, _: "EntityNotFoundException" if "Delete" in operation else None
    summary = partitions(RETENTION_DAYS="30").at(NOON)
    assert (summary["removed"], summary["failed"]) == (1, 0) and adds_up(summary)


def test_a_partition_that_cannot_be_removed_is_named(partitions, glue, catalogue):
    place(glue, ("login", "2024-10-01"))
    catalogue.refuse_item = lambda operation, _: "InternalServiceException" if "Delete" in operation else None
    function = partitions(RETENTION_DAYS="30")
    assert function.at(NOON)["errorMessage"] == (
        "not removed (InternalServiceException: as the test wants it): event_type=login/date=2024-10-01/"
    )
    [metrics] = function.metrics()
    assert metrics["PartitionsFailed"] == 1 and adds_up(metrics["Summary"])


def test_that_nobody_knows_what_is_too_old_is_an_error_too(partitions, registered, catalogue):
    catalogue.refuse = lambda _, request: Refusal("InvalidInputException") if "<" in request.get("Expression", "")[:6] else None
    function = partitions(RETENTION_DAYS="30")
    error = function.at(NOON)["errorMessage"]
    assert error == "not removed (InvalidInputException: as the test wants it): what is too old"
    assert set(registered()) == AT_NOON and function.metrics()[0]["PartitionsFailed"] == 1


def test_nothing_is_removed_from_a_table_that_may_be_another(partitions, registered, glue):
    glue.delete_table(DatabaseName=DATABASE, Name=TABLE)
    keys = [{"Name": "shop", "Type": "string"}, {"Name": "date", "Type": "date"}]
    glue.create_table(DatabaseName=DATABASE, TableInput=table_input(PartitionKeys=keys))
    place(glue, ("north", "2020-01-01"))
    assert "UnfitTable" in partitions(RETENTION_DAYS="30").at(NOON)["errorMessage"]
    assert set(registered()) == {("north", "2020-01-01")}


# ---- What the log and the outside are told --------------------------------------------------------------------------


def test_every_invocation_has_one_line_of_metrics_with_all_of_them(partitions):
    function = partitions()
    function.at(NOON)
    function.at(NOON)
    first, second = function.metrics()
    directive = first["_aws"]["CloudWatchMetrics"][0]
    assert (directive["Namespace"], directive["Dimensions"], first["Table"]) == (
        "Clickstream", [["Table"]], f"{DATABASE}.{TABLE}",
    )
    names = {metric["Name"] for metric in directive["Metrics"]}
    assert names == {"PartitionsRegistered", "PartitionsAlreadyThere", "PartitionsRemoved", "PartitionsFailed"}
    assert all(isinstance(line[name], int) for line in (first, second) for name in names)
    assert second["PartitionsAlreadyThere"] == len(AT_NOON)


def test_bad_settings_end_the_function_at_start_with_the_remedy(partitions):
    function = partitions(RETENTION_DAYS="10", GLUE_TABLE="")
    with pytest.raises(HTTPError):  # how the emulator says that there is no function
        function.at(NOON)
    assert "RETENTION_DAYS is `10`: set it to a number of days from 11 to 36500" in function.log()
    assert "GLUE_TABLE is not set: set it to the Glue table of the events" in function.log()


def test_an_event_of_another_shape_is_an_error_that_says_so(partitions, catalogue):
    function = partitions()
    assert "`form`; known are" in function({"form": "2024-01-01"})["errorMessage"]
    assert "of the year 1926; write one from 1970 to 9998" in function.at("1926-11-23T12:00:00Z")["errorMessage"]
    assert catalogue.calls == []

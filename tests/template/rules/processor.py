"""The Lambda processor and the function behind it."""

from .find import destination, lambda_parameters, lambda_processors, of_type, target

STATED = {"LambdaArn", "BufferSizeInMBs", "BufferIntervalInSeconds", "NumberOfRetries"}
FIREHOSE_GIVES_UP = 300  # seconds
SLOWEST_BATCH = 30  # seconds


def there_is_one_lambda_processor(resources):
    configuration = destination(resources).get("ProcessingConfiguration", {})
    problems = []
    if configuration.get("Enabled") is not True:
        problems.append("processing is off, so nothing returns partition keys")
    if len(lambda_processors(resources)) != 1:
        problems.append(f"want one Lambda processor, have {len(lambda_processors(resources))}")
    return problems


def nothing_else_touches_records(resources):
    """The function ends each row with its newline, so that Firehose adding one would leave empty lines; and it names the
    partition, so that no query does."""
    processors = destination(resources).get("ProcessingConfiguration", {}).get("Processors", [])
    kinds = [processor["Type"] for processor in processors]
    return [] if kinds in (["Lambda"], ["RecordDeAggregation", "Lambda"]) else [f"processors are {kinds}"]


def every_processor_parameter_is_stated(resources):
    """The service fills in what is missing, and reports it as drift afterwards."""
    missing = STATED - set(lambda_parameters(resources))
    return [f"{name} is not stated" for name in sorted(missing)]


def processor_parameters_are_strings(resources):
    values = lambda_parameters(resources)
    return [
        f"{name} is {values[name]!r}, want a string"
        for name in sorted(STATED - {"LambdaArn"})
        if name in values and not isinstance(values[name], str)
    ]


def request_leaves_room_for_the_answer(resources):
    """The answer may have 6 MB. From 1 MB a row can grow almost fourfold, from 3 MB, the most allowed, not at all."""
    size = lambda_parameters(resources).get("BufferSizeInMBs", "1")
    return [] if 0.2 <= float(size) <= 1 else [f"BufferSizeInMBs is {size}, want 0.2..1"]


def processor_buffers_and_retries_within_bounds(resources):
    values = lambda_parameters(resources)
    problems = []
    if not 0 <= int(values.get("BufferIntervalInSeconds", 60)) <= 900:
        problems.append(f"BufferIntervalInSeconds is {values['BufferIntervalInSeconds']}, want 0..900")
    if int(values.get("NumberOfRetries", 3)) < 1:
        problems.append("one failed invocation would send its whole batch to the error prefix")
    return problems


def stream_invokes_a_published_alias(resources):
    name = target(lambda_parameters(resources).get("LambdaArn"))
    alias = of_type(resources, "AWS::Lambda::Alias").get(name)
    if alias is None:
        return [f"the processor invokes {name}, which is not an alias of this stack"]
    version = target(alias.get("FunctionVersion"))
    if version not in of_type(resources, "AWS::Lambda::Version"):
        return [f"the alias points at {alias.get('FunctionVersion')}, which is not a published version"]
    return []


def function_answers_before_firehose_gives_up(resources):
    """A batch takes a fraction of a second with the memory that it is given by default, and a few with the least."""
    seconds = int(resources["TransformFunction"]["Properties"].get("Timeout", 0))
    if SLOWEST_BATCH <= seconds <= FIREHOSE_GIVES_UP:
        return []
    return [f"timeout is {seconds}, want {SLOWEST_BATCH}..{FIREHOSE_GIVES_UP} s, stated"]


RULES = [
    there_is_one_lambda_processor,
    nothing_else_touches_records,
    every_processor_parameter_is_stated,
    processor_parameters_are_strings,
    request_leaves_room_for_the_answer,
    processor_buffers_and_retries_within_bounds,
    stream_invokes_a_published_alias,
    function_answers_before_firehose_gives_up,
]

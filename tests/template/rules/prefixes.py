"""Where objects go: the prefix language of Firehose, which no schema describes."""

import re

from .find import writers

TABLE = "events/"
KEYS = ["event_type", "date"]
EXPRESSION = re.compile(r"!\{(\w+):([^{}]+)\}")
ALMOST_AN_EXPRESSION = re.compile(r"!\s*\{|\$\{|\{\w+:|partitionKeyFrom|error-output-type|timestamp:|random-string")


def expressions(prefix):
    return EXPRESSION.findall(prefix)


def prefixes(resources):
    """'destination Prefix' and so on -> text, empty where there is none."""
    return {
        f"{who} {kind}": writer.get(kind, "")
        for who, writer in writers(resources).items()
        for kind in ("Prefix", "ErrorOutputPrefix")
    }


def prefix_names_exactly_the_partition_keys(resources):
    prefix = prefixes(resources)["destination Prefix"]
    problems = []
    if expressions(prefix) != [("partitionKeyFromLambda", key) for key in KEYS]:
        problems.append(f"{prefix!r} does not ask for exactly {KEYS}, in this order")
    folders = [re.escape(key) + r"=!\{[^{}]+\}/" for key in KEYS]
    if not re.fullmatch(TABLE + "".join(folders), prefix):
        problems.append(f"{prefix!r} is not {TABLE}<key>=<value>/ for each of {KEYS}")
    return problems


def error_prefixes_name_the_kind_of_error(resources):
    """An error prefix is obligatory where the prefix has expressions; with expressions of its own it needs this one."""
    return [
        f"{name} {prefix!r} lacks !{{firehose:error-output-type}}"
        for name, prefix in prefixes(resources).items()
        if name.endswith("ErrorOutputPrefix") and ("firehose", "error-output-type") not in expressions(prefix)
    ]


def only_the_destination_prefix_uses_partition_keys(resources):
    return [
        f"{name} {prefix!r} may not use partition keys"
        for name, prefix in prefixes(resources).items()
        if name != "destination Prefix" and "partitionKeyFrom" in prefix
    ]


def only_error_prefixes_name_the_kind_of_error(resources):
    return [
        f"{name} {prefix!r} may not use error-output-type"
        for name, prefix in prefixes(resources).items()
        if name.endswith(" Prefix") and "error-output-type" in prefix
    ]


def expressions_are_spelt_right(resources):
    problems = []
    for name, prefix in prefixes(resources).items():
        for namespace, value in expressions(prefix):
            known = {
                "firehose": value in ("error-output-type", "random-string"),
                # Java's patterns: YYYY is the year of the week and DD the day of the year, right most of the time.
                "timestamp": not re.search("[YD]", value),
                "partitionKeyFromLambda": re.fullmatch("[a-z_]+", value),
            }
            if not known.get(namespace):
                problems.append(f"{name}: !{{{namespace}:{value}}} is not an expression we use")
        rest = EXPRESSION.sub("", prefix)
        if ALMOST_AN_EXPRESSION.search(rest) or "{" in rest or "}" in rest:
            problems.append(f"{name}: {rest!r} in {prefix!r} looks like an expression, but is not one")
    return problems


def prefixes_end_with_a_slash(resources):
    return [
        f"{name} {prefix!r} would run into the name of the object"
        for name, prefix in prefixes(resources).items()
        if not prefix.endswith("/")
    ]


def errors_and_backup_lie_outside_the_table(resources):
    """Spectrum reads every object under the table's location, whatever it holds."""
    problems = []
    for name, prefix in prefixes(resources).items():
        fixed = prefix.split("!{")[0]
        if name != "destination Prefix" and (fixed.startswith(TABLE) or TABLE.startswith(fixed)):
            problems.append(f"{name} {prefix!r} can lie under {TABLE}")
    return problems


RULES = [
    prefix_names_exactly_the_partition_keys,
    error_prefixes_name_the_kind_of_error,
    only_the_destination_prefix_uses_partition_keys,
    only_error_prefixes_name_the_kind_of_error,
    expressions_are_spelt_right,
    prefixes_end_with_a_slash,
    errors_and_backup_lie_outside_the_table,
]

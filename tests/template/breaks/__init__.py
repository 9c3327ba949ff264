"""The ways to break each rule: rule -> what is wrong -> how to make it wrong. cfn-lint lets nearly all of them pass."""

from . import access, alarms, dashboard, logs, partitions, prefixes, processor, storage, stream, table, thresholds, watched

MODULES = [stream, prefixes, processor, table, partitions, access, storage, logs, alarms, watched, thresholds, dashboard]
BREAKS = {rule: damages for module in MODULES for rule, damages in module.BREAKS.items()}

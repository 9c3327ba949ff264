"""The ways to break each rule: rule -> what is wrong -> how to make it wrong. cfn-lint lets nearly all of them pass."""

from . import access, alarms, dashboard, grants, logs, names, partitions, prefixes, processor
from . import storage, stream, table, thresholds, watched

MODULES = [
    *(stream, prefixes, processor, table, partitions, grants, access, names, storage, logs),
    *(alarms, watched, thresholds, dashboard),
]
BREAKS = {rule: damages for module in MODULES for rule, damages in module.BREAKS.items()}

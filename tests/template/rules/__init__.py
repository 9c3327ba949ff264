"""What the stack must keep to. Each rule takes the resources of a translated template and returns the problems it sees.

Most of these are demands of Firehose that cfn-lint does not know: the service refuses the stream when it is created, or
accepts it and sends every record to the error prefix.
"""

from . import access, alarms, dashboard, grants, logs, names, partitions, prefixes, processor
from . import storage, stream, table, thresholds, watched

MODULES = [
    *(stream, prefixes, processor, table, partitions, grants, access, names, storage, logs),
    *(alarms, watched, thresholds, dashboard),
]
RULES = [rule for module in MODULES for rule in module.RULES]

"""What the stack must keep to. Each rule takes the resources of a translated template and returns the problems it sees.

Most of these are demands of Firehose that cfn-lint does not know: the service refuses the stream when it is created, or
accepts it and sends every record to the error prefix.
"""

from . import access, logs, prefixes, processor, storage, stream

RULES = [*stream.RULES, *prefixes.RULES, *processor.RULES, *access.RULES, *storage.RULES, *logs.RULES]

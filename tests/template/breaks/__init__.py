"""The ways to break each rule: rule -> what is wrong -> how to make it wrong. cfn-lint lets nearly all of them pass."""

from . import access, logs, prefixes, processor, storage, stream

BREAKS = {
    **stream.BREAKS,
    **prefixes.BREAKS,
    **processor.BREAKS,
    **access.BREAKS,
    **storage.BREAKS,
    **logs.BREAKS,
}

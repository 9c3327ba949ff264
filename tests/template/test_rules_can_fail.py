"""A rule that cannot fail proves nothing: each is shown templates that break it, and only just."""

import copy

import pytest
import stack
from breaks import BREAKS
from rules import RULES

CASES = [
    pytest.param(rule, damage, id=f"{rule.__name__}: {what}")
    for rule, damages in BREAKS.items()
    for what, damage in damages.items()
]


@pytest.mark.parametrize(("rule", "damage"), CASES)
def test_the_rule_objects(rule, damage, translated):
    sound = stack.resources(translated, **getattr(damage, "parameters", {}))
    damaged = copy.deepcopy(sound)
    damage(damaged)

    assert damaged != sound
    assert rule(sound) == []
    assert rule(damaged) != []


def test_every_rule_is_seen_to_fail():
    assert set(BREAKS) == set(RULES)

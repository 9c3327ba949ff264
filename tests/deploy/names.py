"""What the tests of deploy/ call things."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
STACK = "clickstream-test"

"""Tables as people write them: in Markdown, a blank for null, a time of day for one on 2026-11-23."""

import re
from datetime import date, datetime
from decimal import Decimal

DAY = "2026-11-23"


def read(markdown: str) -> dict[str, list[dict[str, str]]]:
    """The tables of a text by the heading above them: `## name`, then `| column | …`."""
    tables = {}
    for section in re.split(r"^## ", markdown, flags=re.MULTILINE)[1:]:
        name, _, body = section.partition("\n")
        lines = [line for line in body.splitlines() if line.startswith("|")]
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not line.startswith("|--")]
        tables[name.strip()] = [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]
    return tables


def timestamp(text: str) -> str:
    """`10:00` and `10:00:00.5` are on DAY; `22T10:00` on that day of its month; whole ones stay."""
    if re.match(r"\d\d:", text):
        return f"{DAY} {text}"
    if re.match(r"\d\dT", text):
        return f"{DAY[:8]}{text.replace('T', ' ')}"
    return text


def cell(value) -> str:
    """What a database gave, as a table has it."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime():
            text = value.strftime("%Y-%m-%d %H:%M:%S.%f")
            text = re.sub(r"(:00)?\.?0*$", "", text) if value.microsecond == 0 else text.rstrip("0")
            return text.removeprefix(f"{DAY} ").replace(f"{DAY[:8]}", "").replace(" ", "T")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value.normalize():f}"
        case _:
            return str(value)

"""Events put into the lake of a test, without the transform."""

import json
from datetime import datetime, timedelta

import kit
from engines import Engine
from tables import timestamp

BUILD = ("30", "31", "32", "33", "40", "50", "51", "60", "61")


def literal(value: str, kind: str) -> str:
    if value == "":
        return "null"
    quoted = "'" + value.replace("'", "''") + "'"
    return quoted if kind.startswith("varchar") else f"cast({quoted} as {kind})"


def row(event: dict[str, str], number: int) -> dict[str, str]:
    """What a test leaves out: an id (`e1`, `e2`, …), page_view for a type, arrival a second later, the event's own date."""
    whole = {"event_id": f"e{number}", "event_type": "page_view"} | event
    whole["event_time"] = timestamp(whole.pop("at", None) or whole["event_time"])
    happened = datetime.fromisoformat(whole["event_time"])
    if not whole.get("received_at"):
        whole["received_at"] = (happened + timedelta(seconds=1)).isoformat(" ", "milliseconds")
    whole["received_at"] = timestamp(whole["received_at"])
    whole["date"] = whole.get("date") or happened.date().isoformat()
    if "items" in whole and whole["items"]:
        whole["items"] = json.dumps(items(whole["items"]))
    return whole


def items(text: str) -> list[dict]:
    """`CUP 2x12.50 kitchen, …`: id, quantity x price, category."""
    if text[0] in "[{":
        return json.loads(text)
    listed = []
    for part in text.split(","):
        item_id, amount, *category = part.split()
        quantity, _, price = amount.rpartition("x")
        listed.append({"item_id": item_id, "price": float(price)} | ({"quantity": int(quantity)} if quantity else {}))
        listed[-1] |= {"category": category[0]} if category else {}
    return listed


def put(engine: Engine, events: list[dict[str, str]]) -> None:
    """Adds events to the lake; values as text, '' for null."""
    if not events:
        return
    kinds = kit.lake_columns(engine.values)
    whole = [row(event, number) for number, event in enumerate(events, 1)]
    columns = [name for name in kinds if any(event.get(name) for event in whole)]
    names = ", ".join(f'"{name}"' for name in columns)
    values = (", ".join(literal(event.get(name, ""), kinds[name]) for name in columns) for event in whole)
    rows = ", ".join(f"({line})" for line in values)
    engine.execute(f"insert into {engine.values['external_schema']}.events ({names}) values {rows}")


def build(engine: Engine, **changes: str) -> None:
    """Loads what is new and rebuilds the customer 360."""
    engine.run("11", **changes)
    engine.run(*BUILD, **changes)

"""The transform as a good engineer would write it with Powertools for AWS Lambda (Python), from its documentation.

Run by the benchmark: reads one request a line from standard input, as JSON with the paths of an invocation and of
its answer; prints the CPU time from the invocation's bytes to the answer's, in nanoseconds.
"""

import hashlib
import ipaddress
import json
import sys
import time
from datetime import datetime, timedelta, timezone
from importlib.metadata import version
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from aws_lambda_powertools.utilities.data_classes import (
    KinesisFirehoseDataTransformationRecord,
    KinesisFirehoseDataTransformationRecordMetadata,
    KinesisFirehoseDataTransformationResponse,
    KinesisFirehoseEvent,
    event_source,
)
from aws_lambda_powertools.utilities.serialization import base64_from_str

MAPPING = json.loads(Path(__file__).with_name("mapping.json").read_text(encoding="utf-8"))
BLOCKED_IDS = set(MAPPING["blocked_ids"])
EVENT_TYPES = MAPPING["event_types"]
ITEM_FIELDS = [(field["name"], field["sources"]) for field in MAPPING["item_fields"]]
COLUMNS = [
    (column["name"], column["type"], [(path[:-1], path[-1]) for path in (source.split(".") for source in column["sources"])])
    for column in MAPPING["columns"]
]
NUMERIC_ITEM_FIELDS = {"price", "quantity", "position"}
PARAMETERS = MAPPING["parameters"]
CLICK_IDS = set(MAPPING["click_ids"])
FIRST_ITEM = list(MAPPING["first_item"].items())
TRUTHS = {"true": True, "yes": True, "1": True, "granted": True, "false": False, "no": False, "0": False, "denied": False}
FOLD = str.maketrans("", "", " _-")


def take(event, sources):
    """Takes the first source that is there and not blank out of the event."""
    for parents, last in sources:
        parent = event
        for name in parents:
            parent = parent.get(name)
            if not isinstance(parent, dict):
                break
        else:
            value = parent.get(last)
            if value is not None and not (isinstance(value, str) and not value.strip()):
                return parent.pop(last)
    return None


def as_text(value):
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return None


def as_id(value):
    text = as_text(value)
    if text is None:
        return None
    text = text.strip()
    return None if text.lower() in BLOCKED_IDS else text


def as_lower_id(value):
    text = as_id(value)
    return text and text.lower()


def as_lower(value):
    text = as_text(value)
    return text and text.lower()


def as_boolean(value):
    text = as_text(value)
    return text and TRUTHS.get(text.strip().lower())


def as_network(value):
    """The /24 or /48 network of an IP address, the first one of a list."""
    try:
        address = ipaddress.ip_address(value.split(",", 1)[0].strip())
    except ValueError:
        return None
    kept = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, kept), strict=False).network_address)


def as_email(value):
    """SHA-256 of the trimmed lower-case address."""
    return hashlib.sha256(value.strip().lower().encode()).hexdigest() if isinstance(value, str) and "@" in value else None


def as_number(value):
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return value if isinstance(value, (int, float)) else None


def as_time(value):
    """RFC 3339, the same with a space and without an offset (UTC), or an epoch in seconds or milliseconds."""
    if isinstance(value, str) and not value.isdigit():
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
        return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    epoch = int(value)
    return datetime.fromtimestamp(epoch if epoch < 100_000_000_000 else epoch / 1000, timezone.utc)


def iso(moment):
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def items(value, row):
    if not isinstance(value, list):
        return None
    rows = []
    for item in value:
        if not isinstance(item, dict):
            continue
        flat = {}
        for name, sources in ITEM_FIELDS:
            for source in sources:
                if source in item:
                    convert = as_number if name in NUMERIC_ITEM_FIELDS else as_text
                    found = convert(item.pop(source))
                    if found is not None:
                        flat[name] = found
                    break
        if item:
            flat["extra"] = item
        rows.append(flat)
    row["item_count"] = len(rows)
    row.setdefault("item_quantity", sum(item.get("quantity", 1) for item in rows))
    if rows and "item_id" not in row:
        for column, field in FIRST_ITEM:
            if field in rows[0]:
                row.setdefault(column, rows[0][field])
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


CONVERT = {
    "text": as_text,
    "lower": as_lower,
    "id": as_id,
    "lower_id": as_lower_id,
    "number": as_number,
    "boolean": as_boolean,
    "network": as_network,
    "email": as_email,
    "time": as_time,
}


def page(row):
    """What the URLs say: hosts, path, query, campaign, click id, search."""
    if "referrer_url" in row and (host := urlsplit(row["referrer_url"]).netloc):
        row["referrer_host"] = host.lower()
    url = row.get("page_url")
    if not url:
        return
    parts = urlsplit(url)
    row.setdefault("page_host", parts.netloc.lower())
    row.setdefault("page_path", parts.path or "/")
    if parts.query:
        row["page_query"] = parts.query
        for key, value in parse_qsl(parts.query):
            if key in PARAMETERS:
                row.setdefault(PARAMETERS[key], value)
            elif key in CLICK_IDS and "click_id" not in row:
                row["click_id"], row["click_id_type"] = value, key


def flatten(event, arrival):
    row = {}
    for name, kind, sources in COLUMNS:
        value = take(event, sources)
        if value is None:
            continue
        value = items(value, row) if kind == "items" else CONVERT[kind](value)
        if value is not None:
            row[name] = value
    event_time = row.get("event_time", arrival)
    row["event_time"] = iso(event_time)
    row["received_at"] = iso(arrival)
    row["schema_version"] = 1
    page(row)
    event_type = EVENT_TYPES.get(row.get("event_name", "").lower().translate(FOLD), "other")
    if event_type == "purchase" and "event_value" in row:
        row.setdefault("order_total", row["event_value"])
    if event:
        row["extra"] = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    in_window = arrival - timedelta(days=7) < event_time < arrival + timedelta(hours=1)
    return row, event_type, (event_time if in_window else arrival).strftime("%Y-%m-%d")


@event_source(data_class=KinesisFirehoseEvent)
def lambda_handler(event: KinesisFirehoseEvent, context):
    response = KinesisFirehoseDataTransformationResponse()
    for record in event.records:
        arrival = datetime.fromtimestamp(record.approximate_arrival_timestamp / 1000, timezone.utc)
        try:
            row, event_type, date = flatten(record.data_as_json, arrival)
        except ValueError:
            response.add_record(KinesisFirehoseDataTransformationRecord(record_id=record.record_id, result="ProcessingFailed"))
            continue
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"
        response.add_record(
            KinesisFirehoseDataTransformationRecord(
                record_id=record.record_id,
                data=base64_from_str(line),
                metadata=KinesisFirehoseDataTransformationRecordMetadata({"event_type": event_type, "date": date}),
            )
        )
    return response.asdict()


def main():
    ready = {"version": f"Python {sys.version.split()[0]}, Powertools {version('aws-lambda-powertools')}"}
    print(json.dumps(ready | {"start_ns": time.process_time_ns()}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        body = Path(request["invocation"]).read_bytes()
        begun = time.thread_time_ns()
        # As the runtime's own client does around a handler.
        answer = json.dumps(lambda_handler(json.loads(body), None), ensure_ascii=False).encode()
        spent = time.thread_time_ns() - begun
        Path(request["answer"]).write_bytes(answer)
        print(spent, flush=True)


if __name__ == "__main__":
    main()

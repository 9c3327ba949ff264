#!/usr/bin/env python3
"""What a lake says of the shop's customers: the kit's SQL over a folder that `clickstream run` made, in DuckDB.

    python sql/report.py lake
    python sql/report.py lake --json | jq .revenue
    python sql/report.py lake --person u-1042         what one person did, signed in or not
"""

import argparse
import json
import sys
from pathlib import Path

import duckdb
import lake

# What is asked, and the words above the answer. ${schema} is filled in as everywhere.
QUESTIONS = {
    "events": (
        "Events by type and day",
        """
        select event_type, date, count(*) as events from ${schema}.events_360 group by event_type, date
        order by event_type, date
        """,
    ),
    "funnel": (
        "Sessions that went from item view to purchase",
        """
        select
          cast(sum(sessions) as bigint) as sessions, cast(sum(viewed_item) as bigint) as viewed_item,
          cast(sum(added_to_cart) as bigint) as added_to_cart,
          cast(sum(started_checkout) as bigint) as started_checkout, cast(sum(purchased) as bigint) as purchased
        from ${schema}.funnel
        """,
    ),
    "revenue": ("Revenue by currency", "select * from ${schema}.revenue order by net desc, currency"),
    "channels": (
        "What orders are owed to: the customer's first visit, and the last that was not direct",
        """
        select
          channel, count(case when model = 'first_touch' then 1 end) as first_touch,
          count(case when model = 'last_touch' then 1 end) as last_touch
        from ${schema}.attribution group by channel order by last_touch desc, channel
        """,
    ),
    "customers": (
        "Customers with the most orders, with what they did before they signed in",
        """
        select
          c.person_id, c.orders, string_agg(r.currency || ' ' || cast(r.net as decimal(18,2)), ', ' order by r.currency) as net,
          c.sessions, c.devices, c.events,
          (select count(*) from ${schema}.person_events as p
           where p.person_id = c.person_id and p.identity_method = 'device') as anonymous_events,
          c.first_channel, c.favourite_category, c.first_seen, c.last_seen
        from ${schema}.customers as c
        left join ${schema}.customer_revenue as r on r.person_id = c.person_id
        where c.known
        group by all order by c.orders desc, c.events desc, c.person_id limit 10
        """,
    ),
    "identity": (
        "How events found their person",
        """
        select identity_method, is_robot, count(*) as events, count(distinct person_id) as persons
        from ${schema}.person_events group by identity_method, is_robot order by events desc
        """,
    ),
}

PERSON = (
    "Everything that {} did",
    """
    select
      event_time, event_type, identity_method, anonymous_id, page_path, item_id, search_term, order_id, order_total,
      currency
    from ${{schema}}.events_360 where person_id = '{}' order by event_time, event_id
    """,
)


def table(names: list[str], rows: list[tuple]) -> str:
    """Columns of even width; numbers to the right."""
    cells = [names] + [["" if value is None else str(value) for value in row] for row in rows]
    widths = [max(len(line[index]) for line in cells) for index in range(len(names))]
    right = [all(isinstance(row[index], int | float | None) for row in rows) for index in range(len(names))]
    lines = (
        "  ".join(cell.rjust(width) if flush else cell.ljust(width) for cell, width, flush in zip(line, widths, right))
        for line in cells
    )
    return "\n".join("  " + line.rstrip() for line in lines)


def by_day(rows: list[tuple]) -> tuple[list[str], list[tuple]]:
    """Type, day, number as a row a type and a column for each of the last seven days."""
    days = sorted({day for _, day, _ in rows})[-7:]
    types = sorted({kind for kind, _, _ in rows})
    count = {(kind, day): number for kind, day, number in rows}
    totals = {kind: sum(number for name, _, number in rows if name == kind) for kind in types}
    head = ["event_type", "all", *(day.strftime("%m-%d") for day in days)]
    return head, [(kind, totals[kind], *(count.get((kind, day), 0) for day in days)) for kind in types]


def ask(database: duckdb.DuckDBPyConnection, schema: str, text: str) -> tuple[list[str], list[tuple]]:
    answer = database.execute(text.replace("${schema}", schema))
    return [column[0] for column in answer.description], answer.fetchall()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog=__doc__.partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("lake", type=Path, help="the folder")
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object")
    parser.add_argument("--person", metavar="PERSON_ID", help="print one person's events instead")
    args = parser.parse_args()
    questions = QUESTIONS
    if args.person:
        questions = {"person": tuple(text.format(args.person.replace("'", "''")) for text in PERSON)}

    database, values = lake.built(args.lake)
    answers = {name: ask(database, values["schema"], text) for name, (_, text) in questions.items()}
    if args.json:
        objects = {name: [dict(zip(names, row)) for row in rows] for name, (names, rows) in answers.items()}
        print(json.dumps(objects, default=str, ensure_ascii=False, indent=1))
        return
    for name, (names, rows) in answers.items():
        if name == "events":
            names, rows = by_day(rows)
        print(f"{questions[name][0]}\n{table(names, rows)}\n")


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        sys.stderr.close()

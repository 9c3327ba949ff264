// The transform as a good engineer would write it for Node.js, without a library.
//
// Run by the benchmark: reads one request a line from standard input, as JSON with the paths of an invocation and of its
// answer; prints the CPU time (garbage collector's threads included) from the invocation's bytes to the answer's, in
// nanoseconds.

import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

const mapping = JSON.parse(readFileSync(new URL("mapping.json", import.meta.url), "utf8"));
const blockedIds = new Set(mapping.blocked_ids);
const eventTypes = new Map(Object.entries(mapping.event_types));
const columns = mapping.columns.map(({ name, type, sources }) => ({
  name,
  type,
  sources: sources.map((source) => source.split(".")).map((path) => ({ parents: path.slice(0, -1), last: path.at(-1) })),
}));
const itemFields = mapping.item_fields;
const numericItemFields = new Set(["price", "quantity", "position"]);
const parameters = new Map([
  ["utm_source", "utm_source"],
  ["utm_medium", "utm_medium"],
  ["utm_campaign", "utm_campaign"],
  ["q", "search_term"],
]);

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Takes the first source that is there and not blank out of the event. */
function take(event, sources) {
  for (const { parents, last } of sources) {
    let parent = event;
    for (const name of parents) {
      parent = parent[name];
      if (!isObject(parent)) break;
    }
    if (!isObject(parent)) continue;
    const value = parent[last];
    if (value === undefined || value === null || (typeof value === "string" && value.trim() === "")) continue;
    delete parent[last];
    return value;
  }
  return undefined;
}

const text = (value) => (typeof value === "string" ? value : typeof value === "object" ? undefined : String(value));

function id(value) {
  const trimmed = text(value)?.trim();
  return trimmed === undefined || blockedIds.has(trimmed.toLowerCase()) ? undefined : trimmed;
}

function number(value) {
  if (typeof value === "number") return value;
  const parsed = typeof value === "string" ? Number(value) : NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** RFC 3339, the same with a space and without an offset (UTC), or an epoch in seconds or milliseconds. */
function time(value) {
  if (typeof value === "string" && !/^\d+$/.test(value)) {
    const zoned = /(Z|[+-]\d\d:\d\d)$/.test(value) ? value : `${value.replace(" ", "T")}Z`;
    const moment = new Date(zoned);
    return Number.isNaN(moment.getTime()) ? undefined : moment;
  }
  const epoch = Number(value);
  return new Date(epoch < 100_000_000_000 ? epoch * 1000 : epoch);
}

function items(value, row) {
  if (!Array.isArray(value)) return undefined;
  const rows = value.filter(isObject).map((item) => {
    const flat = {};
    for (const { name, sources } of itemFields) {
      const source = sources.find((key) => item[key] !== undefined);
      if (source === undefined) continue;
      const found = numericItemFields.has(name) ? number(item[source]) : text(item[source]);
      if (found !== undefined) flat[name] = found;
      delete item[source];
    }
    if (Object.keys(item).length > 0) flat.extra = item;
    return flat;
  });
  row.item_count = rows.length;
  if (rows.length > 0 && row.item_id === undefined) {
    row.item_id = rows[0].item_id;
    row.item_price = rows[0].price ?? row.item_price;
  }
  return JSON.stringify(rows);
}

const convert = { text, id, lower_id: (value) => id(value)?.toLowerCase(), number, time };

/** What the page's URL says: host, path, campaign, search. */
function page(row) {
  if (row.page_url === undefined || !URL.canParse(row.page_url)) return;
  const url = new URL(row.page_url);
  row.page_host ??= url.host;
  row.page_path ??= url.pathname;
  if (url.search === "") return;
  for (const [key, value] of url.searchParams) {
    const column = parameters.get(key);
    if (column !== undefined) row[column] ??= value;
  }
}

function flatten(event, arrival) {
  const row = {};
  for (const { name, type, sources } of columns) {
    const value = take(event, sources);
    if (value === undefined) continue;
    const converted = type === "items" ? items(value, row) : convert[type](value);
    if (converted !== undefined) row[name] = converted;
  }
  const eventTime = row.event_time ?? arrival;
  row.event_time = eventTime.toISOString();
  row.received_at = arrival.toISOString();
  page(row);
  const eventType = eventTypes.get((row.event_name ?? "").toLowerCase().replace(/[ _-]/g, "")) ?? "other";
  if (eventType === "purchase") row.order_total ??= row.event_value;
  if (Object.keys(event).length > 0) row.extra = JSON.stringify(event);
  const early = arrival - eventTime < 7 * 86_400_000;
  const date = early && eventTime - arrival < 3_600_000 ? row.event_time : row.received_at;
  return { row, keys: { event_type: eventType, date: date.slice(0, 10) } };
}

export async function handler(event) {
  const records = event.records.map(({ recordId, data, approximateArrivalTimestamp }) => {
    let parsed;
    try {
      parsed = JSON.parse(Buffer.from(data, "base64").toString("utf8"));
    } catch {
      return { recordId, result: "ProcessingFailed", data };
    }
    const { row, keys } = flatten(parsed, new Date(approximateArrivalTimestamp));
    const line = `${JSON.stringify(row)}\n`;
    return { recordId, result: "Ok", data: Buffer.from(line).toString("base64"), metadata: { partitionKeys: keys } };
  });
  return { records };
}

const cpu = ({ user, system }) => (user + system) * 1000;
console.log(JSON.stringify({ version: `Node ${process.versions.node}`, start_ns: cpu(process.cpuUsage()) }));
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const body = readFileSync(request.invocation);
  const begun = process.cpuUsage();
  // As the runtime's own client does around a handler.
  const answer = Buffer.from(JSON.stringify(await handler(JSON.parse(body.toString("utf8")))));
  const spent = cpu(process.cpuUsage(begun));
  writeFileSync(request.answer, answer);
  console.log(spent);
}

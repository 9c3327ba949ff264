// The transform as a good engineer would write it for Node.js, without a library.
//
// Run by the benchmark: reads one request a line from standard input, as JSON with the paths of an invocation and of its
// answer; prints the CPU time (garbage collector's threads included) from the invocation's bytes to the answer's, in
// nanoseconds.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { isIPv4, isIPv6 } from "node:net";
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
const parameters = new Map(Object.entries(mapping.parameters));
const clickIds = new Set(mapping.click_ids);
const firstItem = Object.entries(mapping.first_item);
const truths = new Map([["true", true], ["yes", true], ["1", true], ["granted", true], ["false", false], ["no", false], ["0", false], ["denied", false]]);

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

/** The /24 or /48 network of an IP address, the first one of a list. */
function network(value) {
  const address = String(value).split(",", 1)[0].trim();
  if (isIPv4(address)) return `${address.slice(0, address.lastIndexOf("."))}.0`;
  if (!isIPv6(address)) return undefined;
  // The URL parser knows the canonical spelling.
  const [first, second, third] = new URL(`http://[${address}]`).hostname.slice(1, -1).split(":");
  return `${first}:${second}:${third}::`;
}

/** SHA-256 of the trimmed lower-case address. */
function email(value) {
  if (typeof value !== "string" || !value.includes("@")) return undefined;
  return createHash("sha256").update(value.trim().toLowerCase()).digest("hex");
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
  row.item_quantity ??= rows.reduce((sum, { quantity }) => sum + (quantity ?? 1), 0);
  if (rows.length > 0 && row.item_id === undefined) {
    for (const [column, field] of firstItem) row[column] ??= rows[0][field];
  }
  return JSON.stringify(rows);
}

const convert = {
  text,
  lower: (value) => text(value)?.toLowerCase(),
  id,
  lower_id: (value) => id(value)?.toLowerCase(),
  number,
  boolean: (value) => truths.get(text(value)?.trim().toLowerCase()),
  network,
  email,
  time,
};

/** What the URLs say: hosts, path, query, campaign, click id, search. */
function page(row) {
  if (row.referrer_url !== undefined && URL.canParse(row.referrer_url)) row.referrer_host = new URL(row.referrer_url).host;
  if (row.page_url === undefined || !URL.canParse(row.page_url)) return;
  const url = new URL(row.page_url);
  row.page_host ??= url.host;
  row.page_path ??= url.pathname;
  if (url.search === "") return;
  // As it was sent: the URL's own search is encoded anew.
  row.page_query = row.page_url.split("#", 1)[0].slice(row.page_url.indexOf("?") + 1);
  for (const [key, value] of url.searchParams) {
    const column = parameters.get(key);
    if (column !== undefined) row[column] ??= value;
    else if (clickIds.has(key) && row.click_id === undefined) [row.click_id, row.click_id_type] = [value, key];
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
  row.schema_version = 1;
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

//! docs/benchmarks.md: the results as tables.

use crate::cost::thousands;
use crate::results::{Function, Growth, PerPeer, Point, Results, Rounds, Speed, median, quantile, ratios};
use crate::workload::MAX_REQUEST;
use crate::{floor, ours};
use std::fmt::Write;

/// The page.
pub fn markdown(results: &Results) -> String {
    let machine = &results.machine;
    let mut page = format!(
        "# Benchmarks\n\n\
        Made by `make bench`; do not edit. {}, {}, {} cores (load {:.1} when it began), {}.\n\n{METHOD}\n",
        machine.date,
        machine.processor,
        machine.cores,
        machine.load,
        machine.versions.join(", "),
    );
    for missing in &results.missing {
        let _ = writeln!(page, "**Not measured here**: {missing}\n");
    }
    page.push_str("![CPU milliseconds per MB](benchmarks.svg)\n\n## CPU time\n\n");
    speed(&mut page, &results.speed);
    page.push_str(&peers(results));
    page.push_str("## Instructions and allocations\n\n");
    counts(&mut page, &results.instructions, &results.allocations);
    page.push_str("## Through lambda_runtime\n\n");
    functions(&mut page, &results.functions, &results.starts);
    page.push_str("## Growth\n\n");
    growth(&mut page, &results.growth);
    page.push_str("## Enrichment\n\n");
    page.push_str("Instructions that are saved when the schema leaves it out (mixed traffic):\n\n| left out | saves |\n|--|--:|\n");
    for share in &results.enrichment {
        let _ = writeln!(page, "| {} | {:.0} % |", share.without, share.share * 100.0);
    }
    page.push_str(
        "\nThe search for e-mail addresses in all texts and the hash of events without an id belong to no column, so they \
        cannot be left out.\n",
    );
    page
}

const METHOD: &str = "\
Times are CPU times, never wall times: of the thread (Rust, Python), of the process with its garbage collector's threads \
(Node.js), of the kernel's account of the process (functions). What is compiled is built by cargo-lambda, as the function \
is. All peers answer the same invocations in turn, round by round, so what else runs on the machine disturbs them alike; each \
answers three times in a row, and the least time counts. A figure is the median of all rounds, a ratio the median of the \
rounds' ratios, with the tenth and the ninetieth percentile behind it. Traffic is generated from a seed. A megabyte is a \
million bytes of records before base64.
";

/// What the peers are and lack.
fn peers(results: &Results) -> String {
    let Results { columns, covered, .. } = results;
    format!(
        "\
The peers ([Python](../crates/bench/peers/powertools.py), [Node.js](../crates/bench/peers/plain.mjs), \
[Rust](../crates/bench/src/typical.rs)) are what one would write from their documentation around one \
[table of columns](../crates/bench/peers/mapping.json). Before times are taken, their rows are held against the \
transform's: equal in every column that they cover, for three dialects (plain, Segment calls, gtag). They do less: {covered} of \
{columns} columns, no user agents, no ids for events without one, no privacy but for the columns of IP and e-mail addresses \
(elsewhere they, cards and passwords go through), no flags, no widths and types that \
are held, no repeated keys, no spellings but the listed ones, no batches and envelopes, no limit of the answer's size, no \
metrics. The [floor](../crates/bench/src/floor.rs) makes no rows at all: it decodes, looks at every byte once, copies and \
encodes with vector instructions.\n\n"
    )
}

fn speed(page: &mut String, speeds: &[Speed]) {
    let Some(first) = speeds.first() else { return };
    let names: Vec<_> = first.peers.iter().map(|peer| peer.peer.as_str()).collect();
    let _ = writeln!(page, "CPU milliseconds per MB:\n\n| events | bytes an event | {} |", names.join(" | "));
    let _ = writeln!(page, "|--|--:|{}", "--:|".repeat(names.len()));
    for speed in speeds {
        let figures: Vec<_> = speed.peers.iter().map(|peer| format!("{:.2}", median(&peer.ms_per_mb))).collect();
        let average = speed.raw / speed.records.max(1);
        let _ = writeln!(page, "| {} | {average} | {} |", speed.workload, figures.join(" | "));
    }
    let others: Vec<_> = names.iter().filter(|name| **name != ours::NAME).collect();
    let heads: Vec<_> = others.iter().map(|name| if **name == floor::NAME { "of the floor" } else { name }).collect();
    let _ = writeln!(
        page,
        "\nTimes the transform's CPU time (and the transform's, times the floor's):\n\n| events | {} |",
        heads.join(" | ")
    );
    let _ = writeln!(page, "|--|{}", "--:|".repeat(others.len()));
    for speed in speeds {
        let Some(our) = speed.peers.iter().find(|peer| peer.peer == ours::NAME) else { continue };
        let ratio = |name: &str| {
            let peer = speed.peers.iter().find(|peer| peer.peer == name);
            peer.map_or_else(String::new, |peer| if name == floor::NAME { ratio(our, peer) } else { ratio(peer, our) })
        };
        let figures: Vec<_> = others.iter().map(|name| ratio(name)).collect();
        let _ = writeln!(page, "| {} | {} |", speed.workload, figures.join(" | "));
    }
    firsts(page, speeds);
    let rows: usize = speeds.iter().map(|speed| speed.rows_equal).sum();
    let _ = writeln!(page, "\n{} rows of peers were compared and equal.", thousands_of(rows));
    for speed in speeds.iter().filter(|speed| speed.response_full > 0) {
        let _ = writeln!(
            page,
            "In `{}` the transform answered {} of {} records `ProcessingFailed`, because Lambda takes no longer answer: its \
            figure is of less output.",
            speed.workload, speed.response_full, speed.records
        );
        for peer in speed.peers.iter().filter(|peer| peer.answer > MAX_REQUEST) {
            #[allow(clippy::cast_precision_loss)] // megabytes
            let answer = peer.answer as f64 / 1e6;
            let _ = writeln!(page, "{}'s answer has {answer:.1} MB: Lambda would fail the invocation.", peer.peer);
        }
    }
    page.push('\n');
}

/// What the first answers in a row take, on the first workload.
fn firsts(page: &mut String, speeds: &[Speed]) {
    let Some(speed) = speeds.first() else { return };
    let Some(our) = speed.peers.iter().find(|peer| peer.peer == ours::NAME) else { return };
    let more = (median(&ratios(&our.first_ms_per_mb, &our.ms_per_mb)) - 1.0) * 100.0;
    let others = speed.peers.iter().filter(|peer| ![ours::NAME, floor::NAME].contains(&peer.peer.as_str()));
    let times = others.map(|peer| format!("{} {}", peer.peer, spread(&peer.first_ms_per_mb, &our.first_ms_per_mb)));
    let _ = writeln!(
        page,
        "\nThe first of three answers finds the processor's caches full of what other peers left there. On `{}` the transform \
        takes {more:.0} % longer for it than for the quickest; among first answers the others take, times as long: {}.",
        speed.workload,
        times.collect::<Vec<_>>().join(", ")
    );
}

/// Median, tenth and ninetieth percentile of the rounds' ratios.
fn ratio(one: &Rounds, other: &Rounds) -> String {
    spread(&one.ms_per_mb, &other.ms_per_mb)
}

fn spread(one: &[f64], other: &[f64]) -> String {
    let ratios = ratios(one, other);
    let [low, middle, high] = [0.1, 0.5, 0.9].map(|q| quantile(&ratios, q));
    format!("{middle:.1}x ({low:.1}–{high:.1})")
}

fn counts(page: &mut String, instructions: &[PerPeer], allocations: &[PerPeer]) {
    let mut peers: Vec<&str> = Vec::new();
    for figure in instructions.iter().chain(allocations) {
        if !peers.contains(&figure.peer.as_str()) {
            peers.push(&figure.peer);
        }
    }
    let _ = writeln!(page, "| | {} |\n|--|{}", peers.join(" | "), "--:|".repeat(peers.len()));
    let mut row = |label: &str, figures: &[PerPeer], on: &str| {
        let figure = |peer: &&str| figures.iter().find(|figure| figure.peer == *peer && figure.on == on);
        let cells: Vec<_> =
            peers.iter().map(|peer| figure(peer).map_or_else(String::new, |f| format!("{:.1}", f.value))).collect();
        let _ = writeln!(page, "| {label} | {} |", cells.join(" | "));
    };
    let mut workloads: Vec<&str> = instructions.iter().map(|figure| figure.on.as_str()).collect();
    workloads.dedup();
    for workload in workloads {
        row(&format!("instructions a byte, {workload}"), instructions, workload);
    }
    row("allocations a record, all traffic", allocations, "traffic");
    page.push('\n');
}

#[allow(clippy::cast_precision_loss)] // bytes
fn functions(page: &mut String, functions: &[Function], starts: &[PerPeer]) {
    page.push_str(
        "The built functions behind a runtime API on loopback; CPU time of the process, sockets included, from the request \
        read to the answer posted.\n\n",
    );
    let names: Vec<_> = functions.iter().map(|function| function.peer.as_str()).collect();
    let _ = writeln!(page, "| | {} | ratio |\n|--|{}--:|", names.join(" | "), "--:|".repeat(names.len()));
    let mut row = |label: String, cell: &dyn Fn(&Function) -> String, of: &dyn Fn(&Function) -> Vec<f64>| {
        let cells: Vec<_> = functions.iter().map(cell).collect();
        let ratio = if let [one, other] = functions { spread(&of(other), &of(one)) } else { String::new() };
        let _ = writeln!(page, "| {label} | {} | {ratio} |", cells.join(" | "));
    };
    let invocations = functions.first().map_or(0, |function| function.invocation_ms.len());
    for at in 0..invocations {
        let times =
            |function: &Function| function.invocation_ms.get(at).map_or_else(Vec::new, |times| times.ms.clone());
        let label = format!("CPU ms an invocation, {}", functions[0].invocation_ms[at].workload);
        row(label, &|function| format!("{:.1}", median(&times(function))), &times);
    }
    row("CPU ms, start to first poll".to_owned(), &|f| format!("{:.1}", median(&f.start_cpu_ms)), &|f| {
        f.start_cpu_ms.clone()
    });
    row("wall ms, start to first poll".to_owned(), &|f| format!("{:.1}", median(&f.start_wall_ms)), &|f| {
        f.start_wall_ms.clone()
    });
    row(
        "peak memory in MB at the largest request".to_owned(),
        &|f| format!("{:.1}", f.peak_memory as f64 / 1e6),
        &|f| vec![f.peak_memory as f64],
    );
    row("binary in MB".to_owned(), &|f| format!("{:.1}", f.binary as f64 / 1e6), &|f| vec![f.binary as f64]);
    page.push('\n');
    for start in starts {
        let _ = writeln!(
            page,
            "{}: {:.0} ms of CPU from process start to readiness, without a runtime client.",
            start.peer, start.value
        );
    }
    page.push('\n');
}

fn growth(page: &mut String, growth: &[Growth]) {
    page.push_str(
        "What a byte of records costs the transform, in instructions (in nanoseconds, where valgrind is missing). From \
        one size to the next, work is linear if that does not grow; small sizes bear the cost of a record. What stands beside \
        an envelope's events belongs to each of them, so a byte there is paid once an event, up to a bound. The largest sizes of \
        some rows bear a cost that the others do not: a value wider than its column is written twice, and what is left over \
        and wider than its column's 65,535 bytes is searched for the parts that have to go.\n\n\
        | what grows | size: cost a byte | last / the one before |\n|--|--|--:|\n",
    );
    for shape in growth {
        let cost = |point: &Point| point.instructions_per_byte.unwrap_or(point.ns_per_byte);
        let cells: Vec<_> = shape.points.iter().map(|point| format!("{}: {:.1}", point.size, cost(point))).collect();
        let grown = shape.points.last_chunk().map_or(f64::NAN, |[before, last]| cost(last) / cost(before));
        let _ = writeln!(page, "| {} | {} | {grown:.2} |", shape.shape, cells.join(", "));
    }
    page.push('\n');
}

#[allow(clippy::cast_precision_loss)] // rows
fn thousands_of(count: usize) -> String {
    thousands(count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::svg;

    #[test]
    fn ratios_are_of_rounds_not_of_medians_and_the_floors_is_the_other_way_round() {
        let peer = |name: &str, ms_per_mb: &[f64]| Rounds {
            peer: name.to_owned(),
            answer: if name == "other" { 7_000_000 } else { 1_000_000 },
            ms_per_mb: ms_per_mb.to_vec(),
            first_ms_per_mb: ms_per_mb.iter().map(|ms| ms * 1.1).collect(),
        };
        let results = Results {
            missing: vec!["plain Node.js: node does not start".to_owned()],
            speed: vec![Speed {
                workload: "mixed, 1 MB".to_owned(),
                raw: 1_000_000,
                records: 2_000,
                rows_equal: 4_000,
                response_full: 7,
                peers: vec![
                    peer(ours::NAME, &[1.0, 2.0, 4.0]),
                    peer("other", &[10.0, 30.0, 40.0]),
                    peer(floor::NAME, &[0.5, 1.0, 2.0]),
                ],
            }],
            ..Results::default()
        };
        let page = markdown(&results);
        for text in [
            "| mixed, 1 MB | 500 | 2.00 | 30.00 | 1.00 |",
            "| mixed, 1 MB | 10.0x (10.0–14.0) | 2.0x (2.0–2.0) |",
            "On `mixed, 1 MB` the transform takes 10 % longer",
            "times as long: other 10.0x (10.0–14.0).",
            "4,000 rows of peers",
            "7 of 2000 records",
            "other's answer has 7.0 MB",
            "**Not measured here**: plain Node.js",
        ] {
            assert!(page.contains(text), "{text}\n{page}");
        }
        let plot = svg(&results);
        assert!(plot.contains("other</text>") && plot.contains("30.0 ms   10.0×</text>"), "{plot}");
    }
}

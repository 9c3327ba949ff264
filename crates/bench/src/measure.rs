//! `bench measure`: everything, one thing after the other.

use anyhow::{Context, Result};
use clickstream_bench::ablation::PARTS;
use clickstream_bench::function::Function;
use clickstream_bench::peer::Peer;
use clickstream_bench::results::{self, Growth, InvocationTimes, Machine, PerPeer, Point, Results, Share};
use clickstream_bench::shapes::SHAPES;
use clickstream_bench::worker::{Program, Worker};
use clickstream_bench::workload::{Traffic, Workload};
use clickstream_bench::{floor, instructions, ours, peer, speed, typical, verify};
use std::ffi::OsStr;
use std::io::{IsTerminal, Write, stderr};
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A shop's traffic, a record a line: `clickstream generate`
    #[arg(long)]
    traffic: PathBuf,
    /// The day, for the report
    #[arg(long)]
    date: String,
    /// The built Lambda
    #[arg(long)]
    transform: PathBuf,
    /// The typical Lambda, built in the same way
    #[arg(long)]
    typical: PathBuf,
    /// The program that counts allocations
    #[arg(long)]
    allocations: PathBuf,
    /// A Python that has what peers/requirements.txt says
    #[arg(long)]
    python: PathBuf,
    /// Node.js
    #[arg(long, default_value = "node")]
    node: PathBuf,
    /// How often everything is timed
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// For invocations and answers on their way to other processes
    #[arg(long, default_value = "target/bench")]
    scratch: PathBuf,
    /// Where the results go
    #[arg(long, default_value = super::RESULTS)]
    out: PathBuf,
}

/// Tells what is being measured: a line that is overwritten on a terminal, lines elsewhere.
fn note(what: &str) {
    let end = if stderr().is_terminal() { "\x1b[K\r" } else { "\n" };
    let _ = write!(stderr(), "{what}{end}");
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let lines = std::fs::read_to_string(&args.traffic).with_context(|| format!("no {}", args.traffic.display()))?;
    let traffic = Traffic::new(&lines);
    let workloads = [traffic.workloads("1 MB", 1_000_000), traffic.workloads("3 MB", 3_000_000)].concat();
    // Instructions are as stable with fewer records, and valgrind takes fifty times as long.
    let excerpts = traffic.workloads("0.3 MB", ENOUGH);
    let mut measured = Results {
        machine: machine(&args.date)?,
        columns: ours::transform()?.plan().columns.len(),
        covered: verify::covered()?.len() + 1, // and `extra`
        ..Results::default()
    };
    let mut peers = peer::linked()?;
    for program in [
        Program { name: "Powertools (Python)", interpreter: args.python.clone(), script: "powertools.py" },
        Program { name: "plain Node.js", interpreter: args.node.clone(), script: "plain.mjs" },
    ] {
        match Worker::start(&program, &args.scratch) {
            Ok(worker) => {
                let value = worker.start.as_secs_f64() * 1e3;
                measured.starts.push(PerPeer { peer: program.name.to_owned(), on: "start".to_owned(), value });
                measured.machine.versions.push(worker.version.clone());
                peers.insert(peers.len() - 1, Box::new(worker));
            }
            Err(missing) => measured.missing.push(format!("{}: {missing:#}", program.name)),
        }
    }
    measured.speed = speed::measure(&mut peers, &workloads, args.rounds, note)?;
    drop(peers);
    measured.functions = functions(args, &workloads, &traffic.workloads("6 MB", usize::MAX)[0])?;
    let counter = Counter::new(args);
    if counter.valgrind {
        for workload in &excerpts {
            for who in [ours::NAME, typical::NAME, floor::NAME] {
                note(&format!("instructions, {}, {who}", workload.name));
                let value = counter.per_byte(who, workload)?;
                measured.instructions.push(PerPeer { peer: who.to_owned(), on: workload.name.clone(), value });
            }
        }
    } else {
        measured.missing.push("instructions: valgrind is not installed".to_owned());
    }
    measured.allocations = allocations(&args.allocations, &args.traffic)?;
    measured.growth = growth(&counter, &lines)?;
    measured.enrichment = enrichment(&counter, &excerpts[0])?;
    measured.write(&args.out)?;
    note(&format!("wrote {}", args.out.display()));
    Ok(())
}

/// What a byte of records costs, in instructions where valgrind is.
struct Counter<'a> {
    valgrind: bool,
    args: &'a Args,
}

impl<'a> Counter<'a> {
    fn new(args: &'a Args) -> Self {
        Self { valgrind: instructions::available(), args }
    }

    #[allow(clippy::cast_precision_loss)] // bytes
    fn per_byte(&self, who: &str, workload: &Workload) -> Result<f64> {
        let file = self.args.scratch.join("invocation.json");
        std::fs::write(&file, &workload.body)?;
        let count = instructions::per_repetition(|times| {
            let times = times.to_string();
            instructions::of_this_program(&["repeat".as_ref(), who.as_ref(), file.as_os_str(), OsStr::new(&times)])
        })?;
        Ok(count / workload.raw as f64)
    }
}

fn machine(date: &str) -> Result<Machine> {
    let first = |file: &str, field: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(field)).unwrap_or("unknown").to_owned();
        line.trim_start_matches([' ', '\t', ':']).to_owned()
    };
    let said = |program: &str| -> Result<String> {
        let output = Command::new(program).arg("--version").output();
        let output = output.with_context(|| format!("{program} does not start"))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let mut versions = vec![said("rustc")?];
    versions.extend(said("valgrind").ok());
    Ok(Machine {
        date: date.to_owned(),
        processor: first("/proc/cpuinfo", "model name"),
        cores: std::thread::available_parallelism()?.get(),
        load: first("/proc/loadavg", "").split(' ').next().unwrap_or("").parse().unwrap_or(f64::NAN),
        versions,
    })
}

fn functions(args: &Args, workloads: &[Workload], largest: &Workload) -> Result<Vec<results::Function>> {
    let binaries = [(ours::NAME, &args.transform), (typical::NAME, &args.typical)];
    let workloads: Vec<_> = workloads.iter().filter(|workload| workload.name.starts_with("mixed")).collect();
    let mut functions = Vec::new();
    for (name, binary) in binaries {
        functions.push(results::Function {
            peer: name.to_owned(),
            binary: std::fs::metadata(binary).with_context(|| format!("no {}", binary.display()))?.len(),
            start_cpu_ms: Vec::new(),
            start_wall_ms: Vec::new(),
            invocation_ms: Vec::new(),
            peak_memory: peak_memory(binary, largest)?,
        });
    }
    for round in 1..=args.rounds {
        note(&format!("starts, round {round} of {}", args.rounds));
        for (function, (_, binary)) in functions.iter_mut().zip(binaries) {
            let started = Function::start(&mut Command::new(binary))?;
            function.start_cpu_ms.push(started.cpu()?.as_secs_f64() * 1e3);
            function.start_wall_ms.push(started.start.as_secs_f64() * 1e3);
        }
    }
    for workload in workloads {
        let mut running = Vec::new();
        for ((_, binary), function) in binaries.iter().zip(&mut functions) {
            let mut started = Function::start(&mut Command::new(binary))?;
            started.invoke(&workload.body)?; // what is filled or paged in once
            running.push(started);
            let Workload { name, raw, records, .. } = workload;
            function.invocation_ms.push(InvocationTimes {
                workload: name.clone(),
                raw: *raw,
                records: *records,
                ms: Vec::new(),
            });
        }
        for round in 1..=args.rounds {
            note(&format!("functions, {}, round {round} of {}", workload.name, args.rounds));
            for (function, running) in functions.iter_mut().zip(&mut running) {
                let before = running.cpu()?;
                running.invoke(&workload.body)?;
                let spent = running.cpu()?.saturating_sub(before).as_secs_f64() * 1e3;
                function.invocation_ms.last_mut().into_iter().for_each(|times| times.ms.push(spent));
            }
        }
    }
    Ok(functions)
}

/// With the largest request that Lambda takes.
fn peak_memory(binary: &Path, largest: &Workload) -> Result<u64> {
    let mut function = Function::start(&mut Command::new(binary))?;
    function.invoke(&largest.body)?;
    function.peak_memory()
}

/// As the program `allocations` counts them.
fn allocations(program: &Path, traffic: &Path) -> Result<Vec<PerPeer>> {
    note("allocations");
    let output = Command::new(program).arg(traffic).output().with_context(|| format!("no {}", program.display()))?;
    let lines = String::from_utf8(output.stdout)?;
    let figure = |line: &str| {
        let mut fields = line.split('\t');
        let (peer, count) = (fields.next()?, fields.next()?);
        Some(PerPeer { peer: peer.to_owned(), on: "traffic".to_owned(), value: count.parse().ok()? })
    };
    lines.lines().map(|line| figure(line).with_context(|| format!("not a figure: {line}"))).collect()
}

/// Bytes of records that suffice where instructions are counted: a few of the largest shapes.
const ENOUGH: usize = 300_000;

fn growth(counter: &Counter, lines: &str) -> Result<Vec<Growth>> {
    let mut traffic = Growth { shape: "invocation of mixed traffic, MB".to_owned(), points: Vec::new() };
    let lines: Vec<_> = lines.lines().collect();
    for (size, raw) in [("0.2", 200_000), ("0.5", 500_000), ("1", 1_000_000), ("2", 2_000_000), ("3", 3_000_000)] {
        traffic.points.push(point(counter, size.to_owned(), &Workload::of("traffic", &lines, raw))?);
    }
    let mut all = vec![traffic];
    for shape in &SHAPES {
        let points = shape.sizes.iter().map(|size| point(counter, size.to_string(), &shape.workload(*size, ENOUGH)));
        all.push(Growth { shape: format!("{}, {}", shape.name, shape.unit), points: points.collect::<Result<_>>()? });
    }
    Ok(all)
}

fn point(counter: &Counter, size: String, workload: &Workload) -> Result<Point> {
    note(&format!("growth, {}", workload.name));
    let instructions_per_byte = counter.valgrind.then(|| counter.per_byte(ours::NAME, workload)).transpose()?;
    let peers = &mut peer::linked()?[..1];
    Ok(Point { size, raw: workload.raw, ns_per_byte: least(peers[0].as_mut(), workload)?, instructions_per_byte })
}

/// The least CPU nanoseconds per byte of records of several runs.
fn least(peer: &mut dyn Peer, workload: &Workload) -> Result<f64> {
    let mut answer = Vec::new();
    let runs: Vec<_> = (0..5).map(|_| peer.answer(workload.body.as_bytes(), &mut answer)).collect::<Result<_>>()?;
    #[allow(clippy::cast_precision_loss)] // bytes
    Ok(runs.iter().min().map_or(f64::NAN, std::time::Duration::as_secs_f64) * 1e9 / workload.raw as f64)
}

fn enrichment(counter: &Counter, workload: &Workload) -> Result<Vec<Share>> {
    let mut shares = Vec::new();
    if counter.valgrind {
        let whole = counter.per_byte(ours::NAME, workload)?;
        for part in &PARTS {
            note(&format!("without {}", part.name));
            let share = 1.0 - counter.per_byte(part.name, workload)? / whole;
            shares.push(Share { without: part.name.to_owned(), share });
        }
    }
    Ok(shares)
}

//! The transform gets no slower unnoticed. Held are figures that are the same on a busy machine as on an idle one, never
//! seconds: heap allocations per record, and instructions per byte of records of the built artefact, from the poll's
//! answer to the posted answer. `gate.toml` has them; `BLESS=1 make test` writes it anew.

use clickstream_bench::function::Function;
use clickstream_bench::instructions::{available, collected, counting, per_repetition};
use clickstream_bench::ours;
use clickstream_bench::shapes::SHAPES;
use clickstream_bench::workload::Workload;
use serde::Deserialize;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const GATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/gate.toml");
const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/shop-day.ndjson");

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
struct Gate {
    allocations_per_record: f64,
    instructions_per_byte: f64,
    instructions_per_byte_of_wide: f64,
}

impl Gate {
    fn read() -> Self {
        let text =
            std::fs::read_to_string(GATE).unwrap_or_else(|error| panic!("{GATE}: {error}; run BLESS=1 make test"));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{GATE}: {error}; run BLESS=1 make test"))
    }

    fn write(self) {
        let Self { allocations_per_record, instructions_per_byte, instructions_per_byte_of_wide } = self;
        let text = format!(
            "# What tests/gate.rs holds; written by `BLESS=1 make test`. On samples/shop-day.ndjson.\n\
            allocations_per_record = {allocations_per_record:.2}\n\
            # Of the artefact that make builds, x86_64; and of records with 5,000 attributes that no column knows:\n\
            instructions_per_byte = {instructions_per_byte:.1}\n\
            instructions_per_byte_of_wide = {instructions_per_byte_of_wide:.1}\n"
        );
        std::fs::write(GATE, text).unwrap_or_else(|error| panic!("{GATE}: {error}"));
    }
}

/// What is wrong with `found`, if it is not within `tolerance` of what is `blessed`.
fn differs(what: &str, found: f64, blessed: f64, tolerance: f64) -> Option<String> {
    let (low, high) = (blessed * (1.0 - tolerance), blessed * (1.0 + tolerance));
    let kind = if found > high {
        "worse"
    } else if found < low {
        "better"
    } else {
        return None;
    };
    Some(format!("{what}: {found:.2}, {kind} than {blessed:.2}; if that is meant, BLESS=1 make test"))
}

/// Written past the test harness, which keeps the output of tests that pass.
fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "\nSKIPPED, instructions are not held: {why}\n");
}

fn allocations_per_record() -> f64 {
    let output = Command::new(env!("CARGO_BIN_EXE_allocations")).arg(SAMPLES).output().expect("the counter runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let ours = text.lines().find_map(|line| line.strip_prefix(ours::NAME)).expect("a line of ours");
    ours.split('\t').nth(1).expect("a figure").parse().expect("a number")
}

/// Of samples, and of wide records. `None` where it cannot be counted.
fn instructions_per_byte() -> Option<[f64; 2]> {
    let Some(artefact) = std::env::var_os("CLICKSTREAM_BOOTSTRAP").filter(|path| Path::new(path).exists()) else {
        skipped("CLICKSTREAM_BOOTSTRAP names no built artefact; `make test` builds it");
        return None;
    };
    if !cfg!(target_arch = "x86_64") || !available() {
        skipped("it takes valgrind, on x86_64");
        return None;
    }
    let samples = std::fs::read(SAMPLES).expect("samples");
    let lines: Vec<_> = samples.split(|byte| *byte == b'\n').collect();
    let workload = Workload::of("samples", &lines, 100_000);
    let wide = SHAPES.iter().find(|shape| shape.name == "unknown attributes").expect("the shape");
    Some([workload, wide.workload(5_000, 300_000)].map(|workload| {
        let per_invocation = per_repetition(|times| {
            let mut function = Function::start(counting(&artefact).stderr(Stdio::piped()))?;
            for _ in 0..times {
                function.invoke(&workload.body)?;
            }
            collected(&function.end()?)
        });
        #[allow(clippy::cast_precision_loss)] // bytes
        let bytes = workload.raw as f64;
        per_invocation.unwrap_or_else(|error| panic!("{error:#}")) / bytes
    }))
}

#[test]
fn allocations_and_instructions_are_as_blessed() {
    let allocations_per_record = allocations_per_record();
    let instructions = instructions_per_byte();
    if std::env::var_os("BLESS").is_some() {
        let [instructions_per_byte, instructions_per_byte_of_wide] = instructions.unwrap_or_else(|| {
            let gate = Gate::read();
            [gate.instructions_per_byte, gate.instructions_per_byte_of_wide]
        });
        return Gate { allocations_per_record, instructions_per_byte, instructions_per_byte_of_wide }.write();
    }
    let gate = Gate::read();
    let allocations = differs("allocations a record", allocations_per_record, gate.allocations_per_record, 0.02);
    // A different processor or libc takes other paths through memcpy and memchr.
    let instructions = instructions.map(|[samples, wide]| {
        [
            differs("instructions a byte", samples, gate.instructions_per_byte, 0.05),
            differs("instructions a byte of wide records", wide, gate.instructions_per_byte_of_wide, 0.05),
        ]
    });
    let wrong: Vec<_> = allocations.into_iter().chain(instructions.into_iter().flatten().flatten()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_gate_closes_on_both_sides() {
    assert_eq!(differs("x", 104.0, 100.0, 0.05), None);
    assert!(differs("x", 106.0, 100.0, 0.05).is_some_and(|message| message.contains("106.00, worse than 100.00")));
    assert!(differs("x", 94.0, 100.0, 0.05).is_some_and(|message| message.contains("94.00, better than 100.00")));
}

//! What the transform costs, measured beside what else one could write and beside what no program can avoid.
//!
//! # Layout, in the order in which data flows
//!
//! * [`workload`], [`shapes`]: the invocations: a shop's traffic by size, and what grows or is hostile
//! * [`peer`]: anything that answers invocations: [`ours`], [`typical`], [`floor`], and [`worker`] in other languages
//! * [`verify`]: peers give the rows that the transform gives
//! * [`speed`]: CPU time, interleaved
//! * [`instructions`]: counted by valgrind, so the same on a busy machine
//! * [`function`]: the built Lambdas behind a runtime API, from start to first poll, from request to posted answer
//! * [`ablation`]: what enrichment costs, by leaving it out of the schema
//! * [`results`]: all of it, as a file
//! * [`report`], [`plot`], [`cost`]: the file as docs/benchmarks.md, docs/benchmarks.svg and docs/cost.md
//!
//! Times are CPU times and never asserted; `tests/gate.rs` holds what is stable: instructions and allocations.

pub mod ablation;
pub mod cost;
pub mod floor;
pub mod function;
pub mod instructions;
pub mod ours;
pub mod peer;
pub mod plot;
pub mod report;
pub mod results;
pub mod shapes;
pub mod speed;
pub mod typical;
pub mod verify;
pub mod worker;
pub mod workload;

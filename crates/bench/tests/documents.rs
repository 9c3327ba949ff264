//! docs/benchmarks.md, docs/benchmarks.svg and docs/cost.md are what the results and the prices say.

use clickstream_bench::results::Results;
use clickstream_bench::{cost, plot, report};
use std::path::Path;

#[test]
fn the_documents_are_made_of_the_results() {
    let results = Results::read(Path::new("results.json")).unwrap_or_else(|error| panic!("{error:#}"));
    for (file, text) in [
        ("benchmarks.md", report::markdown(&results)),
        ("benchmarks.svg", plot::svg(&results)),
        ("cost.md", cost::markdown(&results).unwrap_or_else(|error| panic!("{error:#}"))),
    ] {
        let written = std::fs::read_to_string(Path::new("../../docs").join(file)).unwrap_or_default();
        assert!(
            written == text,
            "docs/{file} is older than its results; run cargo run --package clickstream-bench --bin bench -- report"
        );
    }
}

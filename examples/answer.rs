//! Answers one invocation, again and again for a profiler: `answer INVOCATION.json [TIMES]`.
//!
//! What an invocation costs, start-up and warm-up left out, is the difference between two runs:
//!
//! ```text
//! clickstream pack samples/shop-day.ndjson > day.json
//! valgrind --tool=callgrind target/release/examples/answer day.json 1
//! valgrind --tool=callgrind target/release/examples/answer day.json 3
//! ```

use clickstream::batch::answer;
use clickstream::firehose::Request;
use clickstream::schema::Plan;
use clickstream::transform::Transform;
use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("usage: answer INVOCATION.json [TIMES]")?;
    let times = arguments.next().map_or(Ok(1), |times| times.parse())?;
    let body = std::fs::read_to_string(file)?;
    let mut transform = Transform::new(Plan::embedded()?);
    for n in 1..=times {
        let answer = answer(&mut transform, &Request::parse(&body)?, 1_795_428_930_123);
        if n == times {
            std::io::stdout().write_all(&answer.body)?;
            eprintln!("{} bytes in, {} out: {:?}", body.len(), answer.body.len(), answer.counts);
        }
    }
    Ok(())
}

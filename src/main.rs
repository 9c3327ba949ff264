//! The Lambda `transform`: wiring only.

use clickstream::batch::answer;
use clickstream::firehose::Request;
use clickstream::schema::Plan;
use clickstream::telemetry::{failure_lines, metric_line};
use clickstream::transform::Transform;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::value::RawValue;
use std::cell::RefCell;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

fn main() -> Result<(), Error> {
    // A panic's message may quote a record; its place is enough.
    std::panic::set_hook(Box::new(|panic| eprintln!("panicked at {:?}", panic.location())));
    let plan = Plan::embedded().unwrap_or_else(|problems| {
        eprintln!("{problems}");
        std::process::exit(1)
    });
    let transform = RefCell::new(Transform::new(plan));
    let handler = service_fn(async |event: LambdaEvent<Box<RawValue>>| handle(&transform, &event.payload));
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run(handler))
}

fn handle(transform: &RefCell<Transform>, payload: &RawValue) -> Result<Box<RawValue>, Error> {
    let begun = Instant::now();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis().try_into().unwrap_or(0));
    let request = Request::parse(payload.get()).map_err(|error| format!("not a Firehose invocation: {error}"))?;
    let mut transform = transform.borrow_mut();
    let answer = answer(&mut transform, &request, now);
    failure_lines(&request, &answer).for_each(|line| println!("{line}"));
    println!("{}", metric_line(transform.plan(), &request, &answer, now, begun.elapsed().as_secs_f64() * 1e3));
    Ok(RawValue::from_string(answer.body)?)
}

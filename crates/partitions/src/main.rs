//! The Lambda `partitions`: wiring only.

use clickstream::schema::Plan;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use partitions::client::Client;
use partitions::config::Config;
use partitions::glue::Glue;
use partitions::registrar;
use partitions::task::Task;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

fn main() -> Result<(), Error> {
    let plan = Plan::embedded().unwrap_or_else(|problems| refuse(&problems.to_string()));
    let config = Config::read(|name| std::env::var(name).ok(), plan.window).unwrap_or_else(|told| refuse(&told));
    let client = RefCell::new(Client::new(config.access.clone(), SystemTime::now, std::thread::sleep));
    let handler = service_fn(async |event: LambdaEvent<Box<RawValue>>| {
        handle(&plan, &config, &mut client.borrow_mut(), &event.payload).inspect_err(log)
    });
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run(handler))
}

fn handle(plan: &Plan, config: &Config, client: &mut Client, event: &RawValue) -> Result<Value, Error> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis().try_into().unwrap_or(0));
    let task = Task::read(event.get(), now, plan.window, config)?;
    let report = registrar::run(&mut Glue { client, database: &config.database, table: &config.table }, plan, &task);
    println!("{}", report.metric_line(now, &config.database, &config.table));
    report.error().map_or_else(|| Ok(report.summary()), |told| Err(told.into()))
}

/// A schedule's invocation has no caller who would read the error.
fn log(error: &Error) {
    println!("{}", json!({ "level": "ERROR", "message": "partitions failed", "detail": error.to_string() }));
}

fn refuse(told: &str) -> ! {
    eprintln!("{told}");
    std::process::exit(1)
}

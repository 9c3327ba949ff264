//! The Lambda `transform`: wiring only.

mod direct;

use clickstream::schema::Plan;
use clickstream::transform::Transform;
use direct::{Direct, refuse};
use lambda_runtime::tower::layer::layer_fn;
use lambda_runtime::{Error, Runtime, service_fn};
use lambda_runtime_api_client::PooledClient;
use std::cell::RefCell;
use std::rc::Rc;

fn main() -> Result<(), Error> {
    // A panic's message may quote a record; its place is enough.
    std::panic::set_hook(Box::new(|panic| eprintln!("panicked at {:?}", panic.location())));
    let plan = Plan::embedded().unwrap_or_else(|problems| {
        eprintln!("{problems}");
        std::process::exit(1)
    });
    let transform = Rc::new(RefCell::new(Transform::new(plan)));
    let direct =
        layer_fn(move |inner| Direct { transform: transform.clone(), client: PooledClient::builder().build(), inner });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async { Runtime::new(service_fn(refuse)).layer(direct).run().await })
}

//! The Lambda around the typical transform, as the documentation of lambda_runtime writes it.

use aws_lambda_events::firehose::KinesisFirehoseEvent;
use clickstream_bench::typical::Typical;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

fn main() -> Result<(), Error> {
    let typical = Typical::new()?;
    let typical = &typical;
    let handler =
        service_fn(async |event: LambdaEvent<KinesisFirehoseEvent>| Ok::<_, Error>(typical.handle(&event.payload)));
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run(handler))
}

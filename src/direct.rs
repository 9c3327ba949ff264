//! Invocations answered as bytes, past the runtime's own reading and writing of JSON (docs/decisions/0008).

use bytes::Bytes;
use clickstream::batch::answer;
use clickstream::firehose::Request;
use clickstream::telemetry::{failure_lines, metric_line};
use clickstream::transform::Transform;
use lambda_runtime::{Error, LambdaEvent, LambdaInvocation, Service};
use lambda_runtime_api_client::body::Body;
use lambda_runtime_api_client::{PooledClient, build_request};
use serde_json::value::RawValue;
use std::cell::RefCell;
use std::future::ready;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Ties an answer to its invocation, where Lambda sends it: an answer that comes too late is then no other's.
const INVOCATION_ID: &str = "lambda-runtime-invocation-id";

/// Answers what is a Firehose invocation, and leaves all else to the service inside.
pub(crate) struct Direct<S> {
    pub(crate) transform: Rc<RefCell<Transform>>,
    pub(crate) client: PooledClient,
    pub(crate) inner: S,
}

impl<S> Service<LambdaInvocation> for Direct<S>
where
    S: Service<LambdaInvocation, Response = (), Error = Error>,
    S::Future: 'static,
{
    type Response = ();
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

    fn poll_ready(&mut self, context: &mut Context) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, invocation: LambdaInvocation) -> Self::Future {
        let answered = catch_unwind(AssertUnwindSafe(|| handle(&mut self.transform.borrow_mut(), &invocation.body)));
        let Ok(Some(body)) = answered else { return Box::pin(self.inner.call(invocation)) };
        let path = format!("/2018-06-01/runtime/invocation/{}/response", invocation.context.request_id);
        let mut request = build_request().method("POST").uri(path);
        if let Some(id) = invocation.parts.headers.get(INVOCATION_ID) {
            request = request.header(INVOCATION_ID, id);
        }
        let body = Bytes::from(body);
        match request.body(Body::from(body.clone())) {
            Ok(request) => {
                let (sent, transform) = (self.client.call(request), self.transform.clone());
                Box::pin(async move {
                    let status = sent.await?.status();
                    if !status.is_success() {
                        eprintln!("Lambda did not take an answer: {status}");
                    }
                    // Sent, it is nobody else's, and its buffer comes back without a copy.
                    if body.is_unique() {
                        transform.borrow_mut().reuse(body.into());
                    }
                    Ok(())
                })
            }
            Err(error) => Box::pin(ready(Err(error.into()))),
        }
    }
}

/// The answer to an invocation; `None` if it is not Firehose's. Logs what it came to.
fn handle(transform: &mut Transform, body: &[u8]) -> Option<Vec<u8>> {
    let begun = Instant::now();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis().try_into().unwrap_or(0));
    let request = Request::parse(body).ok()?;
    let answer = answer(transform, &request, now);
    failure_lines(&request, &answer).for_each(|line| println!("{line}"));
    println!("{}", metric_line(transform.plan(), &request, &answer, now, begun.elapsed().as_secs_f64() * 1e3));
    Some(answer.body)
}

/// What the service inside says of all that comes to it.
pub(crate) async fn refuse(event: LambdaEvent<Box<RawValue>>) -> Result<(), Error> {
    match Request::parse(event.payload.get()) {
        Err(error) => Err(format!("not a Firehose invocation: {error}").into()),
        Ok(_) => Err("the transform panicked".into()),
    }
}

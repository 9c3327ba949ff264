//! The transform itself, with everything on: what the Lambda does between the bytes that came and the bytes that go.

use crate::workload::ARRIVAL;
use anyhow::{Result, anyhow};
use clickstream::batch::{self, Counts};
use clickstream::firehose::Request;
use clickstream::schema::Plan;
use clickstream::transform::Transform;

/// As tables call it.
pub const NAME: &str = "clickstream";

/// The transform with the schema of the project.
///
/// # Errors
/// Never, as long as the schema compiles.
pub fn transform() -> Result<Transform> {
    Ok(Transform::new(Plan::embedded().map_err(|problems| anyhow!("{problems}"))?))
}

/// An answer, and what it came to.
#[derive(Debug, Default)]
pub struct Answered {
    /// What Firehose gets; nothing for what is no invocation.
    pub body: Vec<u8>,
    /// What it came to.
    pub counts: Counts,
}

/// Answers the invocation `body`.
pub fn answered(transform: &mut Transform, body: &[u8]) -> Answered {
    let Ok(request) = Request::parse(body) else {
        return Answered::default();
    };
    let answer = batch::answer(transform, &request, ARRIVAL);
    Answered { body: answer.body, counts: answer.counts }
}

//! Anything that answers invocations.

use crate::floor::{self, Floor};
use crate::ours;
use crate::typical::{self, Typical};
use anyhow::Result;
use cpu_time::ThreadTime;
use std::time::Duration;

/// A way to write the transform.
pub trait Peer {
    /// As tables call it.
    fn name(&self) -> &str;

    /// Answers the invocation `body` into `answer`, and says what CPU time that took: from the bytes that came to the
    /// bytes that go.
    ///
    /// # Errors
    /// If the peer is another process and that failed.
    fn answer(&mut self, body: &[u8], answer: &mut Vec<u8>) -> Result<Duration>;
}

/// A peer that is linked into this program.
pub struct Linked<F> {
    name: &'static str,
    answer: F,
}

impl<F: FnMut(&[u8], &mut Vec<u8>)> Linked<F> {
    /// The function `answer` as a peer.
    pub fn new(name: &'static str, answer: F) -> Self {
        Self { name, answer }
    }
}

impl<F: FnMut(&[u8], &mut Vec<u8>)> Peer for Linked<F> {
    fn name(&self) -> &str {
        self.name
    }

    fn answer(&mut self, body: &[u8], answer: &mut Vec<u8>) -> Result<Duration> {
        let begun = ThreadTime::now();
        (self.answer)(body, answer);
        Ok(begun.elapsed())
    }
}

/// The linked peers: the transform, the typical one, the floor.
///
/// # Errors
/// Never, as long as schema and mapping can be read.
pub fn linked() -> Result<Vec<Box<dyn Peer>>> {
    let mut transform = ours::transform()?;
    let typical = Typical::new()?;
    let mut floor = Floor::default();
    Ok(vec![
        Box::new(Linked::new(ours::NAME, move |body, answer| {
            transform.reuse(std::mem::take(answer));
            *answer = ours::answered(&mut transform, body).body;
        })),
        Box::new(Linked::new(typical::NAME, move |body, answer| *answer = typical.answer(body))),
        Box::new(Linked::new(floor::NAME, move |body, answer| floor.answer(body, answer))),
    ])
}

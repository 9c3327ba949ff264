//! x
use crate::results::Results;
/// x
pub fn markdown(_: &Results) -> anyhow::Result<String> { Ok(String::new()) }

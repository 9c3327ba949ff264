//! CPU time of all peers on all workloads, interleaved: what else runs on the machine disturbs all of them alike.

use crate::floor;
use crate::ours;
use crate::peer::Peer;
use crate::results::{Rounds, Speed};
use crate::verify::equal;
use crate::workload::Workload;
use anyhow::{Context, Result};
use clickstream::reject::Reason;
use std::time::Duration;

/// How often a peer answers an invocation in a row. What disturbs only adds, so the least time counts.
const IN_A_ROW: usize = 3;

/// Measures `rounds` rounds. A round before them is not counted: in it, the answers of all peers are compared, caches
/// fill and just-in-time compilers compile.
///
/// # Errors
/// If a peer fails, or gives another row.
pub fn measure(
    peers: &mut [Box<dyn Peer>],
    workloads: &[Workload],
    rounds: usize,
    note: impl Fn(&str),
) -> Result<Vec<Speed>> {
    let mut speeds = Vec::new();
    for workload in workloads {
        note(&format!("{}: comparing rows", workload.name));
        speeds.push(compared(peers, workload)?);
    }
    // A peer has its own answer back, as a function has that it sent.
    let mut answers = vec![Vec::new(); peers.len()];
    for round in 1..=rounds {
        note(&format!("CPU time, round {round} of {rounds}"));
        for (workload, speed) in workloads.iter().zip(&mut speeds) {
            for ((peer, times), answer) in peers.iter_mut().zip(&mut speed.peers).zip(&mut answers) {
                let first = peer.answer(workload.body.as_bytes(), answer)?;
                let mut least = first;
                for _ in 1..IN_A_ROW {
                    least = least.min(peer.answer(workload.body.as_bytes(), answer)?);
                }
                #[allow(clippy::cast_precision_loss)] // megabytes
                let ms_per_mb = |spent: Duration| spent.as_secs_f64() * 1e3 / (workload.raw as f64 / 1e6);
                times.first_ms_per_mb.push(ms_per_mb(first));
                times.ms_per_mb.push(ms_per_mb(least));
            }
        }
    }
    Ok(speeds)
}

/// The round before the first, in which answers are compared.
fn compared(peers: &mut [Box<dyn Peer>], workload: &Workload) -> Result<Speed> {
    let ours = ours::answered(&mut ours::transform()?, workload.body.as_bytes());
    let mut speed = Speed {
        workload: workload.name.clone(),
        raw: workload.raw,
        records: workload.records,
        rows_equal: 0,
        response_full: ours.counts.failed[Reason::ResponseFull as usize],
        peers: Vec::new(),
    };
    let mut answer = Vec::new();
    for peer in peers {
        peer.answer(workload.body.as_bytes(), &mut answer)?;
        if peer.name() != floor::NAME {
            let rows = equal(&ours.body, &answer).with_context(|| format!("{}, {}", peer.name(), workload.name))?;
            speed.rows_equal += rows;
        }
        speed.peers.push(Rounds { peer: peer.name().to_owned(), answer: answer.len(), ..Rounds::default() });
    }
    Ok(speed)
}

//! How far visits get on the way from an item to an order.

use super::fact::Fact;
use super::session::Sessions;
use super::table::{Table, iso};
use anyhow::Result;
use std::collections::BTreeMap;
use std::path::Path;

/// A step counts at or after the moment of the one before it.
const STEPS: [&str; 4] = ["item_view", "add_to_cart", "checkout_start", "purchase"];

/// Writes `funnel.csv`: by the day on which they began, the sessions, and those that took each step.
pub(super) fn write(folder: &Path, facts: &[Fact], sessions: &Sessions) -> Result<()> {
    let mut days: BTreeMap<String, [usize; 5]> = BTreeMap::new();
    // When each session took the step before; all have taken none at their beginning.
    let mut reached: Vec<Option<i64>> = sessions.all.iter().map(|session| Some(session.started)).collect();
    for step in 0..=STEPS.len() {
        for (session, _) in sessions.all.iter().zip(&reached).filter(|(_, reached)| reached.is_some()) {
            days.entry(day(session.started)).or_default()[step] += 1;
        }
        let Some(event_type) = STEPS.get(step) else { break };
        let mut next = vec![None; reached.len()];
        for (fact, session) in facts.iter().zip(&sessions.of_event).filter(|(fact, _)| fact.event_type == *event_type) {
            let Some(session) = *session else { continue };
            if next[session].is_none() && reached[session].is_some_and(|before| before <= fact.time) {
                next[session] = Some(fact.time);
            }
        }
        reached = next;
    }
    let mut table =
        Table::begin(folder, "funnel", "day,sessions,viewed_item,added_to_cart,started_checkout,purchased")?;
    for (day, counts) in days {
        let [sessions, viewed, added, started, purchased] = counts.map(|count| count.to_string());
        table.line([&day, &sessions, &viewed, &added, &started, &purchased])?;
    }
    table.end()
}

fn day(ms: i64) -> String {
    let mut text = iso(ms);
    text.truncate("2026-11-23".len());
    text
}

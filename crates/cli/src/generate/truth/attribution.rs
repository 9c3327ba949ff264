//! Which visit an order is owed to.

use super::order::{Orders, Placed};
use super::session::{Session, Sessions};
use super::table::{Table, amount};
use anyhow::Result;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

/// Visits longer before an order, in milliseconds, have no part in it.
const LONGEST_MEMORY: i64 = 30 * 24 * 60 * 60_000;

/// Writes `attribution.csv`: of every order that was not cancelled, the customer's first visit and the last that was not
/// direct.
pub(super) fn write(folder: &Path, orders: &Orders, sessions: &Sessions) -> Result<()> {
    let mut visits: HashMap<&Rc<str>, Vec<&Session>> = HashMap::new();
    for session in &sessions.all {
        visits.entry(&session.person).or_default().push(session);
    }
    let header = "order_id,model,session_key,channel,source,medium,campaign,currency,net";
    let mut table = Table::begin(folder, "attribution", header)?;
    for placed in orders.all.iter().filter(|placed| !placed.cancelled) {
        let since = placed.at - LONGEST_MEMORY;
        let of_person = visits.get(&placed.person).into_iter().flatten().copied();
        let before: Vec<_> = of_person.filter(|visit| (since..=placed.at).contains(&visit.started)).collect();
        let told = before.iter().rev().find(|visit| visit.touch().channel != "Direct");
        line(&mut table, placed, "first_touch", before.first().copied())?;
        line(&mut table, placed, "last_touch", told.or(before.last()).copied())?;
    }
    table.end()
}

fn line(table: &mut Table, placed: &Placed, model: &str, visit: Option<&Session>) -> Result<()> {
    let net = amount(placed.contents.total - placed.returned());
    let (key, [channel, source, medium, campaign]) = match visit {
        Some(visit) => {
            let touch = visit.touch();
            (&*visit.key, [touch.channel, touch.source, touch.medium, touch.campaign])
        }
        None => ("", ["Unassigned", "", "", ""]),
    };
    table.line([&placed.id, model, key, channel, source, medium, campaign, placed.currency, &net])
}

//! All that is known of one person.

use super::fact::Fact;
use super::identity::{Identities, Method};
use super::order::Orders;
use super::session::Sessions;
use super::table::{Table, iso, some};
use super::truth;
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;

#[derive(Debug)]
struct Customer<'a> {
    first: i64,
    last: i64,
    events: usize,
    devices: BTreeSet<&'a Rc<str>>,
    /// Channels of the first session, and of the last that is not direct.
    channels: [Option<&'static str>; 2],
    sessions: usize,
    orders: usize,
    /// By category: pieces bought, items looked at.
    liking: BTreeMap<&'static str, [u64; 2]>,
    search: Option<&'a Rc<str>>,
}

/// Writes `persons.csv`.
pub(super) fn write(
    folder: &Path,
    facts: &[Fact],
    identities: &Identities,
    sessions: &Sessions,
    orders: &Orders,
) -> Result<()> {
    let mut customers: BTreeMap<&Rc<str>, Customer> = BTreeMap::new();
    for (fact, whose) in facts.iter().zip(&identities.events) {
        if whose.robot || whose.method == Method::None {
            continue;
        }
        let customer = customers.entry(&whose.person).or_insert_with(|| Customer::since(fact.time));
        customer.last = fact.time;
        customer.events += 1;
        customer.devices.extend(&fact.cookie);
        customer.search = fact.search.as_ref().or(customer.search);
        if let Some(category) = fact.viewed {
            customer.liking.entry(category).or_default()[1] += 1;
        }
    }
    for session in &sessions.all {
        let Some(customer) = customers.get_mut(&session.person) else { continue };
        let channel = session.touch().channel;
        customer.sessions += 1;
        customer.channels[0] = customer.channels[0].or(Some(channel));
        if channel != "Direct" || customer.channels[1].is_none() {
            customer.channels[1] = Some(channel);
        }
    }
    for placed in orders.all.iter().filter(|placed| !placed.cancelled) {
        let Some(customer) = customers.get_mut(&placed.person) else { continue };
        customer.orders += 1;
        for line in placed.contents.cart.lines.iter().filter(|_| placed.categories) {
            customer.liking.entry(line.item.category).or_default()[0] += u64::from(line.quantity);
        }
    }
    let header = "person_id,known,first_seen,last_seen,events,devices,sessions,orders,first_channel,last_channel,\
                  favourite_category,last_search";
    let mut table = Table::begin(folder, "persons", header)?;
    for (person, customer) in &customers {
        table.line([
            person,
            truth(!person.starts_with("anon:")),
            &iso(customer.first),
            &iso(customer.last),
            &customer.events.to_string(),
            &customer.devices.len().to_string(),
            &customer.sessions.to_string(),
            &customer.orders.to_string(),
            customer.channels[0].unwrap_or_default(),
            customer.channels[1].unwrap_or_default(),
            customer.favourite(),
            some(customer.search),
        ])?;
    }
    table.end()
}

impl Customer<'_> {
    fn since(time: i64) -> Self {
        Self {
            first: time,
            last: time,
            events: 0,
            devices: BTreeSet::new(),
            channels: [None; 2],
            sessions: 0,
            orders: 0,
            liking: BTreeMap::new(),
            search: None,
        }
    }

    /// The category of most pieces, then of most looks, then the first by name.
    fn favourite(&self) -> &'static str {
        let mut best = ("", [0, 0]);
        for (category, liking) in &self.liking {
            if *liking > best.1 {
                best = (category, *liking);
            }
        }
        best.0
    }
}

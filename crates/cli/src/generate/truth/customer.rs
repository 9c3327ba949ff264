//! All that is known of one person.

use super::fact::Fact;
use super::identity::{Identities, Method};
use super::order::Orders;
use super::session::Sessions;
use super::table::{Table, iso, some};
use super::truth;
use crate::generate::shop::campaign::Touch;
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
    /// What led to the first session, and to the last that is not direct.
    touches: [Option<Touch>; 2],
    sessions: usize,
    orders: usize,
    /// Of the first and the last order.
    ordered: Option<[i64; 2]>,
    /// By category: pieces bought, items looked at.
    liking: BTreeMap<&'static str, [u64; 2]>,
    search: Option<&'a Rc<str>>,
    consent: Option<bool>,
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
        customer.consent = fact.consent.or(customer.consent);
        if let Some(category) = fact.viewed {
            customer.liking.entry(category).or_default()[1] += 1;
        }
    }
    for session in &sessions.all {
        let Some(customer) = customers.get_mut(&session.person) else { continue };
        let [first, last] = &mut customer.touches;
        let touch = Some(session.touch());
        customer.sessions += 1;
        *first = first.or(touch);
        let direct = |touch: &Option<Touch>| touch.is_none_or(|touch| touch.channel == "Direct");
        if !direct(&touch) || direct(last) {
            *last = touch;
        }
    }
    for placed in orders.all.iter().filter(|placed| !placed.cancelled) {
        let Some(customer) = customers.get_mut(&placed.person) else { continue };
        customer.orders += 1;
        customer.ordered = Some([customer.ordered.map_or(placed.at, |[first, _]| first), placed.at]);
        for line in placed.contents.cart.lines.iter().filter(|_| placed.categories) {
            customer.liking.entry(line.item.category).or_default()[0] += u64::from(line.quantity);
        }
    }
    let header = "person_id,known,first_seen,last_seen,events,devices,sessions,orders,first_order_at,last_order_at,\
                  first_channel,first_source,first_campaign,last_channel,last_source,last_campaign,\
                  favourite_category,last_search,consent_analytics";
    let mut table = Table::begin(folder, "persons", header)?;
    for (person, customer) in &customers {
        let [first, last] = customer
            .touches
            .map(|touch| touch.map_or([""; 3], |Touch { channel, source, campaign, .. }| [channel, source, campaign]));
        let [first_order, last_order] = customer.ordered.map_or_else(Default::default, |ordered| ordered.map(iso));
        table.line([
            person,
            truth(!person.starts_with("anon:")),
            &iso(customer.first),
            &iso(customer.last),
            &customer.events.to_string(),
            &customer.devices.len().to_string(),
            &customer.sessions.to_string(),
            &customer.orders.to_string(),
            &first_order,
            &last_order,
            first[0],
            first[1],
            first[2],
            last[0],
            last[1],
            last[2],
            customer.favourite(),
            some(customer.search),
            customer.consent.map_or("", truth),
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
            touches: [None; 2],
            sessions: 0,
            orders: 0,
            ordered: None,
            liking: BTreeMap::new(),
            search: None,
            consent: None,
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

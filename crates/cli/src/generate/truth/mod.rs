//! What is true of the traffic: who is who, what belongs to which session, what was ordered.
//!
//! An oracle for the warehouse's SQL, and independent of it: told by what the shop knows of its own visits, in plain
//! loops over the events in order of time. The rules themselves are those of the model in `sql/README.md`.
//!
//! # Layout, in the order in which data flows
//!
//! * [`text`]: where in a record each of its events stands
//! * [`fact`]: an event as the lake can know it, once, however often it was delivered
//! * [`identity`]: whose each event is
//! * [`session`]: what was done in one go, and where the visitor came from
//! * [`funnel`]: how far visits got
//! * [`order`]: what was bought and given back
//! * [`revenue`]: what came in
//! * [`attribution`]: which visit an order is owed to
//! * [`customer`]: all that is known of one person
//! * [`mod@table`]: all of it as CSV

mod attribution;
mod customer;
mod fact;
mod funnel;
mod identity;
mod order;
mod revenue;
mod session;
mod table;
mod text;

use super::delivery::Delivery;
use super::filing::filed;
use anyhow::{Context, Result};
use clickstream::derive::ids::event_id;
use clickstream::derive::time::write_date;
use clickstream::schema::Window;
use fact::{Fact, Names};
use identity::Identities;
use order::Orders;
use session::Sessions;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use table::{Table, iso};

/// Gathers what the records say while they are written.
#[derive(Debug)]
pub(crate) struct Truth {
    folder: PathBuf,
    window: Window,
    names: Names,
    known: HashSet<Rc<str>>,
    facts: Vec<Fact>,
    rows: Table,
}

impl Truth {
    /// The tables will be in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(crate) fn new(folder: &Path, window: Window) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let rows = Table::begin(folder, "rows", "record,position,event_id,event_type,date,received_at,mixed")?;
        Ok(Self {
            folder: folder.to_owned(),
            window,
            names: Names::default(),
            known: HashSet::new(),
            facts: Vec::new(),
            rows,
        })
    }

    /// Takes note of a record: `number` is its line in the traffic, from 1.
    ///
    /// # Errors
    /// When a table cannot be written.
    pub(crate) fn add(&mut self, delivery: &Delivery, number: u64, record: &str) -> Result<()> {
        let partitions: Vec<_> = delivery.events().map(|event| filed(&event, delivery.arrival, self.window)).collect();
        let mixed = partitions.iter().any(|partition| *partition != partitions[0]);
        let texts = text::of(delivery.dialect, record)?;
        let (mut day, arrival) = (String::new(), iso(delivery.arrival));
        for (position, (event, partition)) in delivery.events().zip(partitions).enumerate() {
            let id = fact::own_id(&event).unwrap_or_else(|| {
                let placeless = (!fact::tells_time(&event)).then_some((delivery.arrival, position));
                let mut id = String::new();
                let event = texts.events[position];
                event_id((event, 0..event.len()), &texts.envelope, placeless, &mut Vec::new(), &mut id);
                id
            });
            let (event_type, date) = partition;
            day.clear();
            write_date(date, &mut day);
            let place = [number.to_string(), (position + 1).to_string()];
            self.rows.line([&place[0], &place[1], &id, event_type, &day, &arrival, truth(mixed)])?;
            let id: Rc<str> = id.into();
            // What comes again tells nothing new: the event is filed where it was first received.
            if self.known.insert(id.clone()) {
                self.facts.push(Fact::of(&event, id, delivery.arrival, partition, mixed, &mut self.names));
            }
        }
        Ok(())
    }

    /// Writes the tables.
    ///
    /// # Errors
    /// When a table cannot be written.
    pub(crate) fn write(mut self) -> Result<()> {
        let folder = &self.folder;
        self.rows.end()?;
        drop(self.known);
        self.facts.sort_unstable_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
        let facts = &self.facts;
        let identities = Identities::of(facts);
        let sessions = Sessions::of(facts, &identities);
        let orders = Orders::of(facts, &identities, &sessions);
        sessions.write(folder)?;
        funnel::write(folder, facts, &sessions)?;
        orders.write(folder)?;
        revenue::write(folder, &orders)?;
        attribution::write(folder, &orders, &sessions)?;
        customer::write(folder, facts, &identities, &sessions, &orders)?;
        events(folder, facts, &identities, &sessions)
    }
}

fn events(folder: &Path, facts: &[Fact], identities: &Identities, sessions: &Sessions) -> Result<()> {
    let header = "event_id,event_type,date,event_time,received_at,anonymous_id,user_id,previous_id,person_id,\
                  identity_method,is_robot,session_key,mixed";
    let mut table = Table::begin(folder, "events", header)?;
    let mut order: Vec<usize> = (0..facts.len()).collect();
    order.sort_unstable_by(|a, b| facts[*a].id.cmp(&facts[*b].id));
    let mut date = String::new();
    for at in order {
        let (fact, whose) = (&facts[at], &identities.events[at]);
        date.clear();
        write_date(fact.date, &mut date);
        table.line([
            &fact.id,
            fact.event_type,
            &date,
            &iso(fact.time),
            &iso(fact.received),
            table::some(fact.cookie.as_ref()),
            table::some(fact.user.as_ref()),
            table::some(fact.previous.as_ref()),
            &whose.person,
            whose.method.name(),
            truth(whose.robot),
            sessions.key_of(at),
            truth(fact.mixed),
        ])?;
    }
    table.end()
}

fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

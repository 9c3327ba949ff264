//! What was bought, and what became of it.

use super::fact::Fact;
use super::identity::Identities;
use super::session::Sessions;
use super::table::{Table, amount, iso};
use crate::generate::shop::order::Order;
use anyhow::Result;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

/// An order as it stands in the end.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) id: Rc<str>,
    pub(super) person: Rc<str>,
    session: Rc<str>,
    pub(super) at: i64,
    pub(super) contents: Rc<Order>,
    /// Whether its items come with their categories.
    pub(super) categories: bool,
    pub(super) currency: &'static str,
    pub(super) cancelled: bool,
    refunded: i64,
}

#[derive(Debug)]
pub(super) struct Orders {
    /// In order of time.
    pub(super) all: Vec<Placed>,
}

impl Orders {
    /// `facts` are in order of time and id.
    pub(super) fn of(facts: &[Fact], identities: &Identities, sessions: &Sessions) -> Self {
        let mut all: Vec<Placed> = Vec::new();
        let mut known: HashMap<&Rc<str>, usize> = HashMap::new();
        let real = || facts.iter().enumerate().filter(|(at, _)| !identities.events[*at].robot);
        for (at, fact) in real().filter(|(_, fact)| fact.event_type == "purchase") {
            let (Some(id), Some(order)) = (&fact.order_id, &fact.order) else { continue };
            known.entry(id).or_insert_with(|| {
                all.push(Placed {
                    id: id.clone(),
                    person: identities.events[at].person.clone(),
                    session: sessions.key_of(at).into(),
                    at: fact.time,
                    contents: order.clone(),
                    categories: fact.categories,
                    currency: fact.currency,
                    cancelled: false,
                    refunded: 0,
                });
                all.len() - 1
            });
        }
        // By a wrong clock, an order may be given back before it is placed.
        for (_, fact) in real() {
            let Some(placed) = fact.order_id.as_ref().and_then(|id| known.get(id)) else { continue };
            let placed = &mut all[*placed];
            match (fact.event_type, &fact.order) {
                ("order_updated", Some(order)) => {
                    placed.contents = order.clone();
                    placed.categories = fact.categories;
                }
                ("order_cancelled", _) => placed.cancelled = true,
                ("refund", Some(order)) if fact.currency == placed.currency => placed.refunded += order.total,
                _ => {}
            }
        }
        Self { all }
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let mut sorted: Vec<&Placed> = self.all.iter().collect();
        sorted.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        let header = "order_id,person_id,session_key,ordered_at,currency,total,returned,status,items";
        let mut orders = Table::begin(folder, "orders", header)?;
        let header = "order_id,position,item_id,quantity,price,amount,currency";
        let mut items = Table::begin(folder, "order_items", header)?;
        for placed in sorted {
            let lines = &placed.contents.cart.lines;
            orders.line([
                &placed.id,
                &placed.person,
                &placed.session,
                &iso(placed.at),
                placed.currency,
                &amount(placed.contents.total),
                &amount(placed.returned()),
                placed.status(),
                &lines.len().to_string(),
            ])?;
            for (line, position) in lines.iter().zip(1..) {
                items.line([
                    &placed.id,
                    &position.to_string(),
                    line.item.id,
                    &line.quantity.to_string(),
                    &amount(line.item.cents),
                    &amount(line.cents()),
                    placed.currency,
                ])?;
            }
        }
        orders.end()?;
        items.end()
    }
}

impl Placed {
    /// What the customer got back, in cents.
    pub(super) fn returned(&self) -> i64 {
        if self.cancelled { self.contents.total } else { self.refunded.min(self.contents.total) }
    }

    fn status(&self) -> &'static str {
        match self.returned() {
            _ if self.cancelled => "cancelled",
            0 => "placed",
            returned if returned == self.contents.total => "refunded",
            _ => "partly_refunded",
        }
    }
}

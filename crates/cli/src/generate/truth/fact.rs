//! An event as the lake can know it: what its report tells, and no more.

use crate::generate::dialect::detail::{Detail, Details};
use crate::generate::dialect::details;
use crate::generate::filing::{Partition, told_time};
use crate::generate::shop::campaign::{Touch, payment_referrer};
use crate::generate::shop::order::Order;
use crate::generate::shop::page::Page;
use crate::generate::visit::action::{Action, Subject};
use crate::generate::visit::event::Event;
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fmt::Write;
use std::rc::Rc;

/// One event, however often it was delivered.
#[derive(Debug)]
pub(super) struct Fact {
    pub(super) id: Rc<str>,
    pub(super) event_type: &'static str,
    pub(super) date: NaiveDate,
    /// Milliseconds since 1970, like all times here.
    pub(super) time: i64,
    pub(super) received: i64,
    pub(super) cookie: Option<Rc<str>>,
    pub(super) user: Option<Rc<str>>,
    /// Another identifier of the same person.
    pub(super) previous: Option<Rc<str>>,
    /// Whether a robot did it, if the report tells with what.
    pub(super) robot: Option<bool>,
    pub(super) entry: Option<Entry>,
    /// The order that it is about, if its report tells the order's value.
    pub(super) order: Option<Rc<Order>>,
    pub(super) order_id: Option<Rc<str>>,
    pub(super) currency: &'static str,
    /// Whether items come with their categories.
    pub(super) categories: bool,
    /// The category of the item that was looked at.
    pub(super) viewed: Option<&'static str>,
    pub(super) search: Option<Rc<str>>,
    /// Whether the visitor agrees to be measured.
    pub(super) consent: Option<bool>,
    pub(super) mixed: bool,
}

/// How the visitor came to the page from outside.
#[derive(Debug, Clone, Copy)]
pub(super) enum Entry {
    /// By a campaign or a click that is told.
    Campaign(Touch),
    /// By a link on somebody else's page.
    Link(Touch),
}

/// Identifiers, each kept once.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<Rc<str>>);

impl Names {
    fn get(&mut self, name: &str) -> Rc<str> {
        if let Some(known) = self.0.get(name) {
            return known.clone();
        }
        let name: Rc<str> = name.into();
        self.0.insert(name.clone());
        name
    }
}

/// The id that the report gives the event.
pub(super) fn own_id(event: &Event) -> Option<String> {
    details(event).tell(Detail::Id).then(|| event.id())
}

pub(super) fn tells_time(event: &Event) -> bool {
    let details = details(event);
    details.tell(Detail::Time) || details.tell(Detail::Second)
}

impl Fact {
    pub(super) fn of(
        event: &Event,
        id: Rc<str>,
        arrival: i64,
        (event_type, date): Partition,
        mixed: bool,
        names: &mut Names,
    ) -> Self {
        let (details, action) = (details(event), event.step.action);
        // UUIDs are in lower case in the lake.
        let cookie = || event.visit.device.cookie.to_lowercase();
        let order = match &event.step.subject {
            Subject::Order(order) => Some(order),
            _ => None,
        };
        // GA4 has no total but of a purchase, and a value of everything.
        let valued = details.tell(Detail::Total) || action == Action::RefundOrder;
        Self {
            id,
            event_type,
            date,
            time: told_time(event, arrival),
            received: arrival,
            cookie: details.tell(Detail::Cookie).then(|| names.get(&cookie())),
            user: event.user_id().map(|id| names.get(id)),
            previous: details.tell(Detail::PreviousId).then(|| names.get(&event.previous_id().to_lowercase())),
            robot: details.tell(Detail::UserAgent).then_some(event.visit.person.is_none()),
            entry: entry(event, details),
            order: order.filter(|_| valued).cloned(),
            order_id: order.map(|order| names.get(&order.id)),
            currency: event.currency(),
            categories: details.tell(Detail::Category),
            viewed: match &event.step.subject {
                Subject::Item(shown) if action == Action::ViewItem && details.tell(Detail::Category) => {
                    Some(shown.line.item.category)
                }
                _ => None,
            },
            search: match &event.step.subject {
                Subject::Text(term) if action == Action::Search => Some(names.get(&searched(term))),
                _ => None,
            },
            consent: event.person().filter(|_| details.tell(Detail::Consent)).map(|person| person.consent),
            mixed,
        }
    }
}

fn entry(event: &Event, details: Details) -> Option<Entry> {
    let channel = event.entry()?.channel;
    let (url, referrer) = (details.tell(Detail::Url), details.tell(Detail::Referrer));
    let campaign = channel.campaign.is_some() && (url || details.tell(Detail::Campaign));
    if campaign || channel.click_key.is_some() && url {
        return Some(Entry::Campaign(channel.touch));
    }
    let paid = match (event.page(), &event.step.subject) {
        (Page::Thanks, Subject::Order(order)) => payment_referrer(order.payment_method).is_some(),
        _ => false,
    };
    (channel.referrer.is_some() && referrer && !paid).then_some(Entry::Link(channel.touch))
}

/// A search term as the lake has it: an address is kept as its SHA-256 only.
fn searched(term: &str) -> String {
    if !term.contains('@') {
        return term.to_owned();
    }
    Sha256::digest(term.to_lowercase()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

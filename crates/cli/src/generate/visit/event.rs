//! A step as its sender sees it: what every dialect can say of it, before it chooses its words.

use super::action::{Action, Step, Subject};
use super::{Entry, Visit};
use crate::generate::people::person::Person;
use crate::generate::random::Random;
use crate::generate::shop::campaign::{Campaign, payment_referrer};
use crate::generate::shop::order::Line;
use crate::generate::shop::page::{Page, encode};
use crate::generate::shop::site::Dialect;
use std::fmt::Write;

/// One step of a visit, to be reported. Everything that is asked of it is a function of the visit, so that a report can
/// be made again, byte for byte.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event<'a> {
    pub(crate) visit: &'a Visit,
    pub(crate) step: &'a Step,
    number: u64,
}

impl Visit {
    /// The step with this index.
    pub(crate) fn event(&self, index: usize) -> Event<'_> {
        Event { visit: self, step: &self.steps[index], number: index as u64 }
    }
}

impl<'a> Event<'a> {
    /// Who reports it, and how.
    pub(crate) fn dialect(&self) -> Dialect {
        let dialect = self.visit.site.of_page(self.page()).dialect;
        match self.step.action {
            // GA4 has no word for it: the accounts' own service tells.
            Action::Alias if !matches!(dialect, Dialect::Segment | Dialect::SegmentBatch) => Dialect::Plain,
            _ => dialect,
        }
    }

    /// Chance of its own, for the whims of its sender.
    pub(crate) fn random(&self) -> Random {
        Random::of("whim", [self.visit.seed, self.number])
    }

    /// The sender's identifier of the event: a UUID.
    pub(crate) fn id(&self) -> String {
        Random::of("id", [self.visit.seed, self.number]).uuid()
    }

    /// When it happened, by the device's clock.
    pub(crate) fn time(&self) -> i64 {
        self.visit.start + self.step.at + self.visit.device.skew
    }

    pub(crate) fn person(&self) -> Option<&'a Person> {
        self.visit.person.as_ref()
    }

    /// Who it is to the shop, if that is known at this step.
    pub(crate) fn user_id(&self) -> Option<&'a str> {
        self.visit.identity.as_ref().filter(|_| self.step.logged_in).map(|identity| identity.user_id.as_str())
    }

    /// The identifier that an alias says is the same person's: a former user id, or the cookie.
    pub(crate) fn previous_id(&self) -> &'a str {
        match &self.step.subject {
            Subject::Text(former) => former,
            _ => &self.visit.device.cookie,
        }
    }

    /// How the visitor came to the page from outside, if they did.
    pub(crate) fn entry(&self) -> Option<&'a Entry> {
        self.visit.entries.iter().find(|entry| entry.page == self.step.page)
    }

    /// The session's number: seconds of its start, as GA4 has it.
    pub(crate) fn session(&self) -> i64 {
        (self.visit.start + self.visit.device.skew).div_euclid(1000)
    }

    /// How many visits the visitor has behind them, and this one.
    pub(crate) fn session_number(&self) -> i64 {
        1 + i64::from(self.visit.seed.to_le_bytes()[0] % 7)
    }

    /// Whether it happened in the app, which has screens for pages.
    pub(crate) fn in_app(&self) -> bool {
        self.visit.device.agent.platform != "web"
    }

    pub(crate) fn page(&self) -> &'a Page {
        &self.visit.pages[self.step.page]
    }

    pub(crate) fn url(&self) -> String {
        self.visit.url(self.step.page)
    }

    /// Where the visitor came to the page from.
    pub(crate) fn referrer(&self) -> Option<String> {
        if let (Page::Thanks, Subject::Order(order)) = (self.page(), &self.step.subject)
            && let Some(referrer) = payment_referrer(order.payment_method)
        {
            return Some(referrer.to_owned());
        }
        match self.entry() {
            Some(entry) => entry.channel.referrer.map(str::to_owned),
            None => Some(self.visit.url(self.step.page - 1)),
        }
    }

    /// The items that it is about: one that was looked at or taken, those of a list, a cart or an order.
    pub(crate) fn lines(&self) -> &'a [Line] {
        match &self.step.subject {
            Subject::Item(shown) => std::slice::from_ref(&shown.line),
            Subject::List { items, .. } => items,
            Subject::Cart(cart) | Subject::Checkout(cart, _) => &cart.lines,
            Subject::Order(order) => &order.cart.lines,
            _ => &[],
        }
    }

    /// What it is worth, in cents: the items that are wanted.
    pub(crate) fn value(&self) -> Option<i64> {
        match &self.step.subject {
            Subject::Item(shown) => Some(shown.line.cents()),
            Subject::Cart(cart) | Subject::Checkout(cart, _) => Some(cart.cents()),
            Subject::Order(order) => Some(order.total),
            _ => None,
        }
    }

    pub(crate) fn currency(&self) -> &'static str {
        self.person().map_or("EUR", |person| person.home.currency)
    }

    pub(crate) fn locale(&self) -> &'static str {
        self.person().map_or("en-US", |person| person.home.locale)
    }

    /// The address of a person who gives it away: by what they do, or as a guest who buys.
    pub(crate) fn email(&self) -> Option<String> {
        let tells = match self.step.action {
            Action::Identify | Action::SignUp | Action::Subscribe => true,
            Action::PlaceOrder => !self.step.logged_in,
            _ => false,
        };
        self.person().filter(|_| tells).map(Person::email)
    }
}

impl Visit {
    fn url(&self, page: usize) -> String {
        let host = self.site.of_page(&self.pages[page]).host;
        let mut url = format!("https://{host}{}", self.pages[page].path());
        let mut before = '?';
        let mut add = |text: &str| {
            url.push(before);
            url.push_str(text);
            before = '&';
        };
        if let Some(query) = self.pages[page].query() {
            add(&query);
        }
        if let Some(entry) = self.entries.iter().find(|entry| entry.page == page) {
            let mut query = String::new();
            for (key, value) in entry.channel.campaign.iter().flat_map(Campaign::parameters) {
                query.clear();
                let _ = write!(query, "{key}={}", encode(value));
                add(&query);
            }
            if let Some(key) = entry.channel.click_key {
                add(&format!("{key}={}", entry.click_id));
            }
        }
        if let Some(person) = self.person.as_ref().filter(|_| page == 0 && self.names_email) {
            add(&format!("email={}", encode(&person.email())));
        }
        url
    }
}

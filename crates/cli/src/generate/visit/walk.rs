//! Walking through the shop: keeps the clock, the page, the cart and the login, and notes every step.

use super::Entry;
use super::action::{Action, Shown, Step, Subject};
use crate::generate::people::device::Habits;
use crate::generate::people::person::{Account, Person};
use crate::generate::random::Random;
use crate::generate::shop::campaign::Channel;
use crate::generate::shop::catalogue::Item;
use crate::generate::shop::order::{Cart, Line};
use crate::generate::shop::page::Page;
use crate::generate::shop::promotion::Coupon;
use std::rc::Rc;

/// A visit in the making.
#[derive(Debug)]
pub(super) struct Walk {
    pub(super) random: Random,
    pub(super) guest: Guest,
    /// Of the visit; ids of carts and orders are made from it.
    pub(super) number: u64,
    pub(super) logged_in: bool,
    pub(super) cart: Vec<Line>,
    pub(super) coupon: Option<&'static Coupon>,
    clock: i64,
    longest: i64,
    pages: Vec<Page>,
    entries: Vec<Entry>,
    steps: Vec<Step>,
}

/// Who walks, as far as it matters here.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) person: Option<Person>,
    pub(super) account: Account,
    pub(super) habits: Habits,
    /// A user id that the account had before, and that no page has told of yet.
    pub(super) former: Option<String>,
}

impl Walk {
    pub(super) fn new(random: Random, longest: i64, number: u64, guest: Guest) -> Self {
        Self {
            random,
            guest,
            number,
            logged_in: false,
            cart: Vec::new(),
            coupon: None,
            clock: 0,
            longest,
            pages: vec![],
            entries: vec![],
            steps: vec![],
        }
    }

    pub(super) fn done(self) -> (Vec<Page>, Vec<Entry>, Vec<Step>) {
        (self.pages, self.entries, self.steps)
    }

    /// Enters the shop, by the page that is opened next.
    pub(super) fn enter_by(&mut self, channel: &'static Channel) {
        let click_id = format!("Cj0{:016x}_{:06X}", self.random.draw(), self.random.below(1 << 24));
        self.entries.push(Entry { page: self.pages.len(), channel, click_id });
    }

    /// Lets time pass, in milliseconds.
    pub(super) fn wait(&mut self, low: i64, high: i64) {
        self.clock = (self.clock + self.random.within(low, high)).min(self.longest);
    }

    /// Opens a page, without a report of it.
    pub(super) fn open(&mut self, page: Page) {
        if !self.pages.is_empty() {
            self.wait(3_000, 40_000);
        }
        self.pages.push(page);
    }

    /// Does something on the page that is open.
    pub(super) fn act(&mut self, action: Action, subject: Subject) {
        self.wait(80, 900);
        let page = self.pages.len().saturating_sub(1);
        self.steps.push(Step { at: self.clock, action, subject, page, logged_in: self.logged_in });
    }

    /// Opens a page and reports it.
    pub(super) fn view(&mut self, page: Page) {
        self.open(page);
        self.act(Action::ViewPage, Subject::Nothing);
    }

    /// Does something to one item.
    pub(super) fn act_on(&mut self, action: Action, item: &Shown) {
        self.act(action, Subject::Item(item.clone()));
    }

    /// The cart as it is now.
    pub(super) fn cart(&self) -> Cart {
        Cart { id: format!("c-{:x}", 0x0400_0000 + self.number), lines: self.cart.clone(), coupon: self.coupon }
    }

    pub(super) fn shared_cart(&self) -> Rc<Cart> {
        Rc::new(self.cart())
    }

    /// One of an item, in some variant.
    pub(super) fn line(&mut self, item: &'static Item) -> Line {
        let variant = *self.random.popular(item.variants);
        Line { item, variant, quantity: 1 }
    }
}

//! Visits: what somebody does in the shop in one go. What they do is decided here, in the abstract; how it is reported
//! is up to the dialects.

pub(crate) mod action;
mod browse;
mod buy;
mod customer;
pub(crate) mod event;
pub(crate) mod occasion;
mod robot;
mod walk;

use super::people::device::{Device, Kind};
use super::people::person::{Account, Identity, Person};
use super::people::visitor::Visitor;
use super::random::Random;
use super::shop::campaign::{CHANNELS, Channel, DIRECT, NEWSLETTER};
use super::shop::page::Page;
use super::shop::site::Site;
use action::Step;
use occasion::{Errand, Occasion};
use walk::{Guest, Walk};

/// A visit, complete from the start: its steps lie in the order in which they were taken.
#[derive(Debug)]
pub(crate) struct Visit {
    /// Counts the visits; sessions, carts and orders are named after it.
    pub(crate) number: u64,
    /// Everything that is left to chance in reporting the visit follows from this.
    pub(crate) seed: u64,
    /// Nobody, if a robot visits.
    pub(crate) person: Option<Person>,
    /// Who the person is when logged in.
    pub(crate) identity: Option<Identity>,
    kind: Kind,
    pub(crate) device: Device,
    pub(crate) site: &'static Site,
    /// Whether the landing address carries the visitor's e-mail address.
    names_email: bool,
    /// When its first step was taken, by a right clock: milliseconds since 1970.
    pub(crate) start: i64,
    /// How much later than it happened it is reported: the device was offline.
    pub(crate) delay: i64,
    /// The pages that were opened, in order.
    pub(crate) pages: Vec<Page>,
    /// How the visitor came in; those who left and came back did so more than once.
    entries: Vec<Entry>,
    pub(crate) steps: Vec<Step>,
}

/// A way in.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Index of the page that was entered.
    page: usize,
    pub(crate) channel: &'static Channel,
    /// The network's id of the click that led there.
    click_id: String,
}

/// What a visit depends on beside its number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World {
    pub(crate) seed: u64,
    /// How many persons come back; their numbers are the first ones.
    pub(crate) regulars: u64,
    /// The longest that a visit lasts, in milliseconds.
    pub(crate) longest: i64,
    /// The time span: milliseconds since 1970.
    pub(crate) start: i64,
    pub(crate) end: i64,
}

impl Visit {
    /// The visit with this number.
    pub(crate) fn of(world: &World, number: u64, occasion: Occasion) -> Self {
        let Occasion { visitor: Visitor { person, kind }, errand, start, delay } = occasion;
        let mut random = Random::of("visit", [world.seed, number]);
        let site = kind.site(&mut random);
        let mut device = Device::of(world.seed, kind);
        if let Kind::Terminal(_) = kind {
            device.cookie = random.uuid();
        }
        let identity = person.as_ref().map(|person| person.identity(start, kind));
        let guest = Guest {
            person: person.clone(),
            account: person.as_ref().map_or(Account::Never, |person| person.account(start)),
            habits: kind.habits(),
            former: identity.as_ref().and_then(|identity| identity.former.clone()),
        };
        let reader = guest.account == Account::Open && random.percent(12);
        let channel = match &person {
            // Robots do not click on advertisements.
            None => &DIRECT,
            Some(_) if reader => &NEWSLETTER,
            Some(_) => random.weighted(&CHANNELS),
        };
        let names_email = reader && random.percent(40);
        let seed = random.draw();
        let mut walk = Walk::new(random, world.longest, number, guest);
        walk.enter_by(channel);
        match (&person, &errand) {
            (None, _) => walk.crawl(),
            (Some(_), Errand::Shop) => walk.visit(),
            (Some(_), Errand::Return(order, logged_in)) => walk.give_back(order, *logged_in),
        }
        let (pages, entries, steps) = walk.done();
        Self { number, seed, person, identity, kind, device, site, names_email, start, delay, pages, entries, steps }
    }
}

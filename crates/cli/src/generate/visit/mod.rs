//! Visits: what somebody does in the shop in one go. What they do is decided here, in the abstract; how it is reported
//! is up to the dialects.

pub(crate) mod action;
mod browse;
mod buy;
mod customer;
pub(crate) mod event;
mod robot;
mod walk;

use super::people::device::{Device, Kind};
use super::people::person::{Account, Identity, Person};
use super::people::visitor::Visitor;
use super::random::Random;
use super::shop::campaign::{CHANNELS, Channel, DIRECT, NEWSLETTER};
use super::shop::order::Order;
use super::shop::page::Page;
use super::shop::site::Site;
use action::{Action, Step, Subject};
use std::rc::Rc;
use walk::Walk;

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

/// What somebody comes for.
#[derive(Debug, Clone)]
enum Errand {
    Shop,
    /// To give an order back; and whether they were logged in when they placed it.
    Return(Rc<Order>, bool),
}

/// A visit that another one leads to.
#[derive(Debug)]
pub(crate) struct Sequel {
    /// When it begins: milliseconds since 1970.
    pub(crate) start: i64,
    visitor: Visitor,
    errand: Errand,
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

impl Visit {
    /// The visit with this number, whose reports begin to arrive at `arrival` (milliseconds since 1970).
    pub(crate) fn of(world: &World, number: u64, arrival: i64) -> Self {
        let mut random = Random::of("visit", [world.seed, number]);
        let visitor = Visitor::of(world, number, &mut random);
        let offline = random.percent(if matches!(visitor.kind, Kind::App(_)) { 8 } else { 1 });
        let delay = match random.below(4) {
            _ if !offline => 0,
            0 => random.within(24 * HOUR, 9 * 24 * HOUR),
            1 => random.within(8 * HOUR, 30 * HOUR),
            _ => random.within(10 * MINUTE, 8 * HOUR),
        };
        Self::make(world, number, random, visitor, &Errand::Shop, arrival - delay, delay)
    }

    /// The visit with this number, which another one has led to.
    pub(crate) fn after(world: &World, number: u64, sequel: Sequel) -> Self {
        let random = Random::of("visit", [world.seed, number]);
        Self::make(world, number, random, sequel.visitor, &sequel.errand, sequel.start, 0)
    }

    /// What it leads to: someone takes over the device; an order is given back.
    pub(crate) fn sequels(&self, world: &World) -> impl Iterator<Item = Sequel> + use<> {
        let mut random = Random::of("sequel", [self.seed]);
        let end = self.start + self.delay + self.steps.last().map_or(0, |step| step.at);
        let visitor = Visitor { person: self.person.clone(), kind: self.kind };
        let next = visitor.hands_over(world, &mut random).map(|visitor| Sequel {
            start: end + random.within(20_000, 12 * MINUTE),
            visitor,
            errand: Errand::Shop,
        });
        let ordered = |step: &&Step| matches!(step.action, Action::PlaceOrder | Action::ChangeOrder);
        let order = match self.steps.iter().rev().find(ordered) {
            Some(Step { subject: Subject::Order(order), logged_in, .. }) if random.percent(9) => {
                Some((order.clone(), *logged_in))
            }
            _ => None,
        };
        let back = order.map(|(order, logged_in)| Sequel {
            start: end + random.within(2 * HOUR, 6 * 24 * HOUR),
            visitor,
            errand: Errand::Return(order, logged_in),
        });
        next.into_iter().chain(back)
    }

    fn make(
        world: &World,
        number: u64,
        mut random: Random,
        visitor: Visitor,
        errand: &Errand,
        start: i64,
        delay: i64,
    ) -> Self {
        let Visitor { person, kind } = visitor;
        let site = kind.site(&mut random);
        let mut device = Device::of(world.seed, kind);
        if let Kind::Terminal(_) = kind {
            device.cookie = random.uuid();
        }
        let identity = person.as_ref().map(|person| person.identity(start, kind));
        let account = person.as_ref().map_or(Account::Never, |person| person.account(start));
        let reader = account == Account::Open && random.percent(12);
        let channel = match &person {
            // Robots do not click on advertisements.
            None => &DIRECT,
            Some(_) if reader => &NEWSLETTER,
            Some(_) => random.weighted(&CHANNELS),
        };
        let names_email = reader && random.percent(40);
        let seed = random.draw();
        let renamed = identity.as_ref().and_then(|identity| identity.former.clone());
        let mut walk = Walk::new(random, world.longest, number, person.clone(), account, kind.habits(), renamed);
        walk.enter_by(channel);
        match (&person, errand) {
            (None, _) => walk.crawl(),
            (Some(_), Errand::Shop) => walk.visit(),
            (Some(_), Errand::Return(order, logged_in)) => walk.give_back(order, *logged_in),
        }
        let (pages, entries, steps) = walk.done();
        Self { number, seed, person, identity, kind, device, site, names_email, start, delay, pages, entries, steps }
    }
}

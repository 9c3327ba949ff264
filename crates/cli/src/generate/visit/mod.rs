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
use super::people::person::{Account, Person};
use super::random::Random;
use super::shop::campaign::{CHANNELS, Channel, DIRECT, NEWSLETTER};
use super::shop::page::Page;
use super::shop::site::Site;
use action::Step;
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
    pub(crate) device: Device,
    pub(crate) site: &'static Site,
    pub(crate) channel: &'static Channel,
    /// The network's id of the click that led here.
    pub(crate) click_id: String,
    /// Whether the landing address carries the visitor's e-mail address.
    pub(crate) names_email: bool,
    /// When its first step was taken, by a right clock: milliseconds since 1970.
    pub(crate) start: i64,
    /// How much later than it happened it is reported: the device was offline.
    pub(crate) delay: i64,
    /// The pages that were opened, in order.
    pub(crate) pages: Vec<Page>,
    pub(crate) steps: Vec<Step>,
}

/// What a visit depends on beside its number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World {
    pub(crate) seed: u64,
    /// How many persons come back; their numbers are the first ones.
    pub(crate) regulars: u64,
    /// The longest that a visit lasts, in milliseconds.
    pub(crate) longest: i64,
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

impl Visit {
    /// The visit with this number, whose reports begin to arrive at `arrival` (milliseconds since 1970).
    pub(crate) fn of(world: &World, number: u64, arrival: i64) -> Self {
        let mut random = Random::of("visit", [world.seed, number]);
        let (person, kind) = visitor(world, number, &mut random);
        let site = kind.site(&mut random);
        let mut device = Device::of(world.seed, kind);
        if let Kind::Terminal(_) = kind {
            device.cookie = random.uuid();
        }
        let offline = random.percent(if matches!(kind, Kind::App(_)) { 8 } else { 1 });
        let delay = match random.below(4) {
            _ if !offline => 0,
            0 => random.within(24 * HOUR, 9 * 24 * HOUR),
            1 => random.within(8 * HOUR, 30 * HOUR),
            _ => random.within(10 * MINUTE, 8 * HOUR),
        };
        let reader = person.as_ref().is_some_and(|person| person.account == Account::Open) && random.percent(12);
        let channel = match &person {
            // Robots do not click on advertisements.
            None => &DIRECT,
            Some(_) if reader => &NEWSLETTER,
            Some(_) => random.weighted(&CHANNELS),
        };
        let (click_id, names_email) = (click_id(&mut random), reader && random.percent(40));
        let seed = random.draw();
        let mut walk = Walk::new(random, world.longest, number, person.clone());
        match &person {
            None => walk.crawl(),
            Some(person) => walk.visit(person),
        }
        let (pages, steps) = walk.done();
        let start = arrival - delay;
        Self { number, seed, person, device, site, channel, click_id, names_email, start, delay, pages, steps }
    }
}

/// Who comes, and with what: one of those who come back, someone who comes once, or a robot.
fn visitor(world: &World, number: u64, random: &mut Random) -> (Option<Person>, Kind) {
    match random.below(100) {
        0..3 => (None, Kind::Robot(number)),
        3..58 => {
            // Some come much more often than others.
            let regular = random.below(world.regulars).min(random.below(world.regulars));
            (Some(Person::of(world.seed, regular, true)), Kind::for_person(regular, random))
        }
        58..64 => {
            let newcomer = world.regulars + number;
            (Some(Person::of(world.seed, newcomer, false)), Kind::Terminal(random.below(12)))
        }
        _ => {
            let newcomer = world.regulars + number;
            let kind = if random.percent(55) { Kind::Phone(newcomer) } else { Kind::Laptop(newcomer) };
            (Some(Person::of(world.seed, newcomer, false)), kind)
        }
    }
}

fn click_id(random: &mut Random) -> String {
    format!("Cj0{:016x}_{:06X}", random.draw(), random.below(1 << 24))
}

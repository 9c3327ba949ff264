//! What persons and robots visit with: each device has a cookie, an address and a clock of its own.

use super::agent::{APPS, Agent, LAPTOPS, PHONES, ROBOTS, TABLETS, TERMINALS};
use crate::generate::random::Random;
use crate::generate::shop::site::{APP, GARDEN, GIFTS, MAIN, MOBILE, OUTLET, STORE, Site};

/// A browser or an app on some machine.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    /// The visitor's cookie: a UUID; iOS writes its own in upper case.
    pub(crate) cookie: String,
    pub(crate) agent: &'static Agent,
    pub(crate) ip: String,
    /// How far its clock is ahead, in milliseconds.
    pub(crate) skew: i64,
}

/// What kind of device, and whose: the number of a person, of a household or of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Laptop(u64),
    Phone(u64),
    App(u64),
    /// Lies in the living room: everybody in the household uses it.
    FamilyTablet(u64),
    /// Stands in a store: people use it, one after the other. It gives each of them a new cookie.
    Terminal(u64),
    /// Likewise, but it keeps its cookie: to the stream, all of them are one visitor.
    Kiosk(u64),
    Robot(u64),
}

/// How people deal with accounts on a kind of device, in percent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Habits {
    /// Come with a login that is still valid.
    pub(crate) stay_logged_in: u64,
    pub(crate) log_in: u64,
    pub(crate) log_out: u64,
}

/// Persons with neighbouring numbers live together.
pub(super) const HOUSEHOLD: u64 = 3;

/// One household in so many has a tablet.
const TABLETS_ONE_IN: u64 = 2;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// Clocks that are wrong: by a little, by an hour of summer time, by a time zone, by a day, by a dead battery.
const SKEWS: [i64; 9] = [
    -150_000,
    40_000,
    37 * MINUTE,
    60 * MINUTE,
    63 * MINUTE,
    -3 * 60 * MINUTE,
    5 * 60 * MINUTE,
    26 * 60 * MINUTE,
    -400 * DAY,
];

impl Kind {
    /// What the person with this number takes for a visit.
    pub(crate) fn for_person(number: u64, random: &mut Random) -> Self {
        let household = number / HOUSEHOLD;
        let tablet = if household.is_multiple_of(TABLETS_ONE_IN) { 25 } else { 0 };
        *random.weighted(&[
            (40, Self::Laptop(number)),
            (30, Self::Phone(number)),
            (15, Self::App(number)),
            (tablet, Self::FamilyTablet(household)),
        ])
    }

    pub(crate) fn habits(self) -> Habits {
        match self {
            Self::FamilyTablet(_) => Habits { stay_logged_in: 25, log_in: 60, log_out: 35 },
            Self::Terminal(_) | Self::Kiosk(_) => Habits { stay_logged_in: 0, log_in: 70, log_out: 60 },
            _ => Habits { stay_logged_in: 30, log_in: 10, log_out: 15 },
        }
    }

    /// Where such a device enters the shop.
    pub(crate) fn site(self, random: &mut Random) -> &'static Site {
        match (self, random.below(100)) {
            (Self::App(_), _) => &APP,
            (Self::Terminal(_) | Self::Kiosk(_), _) => &STORE,
            (Self::Phone(_), 0..50) => &MOBILE,
            (Self::Laptop(_) | Self::FamilyTablet(_) | Self::Robot(_), 0..20) => &GARDEN,
            (_, 80..89) => &GIFTS,
            (_, 89..) => &OUTLET,
            _ => &MAIN,
        }
    }
}

impl Device {
    pub(crate) fn of(seed: u64, kind: Kind) -> Self {
        let (owner, sort, agents): (u64, u64, &'static [Agent]) = match kind {
            Kind::Laptop(number) => (number, 1, &LAPTOPS),
            Kind::Phone(number) => (number, 2, &PHONES),
            Kind::App(number) => (number, 3, &APPS),
            Kind::FamilyTablet(number) => (number, 4, &TABLETS),
            Kind::Terminal(number) => (number, 5, &TERMINALS),
            Kind::Robot(number) => (number, 6, &ROBOTS),
            Kind::Kiosk(number) => (number, 7, &TERMINALS),
        };
        let mut random = Random::of("device", [seed, sort, owner]);
        let agent = random.popular(agents);
        let cookie = random.uuid();
        let skewed = !matches!(kind, Kind::Robot(_) | Kind::Terminal(_) | Kind::Kiosk(_)) && random.percent(5);
        Self {
            cookie: if agent.platform == "ios" { cookie.to_uppercase() } else { cookie },
            agent,
            ip: address(&mut random),
            skew: if skewed { *random.pick(&SKEWS) } else { 0 },
        }
    }
}

/// Out of the ranges for benchmarks and documentation (RFC 2544, RFC 3849): nobody's. Some pass a proxy.
fn address(random: &mut Random) -> String {
    let [a, b, c] = [random.below(2), random.below(256), random.within(1, 254).unsigned_abs()];
    match random.below(20) {
        0..=3 => format!("2001:db8:{:x}:{:x}::{:x}", random.below(0xffff), random.below(0xffff), c),
        4 => format!("198.{}.{b}.{c}, 10.0.{b}.7", 18 + a),
        _ => format!("198.{}.{b}.{c}", 18 + a),
    }
}

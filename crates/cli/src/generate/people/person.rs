//! Persons.

use super::device::Kind;
use crate::generate::random::Random;
use crate::generate::visit::World;

/// Someone who visits the shop.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) number: u64,
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) home: &'static Home,
    account: Account,
    history: History,
    pub(crate) tier: &'static str,
    /// Agreed to be measured.
    pub(crate) consent: bool,
}

/// Whether the shop knows a person: then there is a user id to log in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account {
    Open,
    /// Comes once, and may open one in the checkout.
    Possible,
    /// Comes back, and stays a stranger.
    Never,
    /// Comes back as a stranger, and from this time on as a customer.
    From(i64),
}

/// What became of an account's identifier: times are milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum History {
    Plain,
    /// It was changed, perhaps twice; the second time perhaps to what it had been.
    Renamed {
        first: i64,
        second: Option<i64>,
        back: bool,
    },
    /// The app had an account of its own, until it was merged with the shop's.
    Merged(i64),
}

/// Who a person is to the shop at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) user_id: String,
    /// Another user id that the same account had.
    pub(crate) former: Option<String>,
}

/// Where a person lives, and what follows from it.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) country: &'static str,
    pub(crate) region: &'static str,
    pub(crate) locale: &'static str,
    pub(crate) currency: &'static str,
}

const fn home(country: &'static str, region: &'static str, locale: &'static str, currency: &'static str) -> Home {
    Home { country, region, locale, currency }
}

static HOMES: [(u64, Home); 6] = [
    (40, home("DE", "DE-BY", "de-DE", "EUR")),
    (15, home("AT", "AT-9", "de-AT", "EUR")),
    (12, home("CH", "CH-ZH", "de-CH", "CHF")),
    (13, home("GB", "GB-LND", "en-GB", "GBP")),
    (12, home("FR", "FR-IDF", "fr-FR", "EUR")),
    (8, home("US", "US-NY", "en-US", "USD")),
];

static FIRST_NAMES: [&str; 16] = [
    "Ada",
    "Björn",
    "Chloé",
    "Dilara",
    "Emil",
    "Françoise",
    "Grace",
    "Håkon",
    "Inês",
    "Jürgen",
    "Kateřina",
    "Lin",
    "Mehmet",
    "Nora",
    "Óscar",
    "Zoë",
];
static LAST_NAMES: [&str; 12] =
    ["Åberg", "Brown", "Çelik", "Dubois", "Eßer", "Fischer", "García", "Horváth", "Müller", "O'Neil", "Sørensen", "Wu"];

impl Person {
    /// The person with this number, who comes back or not.
    pub(crate) fn of(world: &World, number: u64, returns: bool) -> Self {
        let mut random = Random::of("person", [world.seed, number]);
        Self {
            number,
            first_name: *random.pick(&FIRST_NAMES),
            last_name: *random.pick(&LAST_NAMES),
            home: random.weighted(&HOMES),
            account: match (returns, random.below(100)) {
                (true, 0..58) => Account::Open,
                (true, 58..72) => Account::From(random.within(world.start, world.end)),
                (true, _) => Account::Never,
                (false, _) => Account::Possible,
            },
            history: match random.below(100) {
                _ if !returns => History::Plain,
                percent @ 0..12 => {
                    let first = random.within(world.start, world.start.midpoint(world.end));
                    let second = (percent < 8).then(|| random.within(first, world.end));
                    History::Renamed { first, second, back: percent < 3 }
                }
                12..16 => History::Merged(random.within(world.start, world.end)),
                _ => History::Plain,
            },
            tier: *random.weighted(&[(70, "basic"), (22, "silver"), (8, "gold")]),
            consent: random.percent(82),
        }
    }

    /// Whether there is an account at a time (milliseconds since 1970).
    pub(crate) fn account(&self, at: i64) -> Account {
        match self.account {
            Account::From(opened) if opened <= at => Account::Open,
            Account::From(_) => Account::Never,
            account => account,
        }
    }

    /// Who it is to the shop, on such a device, once there is an account.
    pub(crate) fn identity(&self, at: i64, kind: Kind) -> Identity {
        let number = 1001 + self.number;
        let first = format!("u-{number}");
        match self.history {
            History::Plain => Identity { user_id: first, former: None },
            History::Merged(merged) => {
                let of_app = format!("a-{number}");
                match kind {
                    _ if merged <= at => Identity { user_id: first, former: Some(of_app) },
                    Kind::App(_) => Identity { user_id: of_app, former: None },
                    _ => Identity { user_id: first, former: None },
                }
            }
            History::Renamed { first: renamed, .. } if at < renamed => Identity { user_id: first, former: None },
            History::Renamed { second, back, .. } => {
                let then = format!("{first}-b");
                match second {
                    Some(renamed) if renamed <= at => {
                        let user_id = if back { first } else { format!("{first}-c") };
                        Identity { user_id, former: Some(then) }
                    }
                    _ => Identity { user_id: then, former: Some(first) },
                }
            }
        }
    }

    pub(crate) fn email(&self) -> String {
        let plain = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        format!("{}.{}{}@example.com", plain(self.first_name), plain(self.last_name), self.number)
    }
}

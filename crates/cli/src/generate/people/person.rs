//! Persons.

use crate::generate::random::Random;

/// Someone who visits the shop.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) number: u64,
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) home: &'static Home,
    pub(crate) account: Account,
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
    pub(crate) fn of(seed: u64, number: u64, returns: bool) -> Self {
        let mut random = Random::of("person", [seed, number]);
        Self {
            number,
            first_name: *random.pick(&FIRST_NAMES),
            last_name: *random.pick(&LAST_NAMES),
            home: random.weighted(&HOMES),
            account: match (returns, random.percent(70)) {
                (true, true) => Account::Open,
                (true, false) => Account::Never,
                (false, _) => Account::Possible,
            },
            tier: *random.weighted(&[(70, "basic"), (22, "silver"), (8, "gold")]),
            consent: random.percent(82),
        }
    }

    /// Who it is to the shop, once there is an account.
    pub(crate) fn user_id(&self) -> String {
        format!("u-{}", 1001 + self.number)
    }

    pub(crate) fn email(&self) -> String {
        let plain = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        format!("{}.{}{}@example.com", plain(self.first_name), plain(self.last_name), self.number)
    }
}

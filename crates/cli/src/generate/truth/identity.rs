//! Whose each event is: accounts, who is signed in on a device and when, robots.

use super::fact::Fact;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// More accounts than this on one device, and it is a kiosk: nobody's.
const MOST_ACCOUNTS: usize = 5;

/// Whose one event is, and how that is known.
#[derive(Debug)]
pub(super) struct Whose {
    pub(super) person: Rc<str>,
    pub(super) method: Method,
    pub(super) robot: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// It says so itself.
    Own,
    /// Of who was signed in on the device.
    Device,
    /// Of a device that nobody is signed in on.
    Anonymous,
    /// It says nothing.
    None,
}

impl Method {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Device => "device",
            Self::Anonymous => "anonymous",
            Self::None => "none",
        }
    }
}

/// The events' persons, in the order of the events.
#[derive(Debug)]
pub(super) struct Identities {
    pub(super) events: Vec<Whose>,
}

impl Identities {
    /// `facts` are in order of time and id.
    pub(super) fn of(facts: &[Fact]) -> Self {
        let accounts = Accounts::of(facts);
        let devices = devices(facts, &accounts);
        let mut anonymous: HashMap<&Rc<str>, Rc<str>> = HashMap::new();
        let mut events = Vec::with_capacity(facts.len());
        for fact in facts {
            let device = fact.cookie.as_ref().and_then(|cookie| devices.get(cookie));
            let (person, method) = match (&fact.user, &fact.cookie) {
                (Some(user), _) => (accounts.last(user).clone(), Method::Own),
                (None, Some(cookie)) => match device.and_then(|device| device.holder(fact.time)) {
                    Some(account) => (account.clone(), Method::Device),
                    None => {
                        let name = anonymous.entry(cookie).or_insert_with(|| format!("anon:{cookie}").into());
                        (name.clone(), Method::Anonymous)
                    }
                },
                (None, None) => (format!("event:{}", fact.id).into(), Method::None),
            };
            let robot = match device {
                Some(device) => device.is_robot(),
                None => fact.robot == Some(true) && fact.user.is_none(),
            };
            events.push(Whose { person, method, robot });
        }
        Self { events }
    }
}

/// Which account an account was merged into.
#[derive(Debug)]
struct Accounts<'a> {
    seen: HashSet<&'a Rc<str>>,
    into: HashMap<&'a Rc<str>, &'a Rc<str>>,
}

impl<'a> Accounts<'a> {
    fn of(facts: &'a [Fact]) -> Self {
        let seen: HashSet<_> = facts.iter().filter_map(|fact| fact.user.as_ref()).collect();
        let mut accounts = Self { seen, into: HashMap::new() };
        let mut told = HashSet::new();
        for fact in facts {
            let (Some(from), Some(to)) = (&fact.previous, &fact.user) else { continue };
            // The first word counts, even if it is refused: it would close a circle.
            if from == to || !accounts.is_account(from) || !told.insert(from) {
                continue;
            }
            if accounts.last(to) != from {
                accounts.into.insert(from, to);
            }
        }
        accounts
    }

    /// Whether an identifier is an account's: someone was signed in by it.
    fn is_account(&self, id: &Rc<str>) -> bool {
        self.seen.contains(id)
    }

    /// What an account has become.
    fn last<'b>(&'b self, id: &'b Rc<str>) -> &'b Rc<str> {
        let mut id = id;
        while let Some(into) = self.into.get(id) {
            id = into;
        }
        id
    }
}

/// What happened on one device, in order of time.
#[derive(Debug, Default)]
struct Device<'a> {
    accounts: HashSet<&'a Rc<str>>,
    /// Who was signed in, one after the other.
    stays: Vec<Stay<'a>>,
    logouts: Vec<i64>,
    robot: bool,
    human: bool,
}

/// An account on a device, as long as no other one comes.
#[derive(Debug)]
struct Stay<'a> {
    account: &'a Rc<str>,
    first: i64,
    last: i64,
}

fn devices<'a>(facts: &'a [Fact], accounts: &'a Accounts) -> HashMap<&'a Rc<str>, Device<'a>> {
    let mut devices: HashMap<&Rc<str>, Device> = HashMap::new();
    for fact in facts {
        if let Some(cookie) = &fact.cookie {
            let device = devices.entry(cookie).or_default();
            device.robot |= fact.robot == Some(true);
            device.human |= fact.robot == Some(false);
            if fact.event_type == "logout" {
                device.logouts.push(fact.time);
            }
        }
        let Some(user) = &fact.user else { continue };
        let account = accounts.last(user);
        let previous = fact.previous.as_ref().filter(|id| *id != user && !accounts.is_account(id));
        for id in [fact.cookie.as_ref(), previous].into_iter().flatten() {
            devices.entry(id).or_default().sign_in(account, fact.time);
        }
    }
    devices
}

impl<'a> Device<'a> {
    fn sign_in(&mut self, account: &'a Rc<str>, time: i64) {
        self.accounts.insert(account);
        match self.stays.last_mut() {
            Some(stay) if stay.account == account => stay.last = time,
            _ => self.stays.push(Stay { account, first: time, last: time }),
        }
    }

    fn is_robot(&self) -> bool {
        self.robot && !self.human && self.accounts.is_empty()
    }

    /// Whose device it is at a time.
    fn holder(&self, time: i64) -> Option<&'a Rc<str>> {
        if self.accounts.len() > MOST_ACCOUNTS {
            return None;
        }
        // The first to sign in has had it from ever.
        let at = self.stays.partition_point(|stay| stay.first <= time).saturating_sub(1);
        let (stay, next) = (self.stays.get(at)?, self.stays.get(at + 1));
        let logout = self.logouts.get(self.logouts.partition_point(|logout| *logout < stay.last));
        match logout {
            // The moment of the logout is still theirs.
            Some(logout) if next.is_none_or(|next| *logout <= next.first) && time > *logout => None,
            _ => Some(stay.account),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who has a device at some times, after `signed_in` (account, time) and logouts.
    fn holders<const N: usize>(signed_in: &[(&str, i64)], logouts: &[i64], at: [i64; N]) -> [Option<String>; N] {
        let names: Vec<Rc<str>> = signed_in.iter().map(|(account, _)| (*account).into()).collect();
        let mut device = Device { logouts: logouts.to_vec(), ..Device::default() };
        for (name, (_, time)) in names.iter().zip(signed_in) {
            device.sign_in(name, *time);
        }
        at.map(|time| device.holder(time).map(ToString::to_string))
    }

    #[test]
    fn a_device_is_whose_last_login_it_was_until_the_logout() {
        let [ada, ben] = ["ada", "ben"].map(|name| Some(name.to_owned()));
        // The first login reaches back.
        assert_eq!(holders(&[("ada", 5)], &[], [0, 5, 99]), [ada.clone(), ada.clone(), ada.clone()]);
        // The next one takes it from there on, and changes nothing before.
        assert_eq!(holders(&[("ada", 5), ("ben", 9)], &[], [0, 8, 9]), [ada.clone(), ada.clone(), ben.clone()]);
        // After a logout it is nobody's, from the next millisecond until someone comes.
        let turns = [("ada", 5), ("ben", 9)];
        assert_eq!(holders(&turns, &[6], [6, 7, 8, 9]), [ada.clone(), None, None, ben.clone()]);
        assert_eq!(holders(&turns, &[9], [8, 9]), [ada.clone(), ben.clone()]);
        // A logout between two logins of one account does not count.
        assert_eq!(holders(&[("ada", 5), ("ada", 9)], &[6], [7, 9, 99]), [ada.clone(), ada.clone(), ada.clone()]);
        // Two at the same moment: the first of them had it only before.
        assert_eq!(holders(&[("ada", 5), ("ben", 5)], &[], [4, 5]), [ada, ben]);
        assert_eq!(holders(&[], &[3], [0, 9]), [None, None]);
    }

    #[test]
    fn a_device_of_more_than_five_accounts_is_nobodys() {
        let accounts = ["a", "b", "c", "d", "e", "f"].map(|name| (name, 1));
        assert_eq!(holders(&accounts[..5], &[], [9]), [Some("e".into())]);
        assert_eq!(holders(&accounts, &[], [9]), [None]);
    }
}

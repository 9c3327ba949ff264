//! What one person did on one device in one go, and where they came from.

use super::fact::{Entry, Fact};
use super::identity::Identities;
use super::table::{Table, iso};
use crate::generate::shop::campaign::{DIRECT, Touch};
use anyhow::Result;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

/// A longer pause than this, in milliseconds, ends a session.
const LONGEST_PAUSE: i64 = 30 * 60_000;

#[derive(Debug)]
pub(super) struct Session {
    /// The id of its first event.
    pub(super) key: Rc<str>,
    cookie: Rc<str>,
    pub(super) person: Rc<str>,
    /// Which of the person's sessions it is, from 1.
    number: usize,
    pub(super) started: i64,
    ended: i64,
    events: usize,
    campaign: Option<Touch>,
    link: Option<Touch>,
}

impl Session {
    /// Where the visitor came from: a campaign says more than a link.
    pub(super) fn touch(&self) -> Touch {
        self.campaign.or(self.link).unwrap_or(DIRECT.touch)
    }
}

/// All sessions, in order of time, and the session of each event.
#[derive(Debug)]
pub(super) struct Sessions {
    pub(super) all: Vec<Session>,
    /// By the event's place in the order of time: the place in `all`.
    pub(super) of_event: Vec<Option<usize>>,
}

/// What goes on on a device, as long as there is no long pause.
struct Open {
    session: usize,
    last: i64,
    campaign: Option<Touch>,
}

impl Sessions {
    /// `facts` are in order of time and id.
    pub(super) fn of(facts: &[Fact], identities: &Identities) -> Self {
        let mut sessions = Self { all: Vec::new(), of_event: vec![None; facts.len()] };
        let mut open: HashMap<(&Rc<str>, &Rc<str>), Open> = HashMap::new();
        let mut count: HashMap<&Rc<str>, usize> = HashMap::new();
        for (at, (fact, whose)) in facts.iter().zip(&identities.events).enumerate() {
            let Some(cookie) = fact.cookie.as_ref().filter(|_| !whose.robot) else { continue };
            let campaign = match fact.entry {
                Some(Entry::Campaign(touch)) => Some(touch),
                _ => None,
            };
            let before = open.remove(&(cookie, &whose.person)).filter(|open| fact.time - open.last <= LONGEST_PAUSE);
            let known = before.as_ref().and_then(|open| open.campaign);
            let other = campaign.is_some() && known.is_some() && campaign != known;
            let session = match before.filter(|_| !other) {
                Some(open) => open.session,
                None => {
                    let number = count.entry(&whose.person).or_insert(0);
                    *number += 1;
                    sessions.all.push(Session {
                        key: fact.id.clone(),
                        cookie: cookie.clone(),
                        person: whose.person.clone(),
                        number: *number,
                        started: fact.time,
                        ended: fact.time,
                        events: 0,
                        campaign: None,
                        link: None,
                    });
                    sessions.all.len() - 1
                }
            };
            sessions.of_event[at] = Some(session);
            sessions.all[session].add(fact);
            let open_now = Open { session, last: fact.time, campaign: campaign.or(known) };
            open.insert((cookie, &whose.person), open_now);
        }
        sessions
    }

    /// The session of the event at this place in the order of time.
    pub(super) fn key_of(&self, event: usize) -> &str {
        self.of_event[event].map_or("", |session| &self.all[session].key)
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let header = "session_key,anonymous_id,person_id,session_number,started_at,ended_at,events,source,medium,campaign,channel";
        let mut table = Table::begin(folder, "sessions", header)?;
        let mut sorted: Vec<&Session> = self.all.iter().collect();
        sorted.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        for session in sorted {
            let touch = session.touch();
            table.line([
                &session.key,
                &session.cookie,
                &session.person,
                &session.number.to_string(),
                &iso(session.started),
                &iso(session.ended),
                &session.events.to_string(),
                touch.source,
                touch.medium,
                touch.campaign,
                touch.channel,
            ])?;
        }
        table.end()
    }
}

impl Session {
    fn add(&mut self, fact: &Fact) {
        self.ended = fact.time;
        self.events += 1;
        match fact.entry {
            Some(Entry::Campaign(touch)) => self.campaign = self.campaign.or(Some(touch)),
            Some(Entry::Link(touch)) => self.link = self.link.or(Some(touch)),
            None => {}
        }
    }
}

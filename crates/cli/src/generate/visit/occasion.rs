//! Why a visit takes place: by chance, or because of another one.

use super::action::{Action, Step, Subject};
use super::{Visit, World};
use crate::generate::people::device::Kind;
use crate::generate::people::visitor::Visitor;
use crate::generate::random::Random;
use crate::generate::shop::order::Order;
use std::rc::Rc;

/// Who comes, what for, and when.
#[derive(Debug)]
pub(crate) struct Occasion {
    pub(super) visitor: Visitor,
    pub(super) errand: Errand,
    /// When it begins: milliseconds since 1970.
    pub(crate) start: i64,
    /// How much later than it happened it is reported: the device is offline.
    pub(super) delay: i64,
}

/// What somebody comes for.
#[derive(Debug, Clone)]
pub(super) enum Errand {
    Shop,
    /// To give an order back; and whether they were logged in when they placed it.
    Return(Rc<Order>, bool),
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl Occasion {
    /// Somebody comes for the visit with this number, whose reports begin to arrive at `arrival`.
    pub(crate) fn by_chance(world: &World, number: u64, arrival: i64) -> Self {
        let mut random = Random::of("occasion", [world.seed, number]);
        let visitor = Visitor::of(world, number, &mut random);
        let offline = random.percent(if matches!(visitor.kind, Kind::App(_)) { 8 } else { 1 });
        let delay = match random.below(4) {
            _ if !offline => 0,
            0 => random.within(DAY, 9 * DAY),
            1 => random.within(8 * HOUR, 30 * HOUR),
            _ => random.within(10 * MINUTE, 8 * HOUR),
        };
        Self { visitor, errand: Errand::Shop, start: arrival - delay, delay }
    }
}

impl Visit {
    /// What it leads to: someone takes over the device; an order is given back.
    pub(crate) fn sequels(&self, world: &World) -> impl Iterator<Item = Occasion> + use<> {
        let mut random = Random::of("sequel", [self.seed]);
        let end = self.start + self.delay + self.steps.last().map_or(0, |step| step.at);
        let visitor = Visitor { person: self.person.clone(), kind: self.kind };
        let next = visitor.hands_over(world, &mut random).map(|visitor| Occasion {
            visitor,
            errand: Errand::Shop,
            start: end + random.within(20_000, 12 * MINUTE),
            delay: 0,
        });
        let ordered = |step: &&Step| matches!(step.action, Action::PlaceOrder | Action::ChangeOrder);
        let order = match self.steps.iter().rev().find(ordered) {
            Some(Step { subject: Subject::Order(order), logged_in, .. }) if random.percent(9) => {
                Some((order.clone(), *logged_in))
            }
            _ => None,
        };
        let back = order.map(|(order, logged_in)| Occasion {
            visitor,
            errand: Errand::Return(order, logged_in),
            start: end + random.within(2 * HOUR, 6 * DAY),
            delay: 0,
        });
        next.into_iter().chain(back)
    }
}

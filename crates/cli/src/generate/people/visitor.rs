//! Who comes, and with what.

use super::device::{HOUSEHOLD, Kind};
use super::person::Person;
use crate::generate::random::Random;
use crate::generate::visit::World;

/// A person or a robot, with a device.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// Nobody, if a robot visits.
    pub(crate) person: Option<Person>,
    pub(crate) kind: Kind,
}

/// The shop has a kiosk for so many regular customers.
const REGULARS_PER_KIOSK: u64 = 100;

const TERMINALS: u64 = 12;

impl Visitor {
    /// The visitor of the visit with this number: one of those who come back, someone who comes once, or a robot.
    pub(crate) fn of(world: &World, number: u64, random: &mut Random) -> Self {
        let newcomer = world.regulars + number;
        let (person, kind) = match random.below(100) {
            0..3 => return Self { person: None, kind: Kind::Robot(number) },
            3..56 => {
                // Few come often, and many now and then.
                let most = random.below(world.regulars);
                let regular = random.below(1 + most);
                (Person::of(world, regular, true), Kind::for_person(regular, random))
            }
            56..60 => {
                let regular = random.below(world.regulars);
                let kiosk = Kind::Kiosk(random.below(1 + world.regulars / REGULARS_PER_KIOSK));
                (Person::of(world, regular, true), kiosk)
            }
            60..64 => (Person::of(world, newcomer, false), Kind::Terminal(random.below(TERMINALS))),
            _ => {
                let kind = if random.percent(55) { Kind::Phone(newcomer) } else { Kind::Laptop(newcomer) };
                (Person::of(world, newcomer, false), kind)
            }
        };
        Self { person: Some(person), kind }
    }

    /// Who takes the device next, if others are around.
    pub(crate) fn hands_over(&self, world: &World, random: &mut Random) -> Option<Self> {
        let Kind::FamilyTablet(household) = self.kind else { return None };
        let next = household * HOUSEHOLD + random.below(HOUSEHOLD);
        let other = self.person.as_ref().is_some_and(|person| person.number != next) && next < world.regulars;
        (other && random.percent(60)).then(|| Self { person: Some(Person::of(world, next, true)), kind: self.kind })
    }
}

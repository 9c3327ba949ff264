//! How a visit's reports travel: alone or several in one record, at once or late, once or twice.

use super::random::Random;
use super::shop::site::Dialect;
use super::visit::Visit;
use super::visit::event::Event;
use std::rc::Rc;

/// One record on its way to the stream.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    /// When it arrives: milliseconds since 1970.
    pub(crate) arrival: i64,
    pub(crate) dialect: Dialect,
    /// When it was sent, by the device's clock.
    pub(crate) sent: i64,
    visit: Rc<Visit>,
    /// Indices of the steps that it reports, in order.
    steps: Vec<usize>,
}

/// The most events in one record.
const MOST: usize = 5;

/// How long a sender waits for more to put into a record.
const PATIENCE: i64 = 10 * 60_000;

impl Delivery {
    pub(crate) fn events(&self) -> impl Iterator<Item = Event<'_>> {
        self.steps.iter().map(|&step| self.visit.event(step))
    }

    /// The records of a visit, none arriving before the visit's first report nor at `end` or later.
    pub(crate) fn of(visit: &Rc<Visit>, end: i64) -> Vec<Self> {
        let mut random = Random::of("delivery", [visit.seed]);
        let mut deliveries = Vec::with_capacity(visit.steps.len() + 1);
        // A device that was offline sends all it has kept, one after the other.
        let mut backlog = 0;
        let mut unsent: Vec<usize> = (0..visit.steps.len()).collect();
        while !unsent.is_empty() {
            let steps = take(visit, &mut unsent, &mut random);
            let last = steps.last().map_or(0, |&step| visit.steps[step].at);
            let since = if visit.delay == 0 { last } else { backlog };
            backlog += 45;
            let sent = visit.start + visit.delay + since;
            let arrival = (sent + random.within(20, 1_500)).min(end - 1);
            let dialect = visit.event(steps[0]).dialect();
            let delivery = Self { arrival, dialect, sent: sent + visit.device.skew, visit: visit.clone(), steps };
            if random.one_in(60) {
                let again = arrival + random.within(500, 2 * 60 * 60_000);
                if again < end {
                    deliveries.push(Self { arrival: again, ..delivery.clone() });
                }
            }
            deliveries.push(delivery);
        }
        deliveries
    }
}

/// Takes the next step off the list, and with it others that go into the same record. Only events of one type share
/// a partition, so that is what senders mostly put together; some put together what comes.
fn take(visit: &Visit, unsent: &mut Vec<usize>, random: &mut Random) -> Vec<usize> {
    let mut steps = vec![unsent.remove(0)];
    let (first, dialect) = (&visit.steps[steps[0]], visit.event(steps[0]).dialect());
    let collects = match dialect {
        Dialect::SegmentBatch | Dialect::Measurement => random.percent(60),
        Dialect::Plain | Dialect::DataLayer => random.one_in(40),
        Dialect::Segment | Dialect::Gtag => false,
    };
    if collects {
        let anything = random.one_in(12);
        unsent.retain(|&index| {
            let step = &visit.steps[index];
            let fits = steps.len() < MOST
                && (anything || step.action == first.action)
                && step.at - first.at <= PATIENCE
                // A body names its visitor once.
                && step.logged_in == first.logged_in
                && visit.event(index).dialect() == dialect;
            if fits {
                steps.push(index);
            }
            !fits
        });
    }
    steps
}

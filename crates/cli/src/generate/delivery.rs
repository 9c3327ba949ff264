//! How a visit's reports travel: alone or several in one record, at once or late, once or twice.

use super::filing::filed;
use super::random::Random;
use super::shop::site::Dialect;
use super::visit::Visit;
use super::visit::event::Event;
use clickstream::schema::Window;
use std::collections::BTreeMap;
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

const DAY: i64 = 24 * 60 * 60_000;

impl Delivery {
    pub(crate) fn events(&self) -> impl Iterator<Item = Event<'_>> {
        self.steps.iter().map(|&step| self.visit.event(step))
    }

    /// The records of a visit, none arriving before the visit's first report nor at `end` or later. With a window, none
    /// holds events that it files under several partitions.
    pub(crate) fn of(visit: &Rc<Visit>, end: i64, unmixed: Option<Window>) -> Vec<Self> {
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
            let again = Some(arrival + again(&mut random)).filter(|again| *again < end && random.one_in(60));
            for steps in part(visit, steps, unmixed, [arrival, again.unwrap_or(arrival)]) {
                let dialect = visit.event(steps[0]).dialect();
                let delivery = Self { arrival, dialect, sent: sent + visit.device.skew, visit: visit.clone(), steps };
                deliveries.extend(again.map(|arrival| Self { arrival, ..delivery.clone() }));
                deliveries.push(delivery);
            }
        }
        deliveries
    }
}

/// How much later a record is delivered once more, in milliseconds: mostly a retry, rarely a queue that is played again.
fn again(random: &mut Random) -> i64 {
    if random.one_in(10) { random.within(DAY, 9 * DAY) } else { random.within(500, 2 * 60 * 60_000) }
}

/// Parts the steps of a record by where their events are filed, whenever it arrives.
fn part(visit: &Visit, steps: Vec<usize>, unmixed: Option<Window>, arrivals: [i64; 2]) -> Vec<Vec<usize>> {
    let Some(window) = unmixed else { return vec![steps] };
    let mut parts = BTreeMap::<_, Vec<usize>>::new();
    for step in steps {
        let event = visit.event(step);
        parts.entry(arrivals.map(|arrival| filed(&event, arrival, window))).or_default().push(step);
    }
    parts.into_values().collect()
}

/// Takes the next step off the list, and with it others that go into the same record. Only events of one type share
/// a partition, so that is what senders mostly put together; some put together what comes.
fn take(visit: &Visit, unsent: &mut Vec<usize>, random: &mut Random) -> Vec<usize> {
    let mut steps = vec![unsent.remove(0)];
    let (first, dialect) = (&visit.steps[steps[0]], visit.event(steps[0]).dialect());
    let collects = match dialect {
        Dialect::SegmentBatch | Dialect::Measurement => random.percent(60),
        Dialect::Plain | Dialect::DataLayer => random.one_in(40),
        Dialect::Segment | Dialect::Gtag | Dialect::ServerTag => false,
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

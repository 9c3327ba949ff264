//! All visits of the time span, merged into one stream of records in the order in which they arrive.

use super::delivery::Delivery;
use super::pace;
use super::random::Random;
use super::visit::occasion::Occasion;
use super::visit::{Visit, World};
use clickstream::schema::Window;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The longest that a visit lasts, and its share of the time span if that is less.
const LONGEST: i64 = 90 * 60_000;
const LONGEST_SHARE: i64 = 8;

/// The records, in order of arrival. Holds only what is under way.
#[derive(Debug)]
pub(crate) struct Timeline {
    world: World,
    /// Set if no record may hold events of several partitions.
    unmixed: Option<Window>,
    random: Random,
    /// When the last visit may begin.
    last_start: i64,
    /// When the next visit begins, and how much work lies between that and the last start.
    next_start: i64,
    work: i64,
    /// Visits so far; openings are those that no other visit has led to.
    openings: u64,
    visits: u64,
    /// Records of the visits so far, and how many more are wanted.
    planned: u64,
    wanted: u64,
    left: u64,
    /// By arrival; what arrives at the same time, as planned.
    under_way: BTreeMap<(i64, u64), Delivery>,
}

impl Timeline {
    /// `count` records that arrive from `start` on and before `end` (milliseconds since 1970).
    pub(crate) fn new(seed: u64, count: u64, start: i64, end: i64, unmixed: Option<Window>) -> Self {
        let longest = LONGEST.min((end - start) / LONGEST_SHARE);
        let mut timeline = Self {
            world: World { seed, regulars: 12 + count / 90, longest, start, end },
            unmixed,
            random: Random::of("timeline", [seed]),
            last_start: end - longest,
            next_start: start,
            work: pace::work(start, end - longest),
            openings: 0,
            visits: 0,
            planned: 0,
            wanted: count,
            left: count,
            under_way: BTreeMap::new(),
        };
        timeline.wait();
        timeline
    }

    /// Lets the next visit begin after a pause that spreads the records still wanted evenly over the time that is left.
    fn wait(&mut self) {
        // What a visit brings is learned from those so far; about nine records, to begin with.
        let (records, visits) = (i128::from(self.planned + 90), i128::from(self.openings + 10));
        let missing = i128::from(self.wanted.saturating_sub(self.planned).max(1));
        let mean = i128::from(self.work) * records / visits / missing;
        let pause = self.random.within(0, i64::try_from(2 * mean).unwrap_or(i64::MAX)).min(self.work);
        self.next_start = pace::after(self.next_start, pause).min(self.last_start);
        self.work -= pause;
    }

    fn open_visit(&mut self) {
        self.openings += 1;
        let mut occasions = vec![Occasion::by_chance(&self.world, self.visits, self.next_start)];
        while let Some(occasion) = occasions.pop() {
            let visit = Rc::new(Visit::of(&self.world, self.visits, occasion));
            self.visits += 1;
            for delivery in Delivery::of(&visit, self.world.end, self.unmixed) {
                self.under_way.insert((delivery.arrival, self.planned), delivery);
                self.planned += 1;
            }
            occasions.extend(visit.sequels(&self.world).filter(|sequel| sequel.start < self.last_start));
        }
        self.wait();
    }
}

impl Iterator for Timeline {
    type Item = Delivery;

    fn next(&mut self) -> Option<Delivery> {
        self.left = self.left.checked_sub(1)?;
        let begins_first = |timeline: &Self| {
            let arrives = timeline.under_way.first_key_value().map(|((arrival, _), _)| *arrival);
            arrives.is_none_or(|arrival| arrival >= timeline.next_start)
        };
        while self.planned < self.wanted && begins_first(self) {
            self.open_visit();
        }
        self.under_way.pop_first().map(|(_, delivery)| delivery)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_arrive_in_order_within_the_span_and_reach_across_it() {
        let (start, end) = (1_795_392_000_000, 1_795_392_000_000 + 24 * 60 * 60_000);
        for count in [300, 3000] {
            let arrivals: Vec<i64> =
                Timeline::new(5, count, start, end, None).map(|delivery| delivery.arrival).collect();
            assert_eq!(arrivals.len() as u64, count);
            assert!(arrivals.is_sorted());
            assert!(arrivals.iter().all(|arrival| (start..end).contains(arrival)));
            let last_quarter = arrivals.iter().filter(|arrival| **arrival > end - 6 * 60 * 60_000).count();
            assert!((arrivals.len() / 6..arrivals.len() / 2).contains(&last_quarter), "{last_quarter} of {count}");
        }
    }
}

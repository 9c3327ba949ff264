//! Where a row is filed: a closed list of event types x a window of dates around its arrival.

use crate::chunk::{SIZE, first};
use crate::derive::time;
use crate::row::{Cell, Flag, Row};
use crate::schema::{PARTITION_KEYS, Plan, Window};
use chrono::NaiveDate;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// The values of the two partition keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    /// Index into [`Plan::event_types`].
    pub event_type: usize,
    /// UTC.
    pub date: NaiveDate,
}

/// A partition as a catalog names it: the values of [`PARTITION_KEYS`], in their order.
pub type Values = [String; PARTITION_KEYS.len()];

/// The S3 prefix below the table's location of the partition with these values.
pub fn prefix(values: &Values) -> String {
    let ([first, second], [one, two]) = (PARTITION_KEYS, values);
    format!("{first}={one}/{second}={two}/")
}

impl Partition {
    /// `yyyy-mm-dd`.
    pub fn date_text(&self) -> String {
        let mut text = String::with_capacity(10);
        time::write_date(self.date, &mut text);
        text
    }
}

impl Window {
    /// The dates that rows of records arriving between two points in time (milliseconds since 1970) can have.
    pub fn dates(self, from: i64, to: i64) -> impl Iterator<Item = NaiveDate> + Clone + use<> {
        let first = time::date(from.saturating_sub(self.late_ms()));
        let last = time::date(to.saturating_add(self.early_ms()));
        first.iter_days().take_while(move |date| *date <= last)
    }

    /// The most dates that rows can have whose records arrive within one of Firehose's buffer intervals, at most 15
    /// minutes: the late days, the day of arrival, and the day after it.
    pub fn most_dates(self) -> u32 {
        self.late_days.saturating_add(2)
    }

    fn late_ms(self) -> i64 {
        i64::from(self.late_days) * DAY_MS
    }

    fn early_ms(self) -> i64 {
        i64::from(self.early_minutes) * MINUTE_MS
    }

    fn holds(self, event: i64, arrival: i64) -> bool {
        (arrival.saturating_sub(self.late_ms())..=arrival.saturating_add(self.early_ms())).contains(&event)
    }
}

impl Plan {
    /// Every partition that rows of records arriving between two points in time (milliseconds since 1970) can have:
    /// what has to be registered for them to be found.
    pub fn partitions(&self, from: i64, to: i64) -> impl Iterator<Item = Partition> + use<'_> {
        self.partitions_on(self.window.dates(from, to))
    }

    /// Every partition of these dates.
    pub fn partitions_on<'a, D>(&'a self, dates: D) -> impl Iterator<Item = Partition> + use<'a, D>
    where
        D: Iterator<Item = NaiveDate> + Clone + 'a,
    {
        (0..self.event_types.len())
            .flat_map(move |event_type| dates.clone().map(move |date| Partition { event_type, date }))
    }

    /// The most partitions that Firehose can have to hold open at once.
    pub fn most_partitions(&self) -> usize {
        self.event_types.len() * self.window.most_dates() as usize
    }

    /// The values of a partition's keys.
    pub fn values(&self, partition: &Partition) -> Values {
        [self.event_types[partition.event_type].clone(), partition.date_text()]
    }

    /// The S3 prefix of a partition below the table's location.
    pub fn prefix(&self, partition: &Partition) -> String {
        prefix(&self.values(partition))
    }
}

/// Files rows. What it remembers makes no difference to where.
#[derive(Debug, Default)]
pub(crate) struct Filer {
    event_types: EventTypes,
    /// The last date of a row's own time, as it is written and as it is, and when it begins.
    last: ([u8; 10], NaiveDate, i64),
}

impl Filer {
    /// The row's partition. An event time outside the window is not followed but flagged; it stays as it is in its column.
    #[inline(always)]
    pub(crate) fn file(&mut self, plan: &Plan, text: &str, row: &mut Row, arrival: i64) -> Partition {
        let name = row.cell(plan.roles.event_name);
        let event_type = match name {
            Cell::Empty => usize::from(plan.other),
            _ => self.event_types.of(plan, name.bytes(text, &row.made)),
        };
        let own = self.own(row.cell(plan.roles.event_time).bytes(text, &row.made));
        let date = match own {
            Some((date, own)) if plan.window.holds(own, arrival) => date,
            _ => {
                row.raise(Flag::TimeClamped);
                time::date(arrival)
            }
        };
        Partition { event_type, date }
    }

    /// A row's own time, which rows hold in one spelling, and its date, which most have in common with the row before.
    #[inline(always)]
    fn own(&mut self, text: &[u8]) -> Option<(NaiveDate, i64)> {
        let text: &[u8; 24] = text.try_into().ok()?;
        let time = time::of_day(text)?;
        let date = *text.first_chunk()?;
        if date != self.last.0 {
            let begin = time::begin_of_day(text)?;
            self.last = (date, time::date(begin), begin);
        }
        let (_, date, begin) = self.last;
        Some((date, begin + time))
    }
}

/// [`Plan::event_type`], remembered for short names as they are spelled: a stream has few.
#[derive(Debug, Default)]
pub(crate) struct EventTypes(Vec<([u8; SIZE], usize)>);

impl EventTypes {
    /// So many names are kept: of those that fall on one place, the last.
    const KEPT: usize = 1 << 10;

    /// The type of the event with this name.
    #[inline]
    pub(crate) fn of(&mut self, plan: &Plan, name: &[u8]) -> usize {
        if name.len() > SIZE {
            return plan.event_type_of(name);
        }
        // What stands after a shorter name is in no other.
        let spelling = first(name);
        let place = place(spelling);
        match self.0.get(place) {
            Some((known, event_type)) if *known == spelling => *event_type,
            _ => self.learn(plan, name, (place, spelling)),
        }
    }

    #[inline(never)]
    fn learn(&mut self, plan: &Plan, name: &[u8], (place, spelling): (usize, [u8; SIZE])) -> usize {
        // To begin with, all places know the empty name.
        self.0.resize_with(Self::KEPT, || (first(b""), plan.event_type("")));
        let event_type = plan.event_type_of(name);
        self.0[place] = (spelling, event_type);
        event_type
    }
}

/// Where a name is remembered.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // some of the bits will do
fn place(spelling: [u8; SIZE]) -> usize {
    let both = u128::from_le_bytes(spelling);
    // Digits of the golden ratio: an odd number without pattern.
    let mixed = (both as u64 ^ (both >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as usize % EventTypes::KEPT
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_event_is_of_the_same_type_whatever_came_before(
            names in proptest::collection::vec("[a-c_ ]{0,20}|Page|page_view|Order Completed|checkout_completed|Checkout Step Viewed", 1..60),
        ) {
            let plan = Plan::embedded().expect("the schema compiles");
            let mut known = EventTypes::default();
            for name in names.iter().chain(&names) {
                prop_assert_eq!(known.of(&plan, name.as_bytes()), plan.event_type(name), "{}", name);
            }
        }

        #[test]
        fn a_time_is_the_same_whatever_came_before(
            texts in proptest::collection::vec("202[45]-(02|06)-(2[89]|30)T1[09]:[05]0:00.12[3a]Z|2024-02-29|now", 1..20),
        ) {
            let mut filer = Filer::default();
            for text in &texts {
                let own = time::canonical(text.as_bytes()).map(|ms| (time::date(ms), ms));
                prop_assert_eq!(filer.own(text.as_bytes()), own, "{}", text);
            }
        }

        #[test]
        fn the_window_never_reaches_more_days_than_the_quota_counts(
            arrival in 1_500_000_000_000i64..2_000_000_000_000, buffered in 0..900_000i64, late in 0..30u32,
        ) {
            let window = Window { late_days: late, early_minutes: 60 };
            prop_assert!(window.dates(arrival, arrival + buffered).count() <= late as usize + 2);
            prop_assert_eq!(window.most_dates(), late + 2);
        }

        #[test]
        fn a_time_in_the_window_has_one_of_its_dates(arrival in 1_500_000_000_000i64..2_000_000_000_000, off in -9 * DAY_MS..2 * DAY_MS) {
            let window = Window { late_days: 7, early_minutes: 60 };
            let event = arrival + off;
            prop_assert_eq!(window.holds(event, arrival), (-7 * DAY_MS..=60 * MINUTE_MS).contains(&off));
            if window.holds(event, arrival) {
                prop_assert!(window.dates(arrival, arrival).any(|date| date == time::date(event)));
            }
        }
    }
}

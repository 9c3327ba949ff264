//! The shop's day: how many visits begin when.

const HOUR: i64 = 60 * 60_000;

/// How busy each hour of the day is, UTC: quiet before dawn, busiest after dinner.
const BUSY: [i64; 24] = [16, 10, 7, 6, 7, 12, 24, 40, 52, 60, 64, 66, 72, 68, 62, 60, 62, 70, 84, 98, 100, 84, 56, 30];

/// How busy the shop is at a time.
fn busy(time: i64) -> i64 {
    usize::try_from(time.div_euclid(HOUR).rem_euclid(24)).map_or(1, |hour| BUSY[hour])
}

/// How much happens from one time to another, in some unit.
pub(crate) fn work(from: i64, to: i64) -> i64 {
    let (mut at, mut work) = (from, 0);
    while at < to {
        let next = hour_end(at).min(to);
        work += (next - at) * busy(at);
        at = next;
    }
    work
}

/// When so much has happened since a time.
pub(crate) fn after(from: i64, mut work: i64) -> i64 {
    let mut at = from;
    loop {
        let capacity = (hour_end(at) - at) * busy(at);
        if work < capacity {
            return at + work / busy(at);
        }
        work -= capacity;
        at = hour_end(at);
    }
}

fn hour_end(time: i64) -> i64 {
    (time.div_euclid(HOUR) + 1) * HOUR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_and_time_are_each_others_inverse() {
        for (from, to) in [(0, 24 * HOUR), (1_795_392_000_000, 1_795_392_000_001), (-5, 90 * HOUR + 17)] {
            assert_eq!(after(from, work(from, to)), to);
        }
    }
}

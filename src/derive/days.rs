//! Days and the dates that they have, from the first of January of the year 1, in the calendar that all readers use.

/// Days of a year before each month from 1 on; last, all of them.
const BEFORE_MONTH: [[u16; 14]; 2] = [
    [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365],
    [0, 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366],
];

/// The number of a day; `None` for a date that is not in the calendar of the years 1 to 9999.
#[inline]
pub(super) fn of_date(year: u32, month: u32, day: u32) -> Option<u32> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let before = &BEFORE_MONTH[usize::from(is_leap)];
    let start = u32::from(*before.get(month as usize)?);
    let end = u32::from(*before.get(month as usize + 1)?);
    if !(1..=9999).contains(&year) || day == 0 || start + day > end {
        return None;
    }
    let past = year - 1;
    Some(past * 365 + past / 4 - past / 100 + past / 400 + start + day - 1)
}

/// Year, month and day of the day with this number. The method is Neri's and Schneider's ("Euclidean affine functions",
/// 2022): years begin in March, so that a leap day is the last of its year, and each division is by a constant.
#[inline]
#[allow(clippy::cast_possible_truncation)] // halves are what is wanted
pub(super) fn date(number: u32) -> (u32, u32, u32) {
    let quarters = 4 * (number + 306) + 3;
    let (century, of_century) = (quarters / 146_097, quarters % 146_097 / 4);
    let product = 2_939_745 * u64::from(4 * of_century + 3);
    let (year, of_year) = ((product >> 32) as u32, product as u32 / 2_939_745 / 4);
    let months = 2_141 * of_year + 197_913;
    let (month, day) = (months >> 16, (months & 0xffff) / 2_141 + 1);
    let is_next = of_year >= 306;
    (century * 100 + year + u32::from(is_next), if is_next { month - 12 } else { month }, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Datelike, NaiveDate};

    #[test]
    fn every_day_is_what_chrono_says() {
        let first = NaiveDate::from_ymd_opt(1, 1, 1).expect("a date");
        let last = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a date");
        for (theirs, number) in first.iter_days().take_while(|date| *date <= last).zip(0..) {
            let (year, month, day) = date(number);
            let spelled = (theirs.year().unsigned_abs(), theirs.month(), theirs.day());
            assert_eq!(((year, month, day), of_date(year, month, day)), (spelled, Some(number)));
        }
    }

    #[test]
    fn no_other_date_is_one() {
        for (year, month, day) in [
            (2023, 2, 29),
            (1900, 2, 29),
            (2024, 2, 30),
            (2024, 0, 1),
            (2024, 13, 1),
            (2024, 4, 31),
            (2024, 1, 0),
            (0, 1, 1),
            (10_000, 1, 1),
            (1, u32::MAX, 1),
        ] {
            assert_eq!(of_date(year, month, day), None, "{year}-{month}-{day}");
        }
    }
}

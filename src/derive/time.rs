//! Points in time: every spelling that producers use, as milliseconds since 1970 in UTC.

use super::days;
use crate::digits::{self, Ascii, pair};
use crate::json::trim;
use chrono::{Datelike, NaiveDate};

/// 0001-01-01 and the end of 9999-12-31, the years that every reader of our rows can hold.
const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

const DAY_MS: i64 = 86_400_000;

/// From 31 December of the year 0, where chrono begins to count, to 1 January 1970.
const DAYS_TO_1970: i64 = 719_163;

/// Reads a time.
///
/// * RFC 3339 and its relatives: date and time parted by `T` or a space, any offset; without an offset, UTC
/// * a date alone, also as `yyyymmdd`: its midnight, UTC
/// * an epoch in seconds, milliseconds, microseconds or nanoseconds, told apart by size: seconds reach to the year
///   5138 before they look like milliseconds, and so on up
///
/// Below a millisecond, time is cut off.
///
/// ```
/// use clickstream::derive::time::parse;
/// assert_eq!(parse("2026-11-23T11:15:30.123+01:00"), Some(1_795_428_930_123));
/// assert_eq!(parse("1795428930.123"), Some(1_795_428_930_123));
/// assert_eq!(parse("2026-11-23"), Some(1_795_392_000_000));
/// assert_eq!(parse("yesterday"), None);
/// ```
pub fn parse(text: &str) -> Option<i64> {
    let text = trim(text);
    let bytes = text.as_bytes();
    let is_date = bytes.get(4) == Some(&b'-') && bytes.len() >= 10;
    let time = match bytes.len() {
        _ if is_date => calendar(bytes),
        8 => short_date(bytes).or_else(|| epoch(text)),
        _ => epoch(text),
    };
    time.filter(|ms| YEARS.contains(ms))
}

/// [`parse`] of a text that [`write()`] would write, as browsers do too; `None` for any other.
pub(crate) fn canonical(text: &[u8]) -> Option<i64> {
    let text = text.try_into().ok()?;
    Some(of_day(text)? + begin_of_day(text)?)
}

/// When the day begins that such a text is of.
#[inline(always)]
pub(crate) fn begin_of_day(text: &[u8; 24]) -> Option<i64> {
    let year_and_month = digits::read(*text.first_chunk()?, *b"0000-00-")?;
    let day = digits::read(*text[8..].first_chunk()?, *b"00T00:00")?;
    let [century, _, year, _, _, month, ..] = digits::pairs(year_and_month).map(u32::from);
    days::of_date(century * 100 + year, month, u32::from(digits::pairs(day)[0])).map(midnight)
}

/// The milliseconds from there to the time that it is; the date may be none.
#[inline(always)]
pub(crate) fn of_day(text: &[u8; 24]) -> Option<i64> {
    let minutes = digits::read(*text[8..].first_chunk()?, *b"00T00:00")?;
    let rest = digits::read(*text.last_chunk()?, *b":00.000Z")?;
    let [_, _, _, hour, _, _, minute, _] = digits::pairs(minutes).map(i64::from);
    let [_, second, _, _, hundredths, ..] = digits::pairs(rest).map(i64::from);
    // A leap second is written as the next one.
    let is_time = hour < 24 && minute < 60 && second < 60;
    is_time.then(|| ((hour * 60 + minute) * 60 + second) * 1_000 + hundredths * 10 + i64::from(rest[6]))
}

/// `yyyy-mm-dd`, any sign, `hh:mm:ss`. A leap second, the 61st of a minute, is the first of the next.
#[inline]
fn to_the_second(text: &[u8; 19]) -> Option<i64> {
    let year_and_month = digits::read(*text.first_chunk()?, *b"0000-00-")?;
    let time = digits::read(*text.last_chunk()?, *b"00:00:00")?;
    let [tens, ones] = [text[8], text[9]].map(|digit| u32::from(digit.wrapping_sub(b'0')));
    let [century, _, year, _, _, month, ..] = digits::pairs(year_and_month).map(u32::from);
    let [hour, _, _, minute, _, _, second, _] = digits::pairs(time).map(i64::from);
    if tens > 9 || ones > 9 || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let day = days::of_date(century * 100 + year, month, tens * 10 + ones)?;
    Some(midnight(day) + ((hour * 60 + minute) * 60 + second) * 1_000)
}

/// `yyyymmdd` from 1900 to 2199; as seconds, these numbers would be days of August 1970 nobody means.
fn short_date(text: &[u8]) -> Option<i64> {
    let mut rest = text;
    let (year, month, day) = (number::<4>(&mut rest)?, number::<2>(&mut rest)?, number::<2>(&mut rest)?);
    (1900..2200).contains(&year).then(|| days::of_date(year, month, day).map(midnight))?
}

fn epoch(text: &str) -> Option<i64> {
    if let Some(number) = whole(text.as_bytes()) {
        return Some(match text.len() {
            0..=11 => number * 1_000,
            12..=14 => number,
            15..=17 => number / 1_000,
            _ => number / 1_000_000,
        });
    }
    let mut plain = String::new();
    let written = crate::coerce::number::decimal(text, 38, 9, &mut plain)?;
    let plain = if written.as_is { text } else { plain.as_str() };
    let (whole, places) = plain.split_once('.').unwrap_or((plain, ""));
    let mut nanos = format!("{whole}{places:0<9}").parse::<i128>().ok()?;
    // Now in billionths of whatever unit the number is in.
    let digits = whole.trim_start_matches('-').len();
    nanos = match digits {
        0..=11 => nanos,
        12..=14 => nanos / 1_000,
        15..=17 => nanos / 1_000_000,
        18..=20 => nanos / 1_000_000_000,
        _ => return None,
    };
    i64::try_from(nanos.div_euclid(1_000_000)).ok()
}

/// A whole number without sign or leading zero that is sure to fit: what nearly every epoch is.
fn whole(text: &[u8]) -> Option<i64> {
    if !(text.len() <= 18 && matches!(text.first(), Some(b'1'..=b'9'))) {
        return None;
    }
    if let (9..=16, Some(first), Some(last)) = (text.len(), text.first_chunk(), text.last_chunk()) {
        let [first, last] = [digits::read(*first, *b"00000000")?, digits::read(*last, *b"00000000")?];
        // The last eight without those that are among the first.
        let twice = 8 * (16 - text.len());
        let last = (u64::from_le_bytes(last) >> twice << twice).to_le_bytes();
        let [first, last] = [first, last].map(|eight| i64::from(digits::number(eight)));
        return Some(first * POWERS[text.len() - 8] + last);
    }
    text.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
}

/// Powers of ten.
const POWERS: [i64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// `yyyy-mm-dd`, then optionally `T` or a space, `hh:mm`, `:ss`, `.f`, and an offset.
fn calendar(text: &[u8]) -> Option<i64> {
    let usual = text.split_first_chunk().filter(|(head, _)| matches!(head[10], b'T' | b't' | b' '));
    let usual = usual.and_then(|(head, rest)| Some((to_the_second(head)?, rest)));
    let (time, mut rest) = usual.or_else(|| unusual(text))?;
    let mut ms = 0;
    if sign(&mut rest, b".,").is_some() {
        let mut weight = 100;
        let places = rest.len();
        while let [digit @ b'0'..=b'9', after @ ..] = rest {
            ms += i64::from(digit - b'0') * weight;
            (rest, weight) = (after, weight / 10);
        }
        if places == rest.len() {
            return None;
        }
    }
    Some(time + ms - offset(rest.trim_ascii())? * 60_000)
}

/// A date alone, or with a time whose seconds may be missing, and what stands after it.
fn unusual(text: &[u8]) -> Option<(i64, &[u8])> {
    let mut rest = text;
    let year = number::<4>(&mut rest)?;
    sign(&mut rest, b"-")?;
    let month = number::<2>(&mut rest)?;
    sign(&mut rest, b"-")?;
    let midnight = midnight(days::of_date(year, month, number::<2>(&mut rest)?)?);
    if rest.is_empty() {
        return Some((midnight, rest));
    }
    sign(&mut rest, b"Tt ")?;
    let hour = number::<2>(&mut rest)?;
    sign(&mut rest, b":")?;
    let minute = number::<2>(&mut rest)?;
    let second = if sign(&mut rest, b":").is_some() { number::<2>(&mut rest)? } else { 0 };
    let is_time = hour < 24 && minute < 60 && second < 61;
    is_time.then(|| (midnight + i64::from(hour * 3600 + minute * 60 + second) * 1_000, rest))
}

/// Minutes east of UTC: nothing, `Z`, `UTC`, `GMT`, `±hh`, `±hhmm` or `±hh:mm`.
fn offset(text: &[u8]) -> Option<i64> {
    let mut rest = text;
    if matches!(rest, b"" | b"Z" | b"z" | b"UTC" | b"GMT") {
        return Some(0);
    }
    let east = sign(&mut rest, b"+-")? == b'+';
    let hours = number::<2>(&mut rest)?;
    sign(&mut rest, b":");
    let minutes = if rest.is_empty() { 0 } else { number::<2>(&mut rest)? };
    let minutes = (rest.is_empty() && hours < 24 && minutes < 60).then_some(i64::from(hours * 60 + minutes))?;
    Some(if east { minutes } else { -minutes })
}

/// Takes one of `signs` off the front.
fn sign(text: &mut &[u8], signs: &[u8]) -> Option<u8> {
    let (first, rest) = text.split_first().filter(|(first, _)| signs.contains(first))?;
    *text = rest;
    Some(*first)
}

/// Takes exactly this many digits off the front.
fn number<const COUNT: usize>(text: &mut &[u8]) -> Option<u32> {
    let (digits, rest) = text.split_first_chunk::<COUNT>()?;
    let mut number = 0;
    for digit in digits {
        number = number * 10 + Some(u32::from(digit.wrapping_sub(b'0'))).filter(|digit| *digit < 10)?;
    }
    *text = rest;
    Some(number)
}

/// Appends `yyyy-mm-ddThh:mm:ss.mmmZ`, the one spelling that Firehose's converter, Spectrum, COPY and the local
/// engines all read. Nothing for a time outside the years 1 to 9999, which [`parse`] never gives.
pub fn write(ms: i64, out: &mut String) {
    if !YEARS.contains(&ms) {
        return;
    }
    let since = (ms - YEARS.start()).unsigned_abs();
    let (day, rest) = (since / DAY_MS.unsigned_abs(), since % DAY_MS.unsigned_abs());
    let [day, rest] = [day, rest].map(|number| u32::try_from(number).unwrap_or_default());
    let mut text = Ascii(*b"0000-00-00T00:00:00.000Z        ");
    put_date(&mut text, days::date(day));
    let (seconds, ms) = (rest / 1_000, rest % 1_000);
    text.0[11..13].copy_from_slice(&pair(seconds / 3_600));
    text.0[14..16].copy_from_slice(&pair(seconds / 60 % 60));
    text.0[17..19].copy_from_slice(&pair(seconds % 60));
    text.0[20..22].copy_from_slice(&pair(ms / 10));
    text.0[22] = pair(ms % 10)[1];
    text.push(24, out);
}

/// Appends `yyyy-mm-dd`.
pub fn write_date(date: NaiveDate, out: &mut String) {
    let mut text = Ascii([b' '; 32]);
    text.0[..10].copy_from_slice(b"0000-00-00");
    put_date(&mut text, (date.year().unsigned_abs(), date.month(), date.day()));
    text.push(10, out);
}

/// Puts a date's digits over the first ten bytes.
fn put_date(text: &mut Ascii, (year, month, day): (u32, u32, u32)) {
    text.0[..2].copy_from_slice(&pair(year / 100));
    text.0[2..4].copy_from_slice(&pair(year % 100));
    text.0[5..7].copy_from_slice(&pair(month));
    text.0[8..10].copy_from_slice(&pair(day));
}

/// Midnight of a day, UTC.
fn midnight(day: u32) -> i64 {
    i64::from(day) * DAY_MS + YEARS.start()
}

/// The UTC date of a point in time; 1970-01-01 for one outside the calendar, which [`parse`] never gives.
pub fn date(ms: i64) -> NaiveDate {
    let days = i32::try_from(ms.div_euclid(DAY_MS) + DAYS_TO_1970).ok();
    days.and_then(NaiveDate::from_num_days_from_ce_opt).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use proptest::prelude::*;

    const TEN_FIFTEEN: i64 = 1_795_428_930_123; // 2026-11-23T10:15:30.123Z

    #[test]
    fn every_spelling_of_one_moment_is_that_moment() {
        for text in [
            "2026-11-23T10:15:30.123Z",
            "2026-11-23t10:15:30.123z",
            "2026-11-23 10:15:30.123",
            "2026-11-23 10:15:30,123 UTC",
            "2026-11-23T10:15:30.123456789Z",
            "2026-11-23T11:15:30.123+01:00",
            "2026-11-23T05:15:30.123-0500",
            "2026-11-23T05:15:30.123 -05",
            "1795428930.123",
            "1795428930123",
            "1795428930123000",
            "1795428930123000000",
            "1.795428930123E12",
            " 1795428930123 ",
        ] {
            assert_eq!(parse(text), Some(TEN_FIFTEEN), "{text}");
        }
    }

    #[test]
    fn dates_short_times_and_the_edges_of_the_calendar() {
        for (text, ms) in [
            ("1970-01-01", Some(0)),
            ("1970-01-01 00:01", Some(60_000)),
            ("1969-12-31T23:59:59.9999Z", Some(-1)),
            ("-1.5", Some(-1_500)),
            ("2024-02-29", Some(1_709_164_800_000)),
            ("2023-02-29", None),
            ("2016-12-31T23:59:60Z", Some(1_483_228_800_000)),
            ("9999-12-31T23:59:59.999Z", Some(*YEARS.end())),
            ("9999-12-31T23:59:59.999-01:00", None),
            ("0000-12-31", None),
            ("2026-11-23T24:00:00Z", None),
            ("2026-11-23T10:15:30+1", None),
            ("2026-11-23T10:15:30.Z", None),
            ("2026-11-23T10:15:30Zzz", None),
            ("2026-1-2", None),
            ("20261123", Some(1_795_392_000_000)),
            ("20261323", Some(20_261_323_000)),
            ("99999999999", Some(99_999_999_999_000)),
            ("100000000000", Some(100_000_000_000)),
            ("1e400", None),
            ("", None),
            ("now", None),
            ("20261123T101530Z", None),
            ("999999999999999999999", None),
        ] {
            assert_eq!(parse(text), ms, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_and_is_what_chrono_writes(ms in YEARS) {
            let mut text = String::new();
            write(ms, &mut text);
            prop_assert_eq!(parse(&text), Some(ms));
            let theirs = DateTime::from_timestamp_millis(ms).expect("in range");
            prop_assert_eq!(text, theirs.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            parse(&text);
        }

        #[test]
        fn whatever_looks_like_rfc_3339_agrees_with_chrono(
            y in 1i32..9999, mo in 1u32..14, d in 1u32..33, h in 0u32..25, mi in 0u32..61, s in 0u32..60, oh in 0u32..24, om in 0u32..60,
        ) {
            let text = format!("{y:04}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}.5+{oh:02}:{om:02}");
            let theirs = DateTime::parse_from_rfc3339(&text).ok().map(|t| t.timestamp_millis()).filter(|ms| YEARS.contains(ms));
            prop_assert_eq!(parse(&text), theirs);
        }
    }
}

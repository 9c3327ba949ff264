//! Points in time: every spelling that producers use, as milliseconds since 1970 in UTC.

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
    if let Some(time) = canonical(text.as_bytes()) {
        return Some(time);
    }
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

/// [`parse`] of a text that [`write()`] would write; `None` for any other.
pub(crate) fn canonical(text: &[u8]) -> Option<i64> {
    text.try_into().ok().and_then(usual)
}

/// `yyyy-mm-ddThh:mm:ss.mmmZ`, as browsers write a time and [`write()`] does; `None` for any other text and for what only
/// looks like it.
fn usual(text: &[u8; 24]) -> Option<i64> {
    // A digit less `0` is at most 9, a sign less itself is nothing.
    let mut most = 0;
    let mut digit = |at: usize| {
        let digit = text[at].wrapping_sub(b'0');
        most = most.max(digit);
        u32::from(digit)
    };
    let mut pair = |at: usize| digit(at) * 10 + digit(at + 1);
    let (century, year, month, day) = (pair(0), pair(2), pair(5), pair(8));
    let (hour, minute, second, hundredth) = (pair(11), pair(14), pair(17), pair(20));
    let last = digit(22);
    let signs = [text[4], text[7], text[10], text[13], text[16], text[19], text[23]];
    if most > 9 || signs != *b"--T::.Z" || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(i32::try_from(century * 100 + year).ok()?, month, day)?;
    let ms = ((hour * 60 + minute) * 60 + second) * 1_000 + hundredth * 10 + last;
    Some(midnight(date) + i64::from(ms)).filter(|ms| YEARS.contains(ms))
}

/// `yyyymmdd` from 1900 to 2199; as seconds, these numbers would be days of August 1970 nobody means.
fn short_date(text: &[u8]) -> Option<i64> {
    let mut rest = text;
    let (year, month, day) = (digits::<4>(&mut rest)?, digits::<2>(&mut rest)?, digits::<2>(&mut rest)?);
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    (1900..2200).contains(&year).then(|| midnight(date))
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
    let begins = text.len() <= 18 && matches!(text.first(), Some(b'1'..=b'9'));
    let (mut number, mut most) = (0, 0);
    for digit in text.iter().take(18).map(|byte| byte.wrapping_sub(b'0')) {
        // What is no digit makes no number, whatever it adds up to.
        number = number * 10 + i64::from(digit.min(10));
        most = most.max(digit);
    }
    (begins && most <= 9).then_some(number)
}

/// `yyyy-mm-dd`, then optionally `T` or a space, `hh:mm`, `:ss`, `.f`, and an offset.
fn calendar(text: &[u8]) -> Option<i64> {
    let mut rest = text;
    let date = {
        let year = digits::<4>(&mut rest)?;
        sign(&mut rest, b"-")?;
        let month = digits::<2>(&mut rest)?;
        sign(&mut rest, b"-")?;
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, digits::<2>(&mut rest)?)?
    };
    let midnight = midnight(date);
    if rest.is_empty() {
        return Some(midnight);
    }
    sign(&mut rest, b"Tt ")?;
    let hour = digits::<2>(&mut rest)?;
    sign(&mut rest, b":")?;
    let minute = digits::<2>(&mut rest)?;
    let second = if sign(&mut rest, b":").is_some() { digits::<2>(&mut rest)? } else { 0 };
    let mut ms = 0;
    if sign(&mut rest, b".,").is_some() {
        let places = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if places == 0 {
            return None;
        }
        ms = rest[..places].iter().chain(b"000").take(3).fold(0, |ms, d| ms * 10 + i64::from(d - b'0'));
        rest = &rest[places..];
    }
    // A leap second, the 61st of a minute, is the first of the next.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = i64::from(hour * 3600 + minute * 60 + second);
    Some(midnight + seconds * 1000 + ms - offset(rest.trim_ascii())? * 60_000)
}

/// Minutes east of UTC: nothing, `Z`, `UTC`, `GMT`, `±hh`, `±hhmm` or `±hh:mm`.
fn offset(text: &[u8]) -> Option<i64> {
    let mut rest = text;
    if matches!(rest, b"" | b"Z" | b"z" | b"UTC" | b"GMT") {
        return Some(0);
    }
    let east = sign(&mut rest, b"+-")? == b'+';
    let hours = digits::<2>(&mut rest)?;
    sign(&mut rest, b":");
    let minutes = if rest.is_empty() { 0 } else { digits::<2>(&mut rest)? };
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
fn digits<const COUNT: usize>(text: &mut &[u8]) -> Option<u32> {
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
    let mut text = *b"0000-00-00T00:00:00.000Z";
    let (date, rest) = (date(ms), ms.rem_euclid(DAY_MS).unsigned_abs());
    put_date(&mut text, date);
    text[11..13].copy_from_slice(pair(rest / 3_600_000));
    text[14..16].copy_from_slice(pair(rest / 60_000 % 60));
    text[17..19].copy_from_slice(pair(rest / 1_000 % 60));
    text[20..22].copy_from_slice(pair(rest % 1_000 / 10));
    text[22] = pair(rest % 10)[1];
    out.push_str(str::from_utf8(&text).unwrap_or_default());
}

/// Appends `yyyy-mm-dd`.
pub fn write_date(date: NaiveDate, out: &mut String) {
    let mut text = *b"0000-00-00";
    put_date(&mut text, date);
    out.push_str(str::from_utf8(&text).unwrap_or_default());
}

/// Puts a date's digits over the first ten bytes.
fn put_date(text: &mut [u8], date: NaiveDate) {
    let year = date.year().unsigned_abs();
    text[..2].copy_from_slice(pair(u64::from(year / 100)));
    text[2..4].copy_from_slice(pair(u64::from(year % 100)));
    text[5..7].copy_from_slice(pair(date.month().into()));
    text[8..10].copy_from_slice(pair(date.day().into()));
}

/// The two digits of a number below 100.
#[allow(clippy::cast_possible_truncation)] // below 100
fn pair(number: u64) -> &'static [u8; 2] {
    const PAIRS: [[u8; 2]; 100] = {
        let mut pairs = [*b"00"; 100];
        let mut n = 0;
        while n < 100 {
            pairs[n] = [b"0123456789"[n / 10], b"0123456789"[n % 10]];
            n += 1;
        }
        pairs
    };
    &PAIRS[number as usize % 100]
}

/// Midnight of a date, UTC.
fn midnight(date: NaiveDate) -> i64 {
    (i64::from(date.num_days_from_ce()) - DAYS_TO_1970) * DAY_MS
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

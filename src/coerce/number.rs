//! Numbers as text, without a float on the way: nothing is lost that the column can hold.

/// A number's digits: `±0.d₁d₂d₃… × 10^point`, without leading or trailing zeros; no digits for zero.
#[derive(Debug, PartialEq, Eq)]
struct Digits {
    negative: bool,
    digits: Vec<u8>,
    point: i64,
}

/// Reads `[+-] digits [. digits] [e [+-] digits]`, with digits on at least one side of the point.
fn read(text: &str) -> Option<Digits> {
    let text = text.trim();
    let (negative, text) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent),
        None => (text, "0"),
    };
    let (whole, places) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if whole.len() + places.len() == 0
        || !all_digits(whole)
        || !all_digits(places)
        || unsigned.is_empty()
        || !all_digits(unsigned)
    {
        return None;
    }
    let digits: Vec<u8> = whole.bytes().chain(places.bytes()).collect();
    let leading = digits.iter().take_while(|d| **d == b'0').count();
    let trailing = digits[leading..].iter().rev().take_while(|d| **d == b'0').count();
    let digits = digits[leading..digits.len() - trailing].to_vec();
    if digits.is_empty() {
        return Some(Digits { negative: false, digits, point: 0 });
    }
    // An exponent beyond 18 digits is beyond every column whatever the mantissa of one record.
    let exponent = exponent.parse::<i64>().ok().filter(|e| e.unsigned_abs() < 1 << 60)?;
    let point = i64::try_from(whole.len()).ok()? - i64::try_from(leading).ok()? + exponent;
    Some(Digits { negative, digits, point })
}

/// A number that a column can hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// Whether the text is already the number as rows write it: nothing was appended.
    pub(crate) as_is: bool,
    /// Whether decimal places were rounded away.
    pub(crate) rounded: bool,
}

/// Appends a whole number.
pub(crate) fn push(number: i64, out: &mut String) {
    // Nearly every count is one digit.
    if let Some(digit) = u32::try_from(number).ok().and_then(|number| char::from_digit(number, 10)) {
        return out.push(digit);
    }
    // The longest: a sign and 19 digits.
    let (mut digits, mut first, mut rest) = ([b'-'; 20], 20, number.unsigned_abs());
    while rest > 0 {
        first -= 1;
        digits[first] = b"0123456789"[(rest % 10) as usize];
        rest /= 10;
    }
    first -= usize::from(number < 0);
    out.push_str(str::from_utf8(&digits[first..]).unwrap_or_default());
}

/// Appends a decimal of at most `precision` digits, `scale` of them after the point, as plain digits. Surplus places
/// are rounded half away from zero, as Redshift's own casts do. `None` if it is no number or too large.
pub(crate) fn decimal(text: &str, precision: u8, scale: u8, out: &mut String) -> Option<Written> {
    if is_plain(text.as_bytes(), precision - scale, scale) {
        return Some(Written { as_is: true, rounded: false });
    }
    let (whole_digits, scale) = (usize::from(precision - scale), usize::from(scale));
    let Digits { negative, mut digits, mut point } = read(text)?;
    let places = i64::try_from(digits.len()).ok()? - point;
    let surplus = usize::try_from(places - i64::try_from(scale).ok()?).unwrap_or(0);
    let rounded = surplus > 0;
    if surplus > digits.len() {
        digits.clear();
    } else if rounded {
        let up = digits[digits.len() - surplus] >= b'5';
        digits.truncate(digits.len() - surplus);
        if up {
            let nines = digits.iter().rev().take_while(|d| **d == b'9').count();
            digits.truncate(digits.len() - nines);
            if let Some(last) = digits.last_mut() {
                *last += 1;
            } else {
                digits.push(b'1');
                point += 1;
            }
        }
    }
    digits.truncate(digits.iter().rposition(|d| *d != b'0').map_or(0, |last| last + 1));
    if digits.is_empty() {
        out.push('0');
        return Some(Written { as_is: false, rounded });
    }
    // How many digits stand before the point; below zero, how many zeros stand behind it.
    let before = usize::try_from(point).unwrap_or(0);
    if before > whole_digits {
        return None;
    }
    if negative {
        out.push('-');
    }
    let digit = |at: usize| digits.get(at).map_or('0', |d| char::from(*d));
    if before == 0 {
        out.push('0');
    }
    out.extend((0..before).map(digit));
    if digits.len() > before {
        out.push('.');
        out.extend((point..0).map(|_| '0'));
        out.extend((before..digits.len()).map(digit));
    }
    Some(Written { as_is: false, rounded })
}

/// Appends an integer between `least` and `most`. `None` if it is none, or has places other than zeros.
pub(crate) fn integer(text: &str, least: i64, most: i64, out: &mut String) -> Option<Written> {
    let start = out.len();
    let written = decimal(text, 38, 0, out)?;
    let number = if written.as_is { text } else { &out[start..] };
    let fits = !written.rounded && number.parse::<i64>().is_ok_and(|n| (least..=most).contains(&n));
    if !fits {
        out.truncate(start);
    }
    fits.then_some(written)
}

/// Whether the text is a number as rows write it, within these digits before and after the point.
pub(super) fn is_plain(text: &[u8], whole_digits: u8, scale: u8) -> bool {
    let unsigned = text.strip_prefix(b"-").unwrap_or(text);
    let digits = |part: &[u8]| part.iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = digits(unsigned);
    let places = match &unsigned[whole..] {
        [] => 0,
        [b'.', places @ ..] if !places.is_empty() && digits(places) == places.len() => places.len(),
        _ => return false,
    };
    let negative = unsigned.len() < text.len();
    let whole_fits = match (whole, unsigned.first()) {
        (0, _) => false,
        (length, Some(b'0')) => length == 1,
        (length, _) => length <= usize::from(whole_digits),
    };
    whole_fits && places <= usize::from(scale) && !(negative && unsigned.iter().all(|b| matches!(b, b'0' | b'.')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal_of(text: &str) -> Option<(String, bool)> {
        let mut out = String::new();
        decimal(text, 18, 4, &mut out).map(|w| (if w.as_is { text.into() } else { out }, w.rounded))
    }

    #[test]
    fn decimals_keep_every_digit_that_the_column_holds() {
        for (text, written, rounded) in [
            ("19.90", "19.90", false),
            ("12345678901234.5678", "12345678901234.5678", false),
            ("1e3", "1000", false),
            ("1.5E-3", "0.0015", false),
            ("-0", "0", false),
            ("-0.00", "0", false),
            ("0e999999999999999999999", "0", false),
            ("+5", "5", false),
            (".5", "0.5", false),
            ("007.50", "7.5", false),
            (" 3 ", "3", false),
            ("19.990000000000002", "19.99", true),
            ("0.00005", "0.0001", true),
            ("-0.00005", "-0.0001", true),
            ("9.99995", "10", true),
            ("0.00004", "0", true),
            ("1e-400", "0", true),
            ("123.45678e1", "1234.5678", false),
        ] {
            assert_eq!(decimal_of(text), Some((written.into(), rounded)), "{text}");
        }
    }

    #[test]
    fn whole_numbers_are_written_as_the_library_does() {
        for number in [0, 1, -1, 10, 1_795_428_930_123, i64::MAX, i64::MIN] {
            let mut text = String::new();
            push(number, &mut text);
            assert_eq!(text, number.to_string());
        }
    }

    #[test]
    fn what_is_no_number_or_too_large_does_not_fit() {
        for text in [
            "",
            " ",
            "-",
            ".",
            "abc",
            "1,5",
            "1.2.3",
            "$5",
            "NaN",
            "Infinity",
            "0x10",
            "1e",
            "1e+",
            "1e400",
            "99999999999999.99999",
            "1e99999999999999999999",
            "123456789012345",
            "١",
        ] {
            assert_eq!(decimal_of(text), None, "{text}");
        }
    }

    #[test]
    fn integers_have_no_places_and_stay_in_range() {
        let integer_of = |text: &str| {
            let mut out = String::new();
            integer(text, i64::MIN, i64::MAX, &mut out).map(|w| if w.as_is { text.to_owned() } else { out })
        };
        for (text, written) in [
            ("3", Some("3")),
            ("3.0", Some("3")),
            ("3e2", Some("300")),
            ("-9223372036854775808", Some("-9223372036854775808")),
            ("9223372036854775808", None),
            ("3.5", None),
            ("-0", Some("0")),
        ] {
            assert_eq!(integer_of(text).as_deref(), written, "{text}");
        }
        assert_eq!(integer("32768", i16::MIN.into(), i16::MAX.into(), &mut String::new()), None);
    }

    proptest! {
        #[test]
        fn every_decimal_that_fits_survives_in_any_notation(units in -999_999_999_999_999_999i64..=999_999_999_999_999_999) {
            let sign = if units < 0 { "-" } else { "" };
            let digits = format!("{:05}", units.unsigned_abs());
            let (whole, places) = digits.split_at(digits.len() - 4);
            for text in [format!("{sign}{whole}.{places}"), format!("{units}e-4"), format!("{sign}0.{digits}E{}", whole.len())] {
                let (written, rounded) = decimal_of(&text).unwrap_or_else(|| panic!("{text} fits"));
                let (whole, places) = written.split_once('.').unwrap_or((&written, ""));
                prop_assert_eq!((format!("{whole}{places:0<4}").parse::<i64>(), rounded), (Ok(units), false), "{}", text);
            }
        }

        #[test]
        fn any_text_is_a_number_or_not(text in any::<String>(), digits in "[-+.0-9eE]{0,30}") {
            decimal_of(&text);
            if let Some((written, _)) = decimal_of(&digits) {
                prop_assert!(is_plain(written.as_bytes(), 14, 4), "{} became {}", digits, written);
            }
        }
    }
}

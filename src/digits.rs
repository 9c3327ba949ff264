//! Digits eight at a time: read in a few operations on one word, written two at once; hexadecimal ones
//! thirty-two at a time.

use wide::u8x16;

/// The values of eight bytes that look like `pattern`: a digit where it has a `0`, the same sign where it has another.
/// A sign's value is 0.
#[inline(always)]
pub(crate) fn read(text: [u8; 8], pattern: [u8; 8]) -> Option<[u8; 8]> {
    let values = u64::from_le_bytes(text) ^ u64::from_le_bytes(pattern);
    // What is more than the place may hold reaches a byte's highest bit, or has it already.
    let room = u64::from_le_bytes(pattern.map(|sign| if sign == b'0' { 0x7f - 9 } else { 0x7f }));
    let misfits = (values | values.wrapping_add(room)) & 0x8080_8080_8080_8080;
    (misfits == 0).then_some(values.to_le_bytes())
}

/// For each of eight values, the number that it makes with the next one.
#[inline(always)]
pub(crate) fn pairs(values: [u8; 8]) -> [u8; 8] {
    let values = u64::from_le_bytes(values);
    (values.wrapping_mul(10).wrapping_add(values >> 8)).to_le_bytes()
}

/// The number that eight digits make.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // eight digits fit
pub(crate) fn number(values: [u8; 8]) -> u32 {
    // Pairs to fours, fours to eight: what is wanted lies in the upper half of a lane, the rest is cut off.
    let twos = u64::from_le_bytes(pairs(values)) & 0x00ff_00ff_00ff_00ff;
    let fours = (twos.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_ffff_0000_ffff;
    let eight = fours.wrapping_mul(10_000 << 32 | 1) >> 32;
    eight as u32
}

/// The two digits of a number below 100.
#[inline(always)]
pub(crate) fn pair(number: u32) -> [u8; 2] {
    const PAIRS: [[u8; 2]; 128] = {
        let mut pairs = [*b"00"; 128];
        let mut n = 0;
        while n < 100 {
            pairs[n] = [b"0123456789"[n / 10], b"0123456789"[n % 10]];
            n += 1;
        }
        pairs
    };
    PAIRS[number as usize % 128]
}

/// The hexadecimal digits of sixteen bytes, two for each.
#[inline(always)]
pub(crate) fn hexadecimal(bytes: [u8; 16]) -> Ascii {
    let halves = [u128::from_le_bytes(bytes) >> 4, u128::from_le_bytes(bytes)];
    let [high, low] = halves.map(|half| {
        let digits = u8x16::new(half.to_le_bytes()) & u8x16::splat(0xf);
        let is_letter = digits.max(u8x16::splat(10)).simd_eq(digits);
        digits + u8x16::splat(b'0') + (is_letter & u8x16::splat(b'a' - 10 - b'0'))
    });
    let [first, rest] = [u8x16::unpack_low(high, low), u8x16::unpack_high(high, low)].map(u8x16::to_array);
    let mut text = Ascii([0; 32]);
    text.0[..16].copy_from_slice(&first);
    text.0[16..].copy_from_slice(&rest);
    text
}

/// ASCII text while it is written: a text of few, aligned words is one sooner.
#[repr(align(16))]
pub(crate) struct Ascii(pub(crate) [u8; 32]);

impl Ascii {
    /// Appends the first `length` bytes.
    #[inline(always)]
    pub(crate) fn push(&self, length: usize, out: &mut String) {
        if let Ok(text) = str::from_utf8(&self.0)
            && let Some(text) = text.get(..length)
        {
            out.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn hexadecimal_digits_are_two_for_each_byte(bytes in any::<[u8; 16]>()) {
            let digits = format!("{:032x}", u128::from_be_bytes(bytes));
            prop_assert_eq!(&hexadecimal(bytes).0[..], digits.as_bytes());
        }

        #[test]
        fn eight_digits_are_the_number_that_they_spell(text in prop_oneof!["[0-9]{8}", "[/-:0-9]{8}", "[\\x00-\\x7f]{8}"]) {
            let bytes: [u8; 8] = text.as_bytes().try_into().expect("eight");
            let spelled = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().expect("a number"));
            prop_assert_eq!(read(bytes, *b"00000000").map(number), spelled);
        }

        #[test]
        fn what_looks_like_a_pattern_has_its_signs_and_digits(bytes in proptest::array::uniform8(prop_oneof![any::<u8>(), Just(b'-'), b'/'..=b':'])) {
            let looks = bytes.iter().zip(b"0000-00-").all(|(b, p)| if *p == b'0' { b.is_ascii_digit() } else { b == p });
            let values = read(bytes, *b"0000-00-");
            prop_assert_eq!(values.is_some(), looks);
            if let Some(values) = values {
                prop_assert_eq!(pairs(values)[5], (bytes[5] - b'0') * 10 + bytes[6] - b'0');
            }
        }
    }
}

//! A share between none and all, exact on every platform.

use std::str::FromStr;

/// Parts of a million.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share(u64);

const MILLION: u64 = 1_000_000;

impl Share {
    /// How many of `count` things that is, rounded down.
    pub(crate) fn of(self, count: u64) -> u64 {
        u64::try_from(u128::from(count) * u128::from(self.0) / u128::from(MILLION)).unwrap_or(u64::MAX)
    }
}

impl FromStr for Share {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (whole, places) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(places) || places.len() > 6 || (whole.len() + places.len()) == 0 {
            return Err("not a decimal between 0 and 1 with at most six places");
        }
        let parts = format!("{whole}{places:0<6}").parse().map_err(|_| "too large")?;
        if parts > MILLION { Err("more than 1") } else { Ok(Self(parts)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_decimals_from_0_to_1() {
        for (text, of_4000) in [("0", 0), ("0.01", 40), (".5", 2000), ("1", 4000), ("1.000000", 4000), ("0.000001", 0)]
        {
            assert_eq!(text.parse().map(|share: Share| share.of(4000)), Ok(of_4000), "{text}");
        }
        for text in ["", ".", "-1", "1.1", "1e-2", "0.0000001", "50%", "99999999999999999999"] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }
}

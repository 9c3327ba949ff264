//! How names begin and end: by that most of those that are not wanted are told.

/// For some names, with which letter or digit each begins and ends, in any case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ends {
    /// For the last five bits of a first byte, which a letter's case does not change, a bit for those of each last one.
    lasts: [u32; 32],
}

impl Ends {
    /// Of names, which may be folded.
    pub(super) fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut ends = Self::default();
        for name in names {
            let mut letters = name.bytes().filter(u8::is_ascii_alphanumeric);
            if let Some(first) = letters.next() {
                let last = letters.next_back().unwrap_or(first);
                ends.lasts[usize::from(first % 32)] |= 1 << (last % 32);
            }
        }
        ends
    }

    /// Whether one of the names may fold to what this one does. It may, if folding removes one of its ends.
    #[inline(always)]
    pub(crate) fn may_hold(&self, name: &[u8]) -> bool {
        let ([first, ..], [.., last]) = (name, name) else { return true };
        let are_kept = first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric();
        !are_kept || self.lasts[usize::from(first % 32)] & 1 << (last % 32) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::fold::fold;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_name_that_folds_to_one_of_them_is_let_through(names in proptest::collection::vec("[-_ aBz9$\u{e4}]{0,3}", 1..4), other in "[-_ AbZ9$\u{e4}]{0,3}") {
            let ends = Ends::of(names.iter().map(String::as_str));
            prop_assert!(ends.may_hold(other.as_bytes()) || !names.iter().any(|name| fold(name) == fold(&other)));
        }
    }

    #[test]
    fn most_other_names_are_told() {
        let ends = Ends::of(["client_ip", "token"]);
        let told = |name: &str| !ends.may_hold(name.as_bytes());
        assert!(["q", "gclid", "utm_source", "page", "i", "cn", "tp"].into_iter().all(told));
        assert!(!["ClientIP", "TOKEN", "_token", ""].into_iter().any(told));
    }
}

//! What occurs most often, in bounded memory however many different names there are.

use std::collections::BTreeMap;

/// Most names kept at once.
const CAPACITY: usize = 2048;

/// Longest name kept, in bytes. A column's name has at most 127, an event's at most 255.
const LONGEST: usize = 256;

/// Names, how often each was there, and what was gathered under it.
#[derive(Debug, Default)]
pub(super) struct Frequent<T> {
    names: BTreeMap<String, (u64, T)>,
    /// Whether names were forgotten: the rarer ones, whenever there were too many. Counts are then lower bounds.
    pub(super) cut: bool,
}

impl<T: Default> Frequent<T> {
    /// Counts a name. What is gathered under it; `None` for a name too long to keep.
    pub(super) fn count(&mut self, name: &str) -> Option<&mut T> {
        if name.len() > LONGEST {
            self.cut = true;
            return None;
        }
        if self.names.len() >= CAPACITY && !self.names.contains_key(name) {
            self.forget_the_rarer_half();
        }
        let (count, gathered) = self.names.entry(name.to_owned()).or_default();
        *count += 1;
        Some(gathered)
    }

    /// The names, most frequent first, with their counts.
    pub(super) fn ranked(&self) -> Vec<(&str, u64, &T)> {
        let mut ranked: Vec<_> =
            self.names.iter().map(|(name, (count, gathered))| (name.as_str(), *count, gathered)).collect();
        ranked.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
        ranked
    }

    fn forget_the_rarer_half(&mut self) {
        self.cut = true;
        let mut counts: Vec<_> = self.names.values().map(|(count, _)| *count).collect();
        counts.sort_unstable();
        let median = counts[counts.len() / 2];
        self.names.retain(|_, (count, _)| *count > median);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_names_outlive_any_number_of_rare_ones() {
        let mut names = Frequent::<()>::default();
        for n in 0..50_000 {
            names.count(&format!("rare-{n}"));
            if n % 10 == 0 {
                names.count("frequent");
            }
            assert!(names.names.len() <= CAPACITY);
        }
        assert_eq!(names.ranked()[0], ("frequent", 5_000, &()));
        assert!(names.cut && names.count(&"x".repeat(LONGEST + 1)).is_none());
    }
}

//! Keys that an object holds more than once.

use crate::repeats::hash;

/// The number of each member of an object with these keys; 0 for one that keeps its name. `None` if they all do.
///
/// Of a repeated key, the last member keeps the name, as every JSON parser would have it; earlier ones are `key~1`,
/// `key~2` … , but no key of the object: none is lost, and readers that refuse repeated keys read on.
pub(super) fn numbers<'a>(keys: impl Iterator<Item = &'a str>) -> Option<Vec<usize>> {
    let mut members: Vec<(usize, &str, usize)> = keys.zip(0..).map(|(key, place)| (hash(key), key, place)).collect();
    // Hashes are compared faster, but can be chosen to be the same.
    members.sort_unstable();
    let is_same = |one: &(usize, &str, usize), next: &(usize, &str, usize)| one.0 == next.0 && one.1 == next.1;
    if !members.windows(2).any(|two| is_same(&two[0], &two[1])) {
        return None;
    }
    let may_collide = members.iter().any(|(_, key, _)| key.contains('~'));
    let is_key = |name: &str| members.binary_search_by_key(&(hash(name), name), |member| (member.0, member.1)).is_ok();
    let mut numbers = vec![0; members.len()];
    for same in members.chunk_by(is_same) {
        let mut number = 0;
        for (_, key, place) in &same[..same.len() - 1] {
            number += 1;
            while may_collide && is_key(&format!("{key}~{number}")) {
                number += 1;
            }
            numbers[*place] = number;
        }
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    /// The names that members are written with.
    fn named(keys: &[&str]) -> Vec<String> {
        let numbers = numbers(keys.iter().copied()).unwrap_or_else(|| vec![0; keys.len()]);
        let name =
            |(key, number): (&&str, usize)| if number == 0 { (*key).to_owned() } else { format!("{key}~{number}") };
        keys.iter().zip(numbers).map(name).collect()
    }

    #[test]
    fn the_last_keeps_the_name_and_no_number_collides() {
        assert_eq!(named(&["a", "b", "a", "a~1", "a"]), ["a~2", "b", "a~3", "a~1", "a"]);
        assert_eq!(numbers(["a", "b", "A", ""].into_iter()), None);
    }

    proptest! {
        #[test]
        fn members_are_named_as_if_one_after_the_other_was(keys in proptest::collection::vec("[ab]{0,2}(~[1-3]){0,2}|[a-z]{20}", 0..60)) {
            let keys: Vec<_> = keys.iter().map(String::as_str).collect();
            let mut last = HashMap::<&str, usize>::new();
            let expected = keys.iter().enumerate().map(|(at, key)| {
                if !keys[at + 1..].contains(key) {
                    return (*key).to_owned();
                }
                let last = last.entry(key).or_default();
                loop {
                    *last += 1;
                    let name = format!("{key}~{last}");
                    if !keys.contains(&name.as_str()) {
                        return name;
                    }
                }
            });
            prop_assert_eq!(named(&keys), expected.collect::<Vec<_>>());
        }
    }
}

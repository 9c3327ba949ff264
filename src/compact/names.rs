//! Keys that an object holds more than once.

use std::collections::HashMap;

/// The keys of one object while it is written. Of a repeated key, the last member keeps the name, as every JSON parser
/// would have it; earlier ones are numbered, so that none is lost and readers that refuse repeated keys read on.
#[derive(Debug)]
pub(super) struct Names {
    keys: HashMap<String, Key>,
}

#[derive(Debug, Default)]
struct Key {
    /// Members that are still to come.
    left: usize,
    /// The last number given.
    number: usize,
}

impl Names {
    /// For an object that will be written with these keys.
    pub(super) fn new(keys: impl IntoIterator<Item = String>) -> Self {
        let mut names = Self { keys: HashMap::new() };
        for key in keys {
            names.keys.entry(key).or_default().left += 1;
        }
        names
    }

    /// The name of the next member with this key, if it is another: `key~1`, `key~2` … , but no key of the object.
    pub(super) fn next(&mut self, key: &str) -> Option<String> {
        let found = self.keys.get_mut(key)?;
        found.left = found.left.saturating_sub(1);
        if found.left == 0 {
            return None;
        }
        let mut number = found.number;
        let name = loop {
            number += 1;
            let name = format!("{key}~{number}");
            if !self.keys.contains_key(&name) {
                break name;
            }
        };
        self.keys.entry(key.to_owned()).or_default().number = number;
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_keeps_the_name_and_no_number_collides() {
        let keys = ["a", "b", "a", "a~1", "a"].map(String::from);
        let mut names = Names::new(keys.clone());
        let written = keys.map(|key| names.next(&key).unwrap_or(key));
        assert_eq!(written, ["a~2", "b", "a~3", "a~1", "a"]);
    }
}

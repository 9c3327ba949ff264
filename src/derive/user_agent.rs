//! What a User-Agent header says of the device.

use crate::json::Span;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use woothee::parser::Parser;
use woothee::woothee::VALUE_UNKNOWN;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Parsing an agent costs as much as making a whole row, and a stream sees few different ones: this many are kept.
const REMEMBERED: usize = 4096;

/// What a user agent tells, as one text and its parts. A part is empty where it does not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Agent {
    pub(crate) told: String,
    pub(crate) browser: Span,
    pub(crate) os: Span,
    /// desktop, mobile, tv or bot.
    pub(crate) device: Span,
    /// Whether it is a bot.
    pub(crate) bot: Span,
}

impl Agent {
    fn new(browser: &str, os: &str, device: &str, bot: bool) -> Self {
        let mut told = String::new();
        let [browser, os, device, bot] = [browser, os, device, if bot { "true" } else { "false" }].map(|part| {
            told.push_str(part);
            Span::new(told.len() - part.len(), told.len())
        });
        Self { told, browser, os, device, bot }
    }
}

/// Parses user agents and remembers them. The answer is a function of the text alone.
#[derive(Debug, Default)]
pub(crate) struct Agents {
    /// Index of each in `list`.
    known: HashMap<String, usize, BuildHasherDefault<Hash>>,
    list: Vec<Agent>,
}

/// Long keys, hashed in one go.
#[derive(Debug, Default)]
struct Hash(u64);

impl Hasher for Hash {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }

    /// What a text's end is marked with; a text alone needs no mark.
    fn write_u8(&mut self, _: u8) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Agents {
    /// What the agent with this text tells.
    pub(crate) fn find(&mut self, text: &str) -> &Agent {
        if let Some(index) = self.known.get(text) {
            return &self.list[*index];
        }
        if self.list.len() >= REMEMBERED {
            self.known.clear();
            self.list.clear();
        }
        self.known.insert(text.to_owned(), self.list.len());
        self.list.push(parse(text));
        &self.list[self.list.len() - 1]
    }
}

/// Robots that pass for a browser: woothee does not know headless ones, nor those that only leave an address.
const ROBOT_SIGNS: [&str; 8] =
    ["headless", "bot/", "bot;", "crawler", "spider", "+http", "lighthouse", "python-requests"];

fn parse(text: &str) -> Agent {
    let lower = text.to_ascii_lowercase();
    let sign = ROBOT_SIGNS.iter().any(|sign| lower.contains(sign));
    let Some(found) = Parser::new().parse(text) else {
        return Agent::new("", "", if sign { "bot" } else { "" }, sign);
    };
    let bot = sign || found.category == "crawler";
    let device = match found.category {
        _ if bot => "bot",
        "pc" => "desktop",
        "smartphone" | "mobilephone" => "mobile",
        "appliance" => "tv",
        _ => "",
    };
    let [browser, os] = [found.name, found.os].map(|value| if value == VALUE_UNKNOWN { "" } else { value });
    Agent::new(browser, os, device, bot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_systems_and_robots_are_told() {
        let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";
        let google = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
        let headless = windows.replace("Chrome/", "HeadlessChrome/");
        for (text, browser, os, device, bot) in [
            (windows, "Chrome", "Windows 10", "desktop", "false"),
            (iphone, "Safari", "iPhone", "mobile", "false"),
            (google, "Googlebot", "", "bot", "true"),
            (&headless, "Chrome", "Windows 10", "bot", "true"),
            ("python-requests/2.32", "", "", "bot", "true"),
            ("", "", "", "", "false"),
        ] {
            let mut agents = Agents::default();
            let agent = agents.find(text);
            let told = [agent.browser, agent.os, agent.device, agent.bot].map(|part| part.of(&agent.told));
            assert_eq!(told, [browser, os, device, bot], "{text}");
        }
    }

    #[test]
    fn a_flood_of_agents_does_not_grow_the_memory() {
        let mut agents = Agents::default();
        for n in 0..=REMEMBERED * 2 {
            agents.find(&format!("agent/{n}"));
        }
        assert!(agents.known.len() <= REMEMBERED && agents.list.len() <= REMEMBERED);
    }
}

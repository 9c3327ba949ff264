//! Records that no shop means to send: broken by bad networks, bad code and bad intent.
//!
//! None has a line break in it, so that it stays one record. Each kind has its turn.

use super::random::Random;

/// Longer than any attribute should be, in bytes.
const LONG: usize = 40_000;

/// Deeper than anyone should nest.
const DEEP: usize = 65;

/// Texts that are sent as they are: no JSON, no object, or an event with something strange in it.
const TEXTS: [&str; 35] = [
    "GET /health HTTP/1.1",
    "<html><body><h1>502 Bad Gateway</h1></body></html>",
    "2026-11-23;page_view;https://www.shop.example/;u-1042",
    "event=page_view&url=%2F&uuid=1",
    "{event:'page_view',url:'/'}",
    r#"{"event":"page_view","url":"/",}"#,
    r#"{"event":"page_view","price":NaN}"#,
    r#"{"event":"page_view"} trailing"#,
    "42",
    "\"page_view\"",
    "null",
    "true",
    "[]",
    "{}",
    "[1,2,3]",
    r#"[{"event":"page_view","url":"/a"},"page_view"]"#,
    " ",
    " \t  \t",
    "\u{feff}{\"event\":\"page_view\",\"url\":\"https://www.shop.example/?q=\u{feff}\"}",
    r#"{"event":"search","q":"a\u0000b\u0000","UUID":"00000000-0000-0000-0000-000000000000"}"#,
    r#"{"event":"search","q":"half a fox \ud83e","\udd8a":1}"#,
    r#"{"event":"purchase","order":{"id":"o-1","total":1e400},"value":-0}"#,
    r#"{"event":"purchase","order":{"id":"o-2","total":"12,50 EUR","tax":"n/a"},"items":"SKU-1001"}"#,
    r#"{"event":"purchase","total":0.30000000000000004,"total":"99999999999999999999.99","total":null}"#,
    r#"{"event":"item_view","itemId":{"id":"SKU-1001"},"price":["1"],"qty":"two"}"#,
    r#"{"event":"page_view","event":"purchase","UUID":"a","uuid":"b","Uuid":"c"}"#,
    r#"{"event":"page_view","ts":0,"url":"https://www.shop.example/"}"#,
    r#"{"event":"page_view","time":"1970-01-01T00:00:00Z","User_ID":"undefined"}"#,
    r#"{"event":"page_view","time":"2099-12-31T23:59:59.999+14:00","User_ID":"null"}"#,
    r#"{"event":"page_view","time":"yesterday","ts":"99999999999999999999","ip":"999.1.1.1"}"#,
    r#"{"event":"../../x","date":"../../../etc","event_type":"purchase/date=2026-01-01"}"#,
    r#"{"event":"'; DROP TABLE events; --","User_ID":"1' OR '1'='1","q":"\"); DELETE FROM users"}"#,
    r#"{"event":"search","q":"<script>alert(1)</script>","url":"javascript:alert(1)","referrer":"http://["}"#,
    r#"{"event":"page_view","url":"https://user:secret@www.shop.example/%E0%A4%A?q=%&&=&token=&%","dq_flags":"none"}"#,
    r#"{"event":["page_view"],"type":{},"batch":[{"a":1},2],"events":{},"data":null,"":"","__proto__":{"x":1}}"#,
];

/// Makes hostile records, one kind after the other.
#[derive(Debug)]
pub(crate) struct Hostile {
    random: Random,
    turn: usize,
}

impl Hostile {
    pub(crate) fn new(seed: u64) -> Self {
        Self { random: Random::of("hostile", [seed]), turn: 0 }
    }

    /// Appends the next record; `sound` is a record that it may be made of.
    pub(crate) fn write(&mut self, sound: &str, out: &mut Vec<u8>) {
        let random = &mut self.random;
        match self.turn % (TEXTS.len() + 5) {
            // The connection broke, perhaps in the middle of a character.
            0 => out.extend(&sound.as_bytes()[..=random.index(sound.len() - 1)]),
            // Latin-1, and bytes that no encoding has.
            1 => out.extend(b"{\"event\":\"search\",\"q\":\"caf\xe9 \xff\xfe\xc0\xaf\"}"),
            2 => out.extend(nested("[", "]", random).bytes()),
            3 => out.extend(nested("{\"a\":", "}", random).bytes()),
            4 => {
                let id = "x".repeat(600);
                let long = "lörem ".repeat(LONG / 7);
                out.extend(
                    format!(r#"{{"event":"page_view","User_ID":"{id}","url":"/{id}","notes":"{long}"}}"#).bytes(),
                );
            }
            turn => out.extend(TEXTS[turn - 5].bytes()),
        }
        self.turn += 1;
    }
}

fn nested(open: &str, close: &str, random: &mut Random) -> String {
    let depth = DEEP + random.index(100);
    format!(r#"{{"event":"page_view","tree":{}1{}}}"#, open.repeat(depth), close.repeat(depth))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_records_are_one_line_each_and_never_empty() {
        let mut hostile = Hostile::new(1);
        for _ in 0..200 {
            let mut record = Vec::new();
            hostile.write(r#"{"event":"page_view"}"#, &mut record);
            assert!(!record.is_empty() && !record.contains(&b'\n'), "{}", String::from_utf8_lossy(&record));
        }
    }
}

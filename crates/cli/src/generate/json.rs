//! Writes JSON objects, members in the order given: a page's script does not sort its keys.

use std::fmt::Write;

/// An object that is being written.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    out: &'a mut String,
    empty: bool,
}

/// Writes an object; `fill` adds its members.
pub(crate) fn object(out: &mut String, fill: impl FnOnce(&mut Object)) {
    out.push('{');
    fill(&mut Object { out, empty: true });
    out.push('}');
}

/// Writes an array of objects; `fill` adds the members of each.
pub(crate) fn objects<T>(out: &mut String, each: impl IntoIterator<Item = T>, fill: impl Fn(&mut Object, T)) {
    out.push('[');
    for (index, element) in each.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        object(out, |o| fill(o, element));
    }
    out.push(']');
}

impl Object<'_> {
    pub(crate) fn text(&mut self, key: &str, value: impl AsRef<str>) {
        self.key(key);
        quote(self.out, value.as_ref());
    }

    /// Only if there is a value: events are sparse.
    pub(crate) fn some(&mut self, key: &str, value: Option<impl AsRef<str>>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    pub(crate) fn number(&mut self, key: &str, value: impl TryInto<i64>) {
        self.raw(key, &value.try_into().unwrap_or(i64::MAX).to_string());
    }

    /// Cents as a number, written as JavaScript writes it: no zeros at the end.
    pub(crate) fn money(&mut self, key: &str, cents: i64) {
        let text = decimal(cents);
        self.raw(key, text.trim_end_matches('0').trim_end_matches('.'));
    }

    /// Cents as a string with both places.
    pub(crate) fn money_text(&mut self, key: &str, cents: i64) {
        self.text(key, decimal(cents));
    }

    /// A value that is JSON already.
    pub(crate) fn raw(&mut self, key: &str, json: &str) {
        self.key(key);
        self.out.push_str(json);
    }

    pub(crate) fn object(&mut self, key: &str, fill: impl FnOnce(&mut Object)) {
        self.key(key);
        object(self.out, fill);
    }

    pub(crate) fn objects<T>(&mut self, key: &str, each: impl IntoIterator<Item = T>, fill: impl Fn(&mut Object, T)) {
        self.key(key);
        objects(self.out, each, fill);
    }

    fn key(&mut self, key: &str) {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        // Keys are ours, and have nothing to escape.
        self.out.push('"');
        self.out.push_str(key);
        self.out.push_str("\":");
    }
}

/// Cents with two places.
pub(crate) fn decimal(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    // Runs of plain text are copied whole: nearly all text is plain.
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'\n' => out.push_str("\\n"),
            control @ 0..b' ' => {
                let _ = write!(out, "\\u{control:04x}");
            }
            special => out.extend(['\\', char::from(special)]),
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_quoted_so_that_it_reads_back() {
        for text in ["", "a\"b\\c", "\n\t\u{0}\u{1f}", "Crème 🦊"] {
            let mut out = String::new();
            quote(&mut out, text);
            assert_eq!(serde_json::from_str::<String>(&out).expect(&out), text);
        }
    }

    #[test]
    fn money_is_exact() {
        let mut out = String::new();
        object(&mut out, |o| {
            for cents in [0, 5, 250, 1_000, 12_995] {
                o.money("n", cents);
                o.money_text("t", cents);
            }
        });
        let expected =
            r#"{"n":0,"t":"0.00","n":0.05,"t":"0.05","n":2.5,"t":"2.50","n":10,"t":"10.00","n":129.95,"t":"129.95"}"#;
        assert_eq!(out, expected);
    }
}

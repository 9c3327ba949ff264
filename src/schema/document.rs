//! What schema.toml says, read with the line of everything it says. No meaning is given to it here.

use super::problem::Found;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// A value and the line that it stands on.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    pub(super) line: usize,
    pub(super) value: T,
}

/// A `[[column]]` or `[[item]]`.
#[derive(Debug)]
pub(super) struct FieldSection {
    pub(super) name: At<String>,
    pub(super) kind: At<String>,
    pub(super) rule: Option<At<String>>,
    pub(super) description: String,
    pub(super) sources: Vec<At<String>>,
}

/// An `[[event_type]]` or `[[dialect]]`: a name and its lists.
#[derive(Debug)]
pub(super) struct NameSection {
    pub(super) name: At<String>,
    pub(super) lists: [Vec<At<String>>; 3],
}

/// The whole file.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) version: At<u32>,
    pub(super) released: Vec<At<String>>,
    pub(super) envelopes: Vec<At<String>>,
    pub(super) blocked_ids: Vec<At<String>>,
    pub(super) removed_keys: Vec<At<String>>,
    pub(super) late_days: At<u32>,
    pub(super) early_minutes: At<u32>,
    pub(super) quota: At<u32>,
    pub(super) dialects: Vec<NameSection>,
    pub(super) event_types: Vec<NameSection>,
    pub(super) items: Vec<FieldSection>,
    pub(super) columns: Vec<FieldSection>,
}

/// Reads the file's text: `None` if it is not TOML. What is missing is reported and stands as empty.
pub(super) fn read(text: &str, found: &mut Found) -> Option<Document> {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { line_ends: text.match_indices('\n').map(|(at, _)| at).collect(), found };
    for error in &errors {
        let line = error.span().map_or(1, |span| reader.line(span.start));
        reader.found.add(line, format!("not TOML: {}", error.message().trim()), "mend the syntax");
    }
    if !errors.is_empty() {
        return None;
    }
    let root = Section { line: 1, table: root.get_ref() };
    let empty = DeTable::new();
    let [ids, privacy, partition] = ["ids", "privacy", "partition"].map(|name| reader.section(&root, name, &empty));
    let document = Document {
        version: reader.number(&root, "version"),
        released: reader.list(&root, "released"),
        envelopes: reader.list(&root, "envelopes"),
        blocked_ids: reader.list(&ids, "blocked"),
        removed_keys: reader.list(&privacy, "removed_keys"),
        late_days: reader.number(&partition, "late_days"),
        early_minutes: reader.number(&partition, "early_minutes"),
        quota: reader.number(&partition, "active_quota"),
        dialects: reader.sections(&root, "dialect").iter().map(|s| reader.names(s, ["all", "any", "none"])).collect(),
        event_types: reader
            .sections(&root, "event_type")
            .iter()
            .map(|s| reader.names(s, ["aliases", "", ""]))
            .collect(),
        items: reader.sections(&root, "item").iter().map(|s| reader.field(s)).collect(),
        columns: reader.sections(&root, "column").iter().map(|s| reader.field(s)).collect(),
    };
    reader.only(&ids, &["blocked"]);
    reader.only(&privacy, &["removed_keys"]);
    reader.only(&partition, &["late_days", "early_minutes", "active_quota"]);
    reader.only(
        &root,
        &["version", "released", "envelopes", "ids", "privacy", "partition", "dialect", "event_type", "item", "column"],
    );
    Some(document)
}

/// A table of the file and the line where it begins.
struct Section<'a> {
    line: usize,
    table: &'a DeTable<'a>,
}

struct Reader<'f> {
    line_ends: Vec<usize>,
    found: &'f mut Found,
}

impl Reader<'_> {
    /// The line of a byte offset.
    fn line(&self, offset: usize) -> usize {
        1 + self.line_ends.partition_point(|end| *end < offset)
    }

    fn line_of<T>(&self, spanned: &Spanned<T>) -> usize {
        self.line(spanned.span().start)
    }

    fn wrong(&mut self, line: usize, name: &str, expected: &str) {
        self.found.add(line, format!("`{name}` is not {expected}"), format!("write {expected}"));
    }

    fn missing(&mut self, section: &Section, name: &str) {
        self.found.add(section.line, format!("`{name}` is missing"), format!("add `{name} = …`"));
    }

    fn only(&mut self, section: &Section, known: &[&str]) {
        for key in section.table.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                let line = self.line_of(key);
                let remedy = format!("use one of {}, or delete it", known.join(", "));
                self.found.add(line, format!("unknown key `{}`", key.get_ref()), remedy);
            }
        }
    }

    fn section<'a>(&mut self, root: &Section<'a>, name: &str, empty: &'a DeTable<'a>) -> Section<'a> {
        match root.table.get(name).map(|value| (self.line_of(value), value.get_ref())) {
            Some((line, DeValue::Table(table))) => Section { line, table },
            Some((line, _)) => {
                self.wrong(line, name, "a table");
                Section { line, table: empty }
            }
            None => {
                self.missing(root, name);
                Section { line: 1, table: empty }
            }
        }
    }

    fn sections<'a>(&mut self, root: &Section<'a>, name: &str) -> Vec<Section<'a>> {
        let mut sections = Vec::new();
        for value in self.array(root, name) {
            let line = self.line_of(value);
            match value.get_ref() {
                DeValue::Table(table) => sections.push(Section { line, table }),
                _ => self.wrong(line, name, "a list of tables"),
            }
        }
        sections
    }

    fn array<'a>(&mut self, section: &Section<'a>, name: &str) -> &'a [Spanned<DeValue<'a>>] {
        match section.table.get(name).map(|value| (self.line_of(value), value.get_ref())) {
            Some((_, DeValue::Array(array))) => slice(array),
            Some((line, _)) => {
                self.wrong(line, name, "a list");
                &[]
            }
            None => &[],
        }
    }

    fn list(&mut self, section: &Section, name: &str) -> Vec<At<String>> {
        let mut list = Vec::new();
        for value in self.array(section, name) {
            let line = self.line_of(value);
            match value.get_ref() {
                DeValue::String(text) => list.push(At { line, value: text.to_string() }),
                _ => self.wrong(line, name, "a list of strings"),
            }
        }
        list
    }

    fn number(&mut self, section: &Section, name: &str) -> At<u32> {
        match section.table.get(name).map(|value| (self.line_of(value), value.get_ref())) {
            Some((line, DeValue::Integer(number))) if number.as_str().parse::<u32>().is_ok() => {
                At { line, value: number.as_str().parse().unwrap_or_default() }
            }
            Some((line, _)) => {
                self.wrong(line, name, "a whole number, 0 or more");
                At { line, value: 0 }
            }
            None => {
                self.missing(section, name);
                At { line: section.line, value: 0 }
            }
        }
    }

    fn optional(&mut self, section: &Section, name: &str) -> Option<At<String>> {
        let value = section.table.get(name)?;
        let line = self.line_of(value);
        match value.get_ref() {
            DeValue::String(text) => Some(At { line, value: text.to_string() }),
            _ => {
                self.wrong(line, name, "a string");
                None
            }
        }
    }

    fn required(&mut self, section: &Section, name: &str) -> At<String> {
        if !section.table.contains_key(name) {
            self.missing(section, name);
        }
        self.optional(section, name).unwrap_or(At { line: section.line, value: String::new() })
    }

    fn names(&mut self, section: &Section, lists: [&str; 3]) -> NameSection {
        self.only(section, &["name", lists[0], lists[1], lists[2]]);
        NameSection { name: self.required(section, "name"), lists: lists.map(|list| self.list(section, list)) }
    }

    fn field(&mut self, section: &Section) -> FieldSection {
        self.only(section, &["name", "type", "rule", "description", "sources"]);
        FieldSection {
            name: self.required(section, "name"),
            kind: self.required(section, "type"),
            rule: self.optional(section, "rule"),
            description: self.required(section, "description").value,
            sources: self.list(section, "sources"),
        }
    }
}

fn slice<'a>(array: &'a DeArray<'a>) -> &'a [Spanned<DeValue<'a>>] {
    array
}

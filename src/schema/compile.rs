//! Document to [`Plan`]: gives meaning to what the file says, and reports everything that has none.

use super::column_type::ColumnType;
use super::document::{At, Document, FieldSection};
use super::fold::{FoldedMap, fold};
use super::plan::{Column, Derivation, Dialect, PathSource, Plan, RULES, Roles, Rule, Window};
use super::problem::Found;
use super::source::{self, Function, FunctionName, Source, Step};
use super::tree::Tree;
use super::{PARTITION_KEYS, check};

/// The name under which events of unknown type are filed.
const OTHER: &str = "other";

/// Compiles what was read. `None` only with problems found.
pub(super) fn compile(document: &Document, found: &mut Found) -> Option<Plan> {
    check::names(document, found);
    check::quota(document, found);
    let removed_keys = FoldedMap::new(document.removed_keys.iter().map(|key| (key.value.clone(), ())));
    let mut compiler = Compiler { tree: Tree::default(), sources: Vec::new(), owners: Vec::new(), removed_keys, found };
    let event = compiler.tree.root();
    let item = compiler.tree.root();
    let mut columns: Vec<Column> = document.columns.iter().map(|s| compiler.field(s, event, Some(item))).collect();
    let items: Vec<Column> = document.items.iter().map(|s| compiler.field(s, item, None)).collect();
    for (column, section) in document.columns.iter().enumerate() {
        let derivations = compiler.derivations(section, column, &columns, &items);
        columns[column].derivations = derivations;
    }
    let dialects = compiler.dialects(document, event);
    for key in &document.envelopes {
        let steps = [Step::Key(key.value.clone())];
        let place = compiler.tree.place(event, &At { line: key.line, value: &steps }, compiler.found);
        compiler.tree.set_envelope(place);
    }
    let (event_types, event_type_names) = compiler.event_types(document);
    let roles = compiler.roles(&columns);
    let Compiler { tree, sources, removed_keys, .. } = compiler;
    let protected = columns.iter().filter_map(|column| match column.rule {
        Some(rule @ (Rule::Ip | Rule::Email)) => Some((rule, &sources[column.sources.clone()])),
        _ => None,
    });
    let protected = protected.flat_map(|(rule, sources)| sources.iter().map(move |source| (source.name.clone(), rule)));
    let protected_keys = FoldedMap::new(protected);
    Some(Plan {
        version: document.version.value,
        columns,
        items,
        other: event_type_names.get(OTHER.as_bytes())?,
        event_types,
        window: Window { late_days: document.late_days.value, early_minutes: document.early_minutes.value },
        sources,
        event_type_names,
        nodes: tree.grown(),
        dialects,
        blocked_ids: document.blocked_ids.iter().map(|id| id.value.clone()).collect(),
        removed_keys,
        protected_keys,
        roles: roles?,
    })
}

struct Compiler<'f> {
    tree: Tree,
    sources: Vec<PathSource>,
    /// The column or field that each of `sources` fills.
    owners: Vec<String>,
    removed_keys: FoldedMap<()>,
    found: &'f mut Found,
}

impl Compiler<'_> {
    /// A column without its functions, which may read columns further down. `items`: the tree of an item, where the
    /// field may be a list of items.
    fn field(&mut self, section: &FieldSection, root: u32, items: Option<u32>) -> Column {
        let At { line, value: kind } = &section.kind;
        let kind = kind.parse::<ColumnType>().unwrap_or_else(|remedy| {
            self.found.add(*line, format!("`{kind}` is not a type of a column"), remedy);
            ColumnType::Boolean
        });
        let rule = section.rule.as_ref().and_then(|rule| self.rule(rule, kind));
        let first = self.sources.len();
        let computed = section.sources.iter().any(|s| is_computed(&s.value));
        // A column's own name is always its best source, so that a row fed back in keeps its values.
        let own = (!computed).then(|| section.name.clone());
        let mut function_seen = false;
        for At { line, value: text } in own.iter().chain(&section.sources) {
            let sources = source::parse(text).unwrap_or_else(|cause| {
                let remedy = "write a path such as order.id, items[0].id or event_params[key=page].value";
                self.found.add(*line, format!("source `{text}`: {cause}"), remedy);
                Vec::new()
            });
            for source in sources {
                match source {
                    Source::Function(_) => function_seen = true,
                    Source::Path(_) if function_seen => {
                        let cause = format!("source `{text}` stands after a function");
                        self.found.add(*line, cause, "paths are tried first: put them before the functions");
                    }
                    Source::Path(steps) => {
                        let place = self.path(&section.name.value, &At { line: *line, value: &steps }, root, kind);
                        if let (Some(Rule::Items), Some(items)) = (rule, items) {
                            self.tree.set_items(place, items, *line, self.found);
                        }
                    }
                }
            }
        }
        Column {
            member: format!("\"{}\":", section.name.value),
            name: section.name.value.clone(),
            kind,
            rule,
            description: section.description.clone(),
            sources: first..self.sources.len(),
            derivations: Vec::new(),
        }
    }

    fn path(&mut self, owner: &str, path: &At<&[Step]>, root: u32, kind: ColumnType) -> u32 {
        let text = spelled(path.value);
        for step in path.value {
            if let Step::Key(key) = step
                && self.removed_keys.get(key.as_bytes()).is_some()
            {
                let cause = format!("source `{text}` can never be there: privacy removes `{key}`");
                self.found.add(path.line, cause, "delete the source, or the key from removed_keys");
            }
        }
        let place = self.tree.place(root, path, self.found);
        let name = match path.value.last() {
            Some(Step::Key(key)) => key.clone(),
            _ => text.clone(),
        };
        match self.tree.set_source(place, self.sources.len(), kind == ColumnType::Json) {
            Ok(()) => {
                self.sources.push(PathSource { path: text, name });
                self.owners.push(owner.to_owned());
            }
            Err(taken) => {
                let cause = format!("source `{text}` fills `{}` already", self.owners[taken]);
                self.found.add(path.line, cause, "a path fills one column, once; names are compared folded");
            }
        }
        place
    }

    fn rule(&mut self, rule: &At<String>, kind: ColumnType) -> Option<Rule> {
        let At { line, value: text } = rule;
        let Some((_, rule)) = RULES.iter().find(|(name, _)| name == text) else {
            let names: Vec<_> = RULES.iter().map(|(name, _)| *name).collect();
            self.found.add(*line, format!("there is no rule `{text}`"), format!("use one of {}", names.join(", ")));
            return None;
        };
        // A SHA-256 in hexadecimal has 64 digits; the longest network address written out has 45.
        let least = match rule {
            Rule::Items => return self.expect(kind == ColumnType::Json, *line, text, "json").then_some(*rule),
            Rule::Id | Rule::Uuid | Rule::Email => 64,
            Rule::Ip => 45,
            Rule::Currency => 3,
            Rule::Url | Rule::Query | Rule::Lower => 1,
        };
        let fits = matches!(kind, ColumnType::Varchar(width) if width >= least);
        self.expect(fits, *line, text, &format!("varchar({least}) or wider")).then_some(*rule)
    }

    fn expect(&mut self, holds: bool, line: usize, what: &str, kind: &str) -> bool {
        if !holds {
            self.found.add(line, format!("`{what}` needs a column of type {kind}"), "change the column's type");
        }
        holds
    }

    fn derivations(
        &mut self,
        section: &FieldSection,
        own: usize,
        columns: &[Column],
        items: &[Column],
    ) -> Vec<Derivation> {
        let mut derivations = Vec::new();
        for At { line, value: text } in &section.sources {
            for source in source::parse(text).unwrap_or_default() {
                let Source::Function(Function { name, column, arguments }) = source else { continue };
                let index = column.as_ref().map_or(Some(own), |of| columns.iter().position(|c| c.name == *of));
                let Some(column) = index else {
                    let cause = format!("source `{text}` reads a column that is not there");
                    self.found.add(*line, cause, "name a column of this file");
                    continue;
                };
                let (takes, makes) = check::signature(name);
                self.expect(takes(&columns[column]), *line, text, "the kind it reads");
                self.expect(makes(columns[own].kind), *line, text, "the kind it makes");
                let of_item = matches!(name, FunctionName::Sum | FunctionName::First);
                let field = of_item.then(|| items.iter().position(|f| Some(&f.name) == arguments.first()));
                let field = match field {
                    Some(None) => {
                        let cause = format!("source `{text}` reads an item field that is not there");
                        self.found.add(*line, cause, "name a field of an item");
                        0
                    }
                    Some(Some(field)) => {
                        let kind = items[field].kind;
                        let fits = match name {
                            FunctionName::First => kind == columns[own].kind,
                            _ => kind.integer_range().is_some(),
                        };
                        self.expect(
                            fits,
                            *line,
                            text,
                            &format!("{kind}, the item field's, or a field of another type"),
                        );
                        field
                    }
                    None => 0,
                };
                derivations.push(Derivation { text: text.clone(), name, column, field, keys: arguments });
            }
        }
        derivations
    }

    fn dialects(&mut self, document: &Document, event: u32) -> Vec<Dialect> {
        let mut markers: Vec<u32> = Vec::new();
        let mut dialects = Vec::new();
        for section in &document.dialects {
            let mut bits = [0; 3];
            for (list, paths) in section.lists.iter().enumerate() {
                for At { line, value: text } in paths {
                    let Ok(sources) = source::parse(text) else {
                        self.found.add(
                            *line,
                            format!("marker `{text}` is not a path"),
                            "write a path such as ecommerce",
                        );
                        continue;
                    };
                    for source in sources {
                        let Source::Path(steps) = source else { continue };
                        let place = self.tree.place(event, &At { line: *line, value: &steps }, self.found);
                        let bit = markers.iter().position(|m| *m == place).unwrap_or_else(|| {
                            markers.push(place);
                            markers.len() - 1
                        });
                        if bit >= 64 {
                            self.found.add(*line, "more than 64 markers", "tell the dialects apart by fewer");
                            continue;
                        }
                        self.tree.set_marker(place, 1 << bit);
                        bits[list] |= 1 << bit;
                    }
                }
            }
            dialects.push(Dialect { name: section.name.value.clone(), all: bits[0], any: bits[1], none: bits[2] });
        }
        dialects
    }

    fn event_types(&mut self, document: &Document) -> (Vec<String>, FoldedMap<u16>) {
        let mut types = Vec::new();
        let mut names: Vec<(String, u16)> = Vec::new();
        for section in &document.event_types {
            let index = u16::try_from(types.len()).unwrap_or(u16::MAX);
            types.push(section.name.value.clone());
            for At { line, value: name } in std::iter::once(&section.name).chain(&section.lists[0]) {
                match names.iter().find(|(known, _)| *known == fold(name)) {
                    Some((_, taken)) if *taken == index => {}
                    Some((_, taken)) => {
                        let cause = format!("`{name}` already means `{}`", types[usize::from(*taken)]);
                        self.found.add(*line, cause, "keep one of the two; names are compared folded");
                    }
                    None => names.push((fold(name), index)),
                }
            }
        }
        if !types.iter().any(|name| name == OTHER) {
            self.found.add(1, format!("there is no event type `{OTHER}`"), "add it: unknown events are filed there");
        }
        (types, FoldedMap::new(names))
    }

    fn roles(&mut self, columns: &[Column]) -> Option<Roles> {
        let mut named = |name: &str, kind: &str| {
            let index = columns.iter().position(|c| c.name == name);
            match index.map(|index| columns[index].kind) {
                Some(ColumnType::Timestamp) if kind == "timestamp" => index,
                Some(ColumnType::Varchar(_)) if kind == "varchar" => index,
                _ => {
                    let cause = format!("column `{name}` of type {kind} is missing");
                    self.found.add(1, cause, "add it: the transform cannot work without");
                    None
                }
            }
        };
        let event_name = named("event_name", "varchar");
        let event_id = named("event_id", "varchar");
        let [event_time, received_at] = ["event_time", "received_at"].map(|name| named(name, "timestamp"));
        let mut computed = |function: FunctionName, spelled: &str| {
            let index = columns.iter().position(|c| c.derivations.iter().any(|d| d.name == function));
            if index.is_none() {
                self.found.add(1, format!("no column has the source `{spelled}`"), "add one: nothing may be lost");
            }
            index
        };
        let extra = computed(FunctionName::Extra, "extra()");
        let flags = computed(FunctionName::Flags, "flags()");
        computed(FunctionName::Arrival, "arrival()");
        computed(FunctionName::Hash, "hash()");
        Some(Roles {
            event_name: event_name?,
            event_time: event_time?,
            event_id: event_id?,

            received_at: received_at?,
            extra: extra?,
            flags: flags?,
        })
    }
}

/// Whether the transform alone knows the column's value, so that an attribute of its name must not fill it.
fn is_computed(source: &str) -> bool {
    matches!(
        source::parse(source).as_deref(),
        Ok([Source::Function(Function {
            name: FunctionName::Extra | FunctionName::Flags | FunctionName::Version | FunctionName::Dialect,
            ..
        })])
    )
}

/// A path as schema.toml spells it.
fn spelled(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => text.extend([".", key]),
            Step::Index(index) => text.extend(["[", &index.to_string(), "]"]),
            Step::Keyed { field, value } => text.extend(["[", field, "=", value, "]"]),
        }
    }
    text
}

/// Names that a column cannot have because the partition has them.
pub(super) fn is_partition_key(name: &str) -> bool {
    PARTITION_KEYS.contains(&name)
}

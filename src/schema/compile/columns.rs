//! `[[column]]` and `[[item]]`: types, rules, paths and functions.

use super::Compiler;
use crate::coerce::Holds;
use crate::schema::check;
use crate::schema::column_type::ColumnType;
use crate::schema::document::{At, FieldSection};
use crate::schema::plan::{Column, Derivation, Member, PathSource, RULES, Rule};
use crate::schema::source::{self, Function, FunctionName, Source, Step};

impl Compiler<'_> {
    /// Columns, or an item's fields, in order.
    pub(super) fn fields(&mut self, sections: &[FieldSection], root: u32, items: Option<u32>) -> Vec<Column> {
        let mut fields = Vec::with_capacity(sections.len());
        for section in sections {
            self.column = u16::try_from(fields.len()).unwrap_or(u16::MAX);
            fields.push(self.field(section, root, items));
        }
        fields
    }

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
            member: Member::new(&section.name.value, kind),
            name: section.name.value.clone(),
            kind,
            rule,
            holds: Holds::of(kind, rule),
            description: section.description.clone(),
            sources: first..self.sources.len(),
            derivations: Vec::new(),
        }
    }

    fn path(&mut self, owner: &str, path: &At<&[Step]>, root: u32, kind: ColumnType) -> u32 {
        let text = source::spelled(path.value);
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
                self.sources.push(PathSource { path: text, name, column: self.column });
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

    /// A column's functions. `own`: its index in `columns`.
    pub(super) fn derivations(
        &mut self,
        section: &FieldSection,
        own: usize,
        columns: &[Column],
        items: &[Column],
        event_types: &[String],
    ) -> Vec<Derivation> {
        let mut derivations = Vec::new();
        for At { line, value: text } in section.sources.iter().filter(|text| source::is_function(&text.value)) {
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
                if name == FunctionName::On {
                    let kind = columns[column].kind;
                    self.expect(kind == columns[own].kind, *line, text, &format!("{kind}, like the column it reads"));
                    for event_type in arguments.iter().filter(|argument| !event_types.contains(argument)) {
                        let cause =
                            format!("`{event_type}` in source `{text}` is not an event type: it would never match");
                        let remedy = format!("name the type itself, not an alias: {}", event_types.join(", "));
                        self.found.add(*line, cause, remedy);
                    }
                }
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
}

/// Whether the transform alone knows the column's value, so that an attribute of its name must not fill it.
fn is_computed(source: &str) -> bool {
    let parsed = source::is_function(source).then(|| source::parse(source));
    matches!(
        parsed.as_ref().and_then(|parsed| parsed.as_deref().ok()),
        Some([Source::Function(Function {
            name: FunctionName::Extra | FunctionName::Flags | FunctionName::Version | FunctionName::Dialect,
            ..
        })])
    )
}

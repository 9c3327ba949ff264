//! An event for people.

use super::event::{Column, Date, Event, EventType};
use crate::output;
use clickstream::row::Flag;
use clickstream::schema::Plan;
use std::fmt::Write as _;
use std::io::{IsTerminal, stdout};

/// Widest value that is shown whole, in characters.
const WIDEST: usize = 48;

/// Colours, or none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    coloured: bool,
}

impl Style {
    /// Coloured on a terminal, unless `NO_COLOR` is set (no-color.org).
    pub(super) fn of_terminal() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { coloured: stdout().is_terminal() && !refused }
    }

    fn coded(self, code: u8, text: &str) -> String {
        if self.coloured { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    pub(super) fn strong(self, text: &str) -> String {
        self.coded(1, text)
    }

    pub(super) fn faint(self, text: &str) -> String {
        self.coded(2, text)
    }

    pub(super) fn bad(self, text: &str) -> String {
        self.coded(31, text)
    }

    pub(super) fn changed(self, text: &str) -> String {
        self.coded(33, text)
    }
}

/// What became of an event.
pub(super) fn event(plan: &Plan, event: &Event, style: Style) -> String {
    let mut page = format!("record {}, event {}: {}\n", event.record, event.event, style.strong(&event.partition));
    let name = event.name.as_deref().map(shown).unwrap_or_default();
    let (event_type, date) = event.partition.trim_end_matches('/').split_once('/').unwrap_or_default();
    let [event_type, date] = [event_type, date].map(|key| key.split_once('=').map_or(key, |(_, value)| value));
    let why = match event.event_type {
        EventType::Name => "its own name".to_owned(),
        EventType::Alias => format!("`{name}` is one of its aliases"),
        EventType::Unknown => format!("the schema does not know `{name}`"),
        EventType::Nameless => "it is not called anything".to_owned(),
    };
    let _ = writeln!(page, "  event_type         {event_type:<WIDEST$}  {}", style.faint(&why));
    let window = plan.window;
    let why = match event.date {
        Date::EventTime => "of event_time".to_owned(),
        Date::TimeMissing => "of received_at: it has no time of its own".to_owned(),
        Date::Clamped => format!(
            "of its arrival: event_time is more than {} days before it, or {} minutes after it",
            window.late_days, window.early_minutes
        ),
    };
    let _ = writeln!(page, "  date               {date:<WIDEST$}  {}", style.faint(&why));
    page.push('\n');
    for column in &event.columns {
        let _ = writeln!(page, "  {}", line(column, style).trim_end());
    }
    for flag in &event.flags {
        let _ = writeln!(page, "  {:<18} {}", style.changed(flag.code()), style.faint(meaning(*flag)));
    }
    for (what, attributes) in [("extra", &event.extra), ("extra of items", &event.items_extra)] {
        let paths: Vec<_> = attributes.iter().map(|attribute| shown(&attribute.path)).collect();
        if !paths.is_empty() {
            let _ = writeln!(page, "  in {what}: {}", paths.join(", "));
        }
    }
    page.push('\n');
    page
}

fn line(column: &Column, style: Style) -> String {
    let value = column.value.as_deref().map_or("null".into(), shown);
    let mut line = format!("{:<18} {value:<WIDEST$}  ", column.column);
    line.push_str(&style.faint(column.from.as_deref().unwrap_or("")));
    for flag in &column.flags {
        let _ = write!(line, "  {} {}", style.changed(flag.code()), style.faint(&format!("({})", meaning(*flag))));
    }
    if !column.left_over.is_empty() {
        let _ = write!(line, "  {}", style.faint(&format!("in extra: {}", column.left_over.join(", "))));
    }
    line
}

/// Text from outside on one line, as wide as there is room.
pub(super) fn shown(text: &str) -> String {
    output::shown(text, WIDEST)
}

/// What a flag says.
fn meaning(flag: Flag) -> &'static str {
    match flag {
        Flag::Truncated => "cut to the column's width; whole in extra",
        Flag::BadType => "does not fit the column's type",
        Flag::Rounded => "more places than the column; as sent in extra",
        Flag::IdHashed => "longer than the column: its SHA-256; as sent in extra",
        Flag::IdBlocked => "a placeholder, no identifier",
        Flag::EmailHashed => "an e-mail address: its SHA-256",
        Flag::IpShortened => "an IP address: its network",
        Flag::TextMended => "held what no reader can hold",
        Flag::KeyRemoved => "privacy removed a key",
        Flag::Overflow => "wider than the column: parts are left out",
        Flag::KeyRepeated => "a key was there more than once",
        Flag::TimeMissing => "no time of its own",
        Flag::TimeClamped => "its time is outside the partition window",
    }
}

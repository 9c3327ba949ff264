//! The columns that the transform cannot work without.

use super::Compiler;
use crate::schema::column_type::ColumnType;
use crate::schema::plan::{Column, Roles};
use crate::schema::source::FunctionName;

impl Compiler<'_> {
    /// Their indexes; `None` if one is missing.
    pub(super) fn roles(&mut self, columns: &[Column]) -> Option<Roles> {
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

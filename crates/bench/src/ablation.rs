//! What enrichment costs: the same traffic with the same schema, less what is told here. The search for e-mail addresses in
//! all texts and the hash of events without an id are not in it: they belong to no column that could be left out.

use anyhow::{Result, anyhow};
use clickstream::schema::{EMBEDDED, Plan};
use clickstream::transform::Transform;

/// A part of the schema that can be left out.
#[derive(Debug)]
pub struct Part {
    /// As tables and the command line call it.
    pub name: &'static str,
    /// Whether a source of a column belongs to it.
    source: fn(&str) -> bool,
    /// Rules of columns that belong to it.
    rules: &'static [&'static str],
}

/// All parts, the last being all of them together.
pub const PARTS: [Part; 4] = [
    Part { name: "user agents", source: of_user_agent, rules: &[] },
    Part { name: "URL parts and campaigns", source: of_url, rules: &[] },
    Part { name: "rules of URLs, addresses and e-mail columns", source: |_| false, rules: PRIVACY },
    Part { name: "all of these", source: |source| of_user_agent(source) || of_url(source), rules: PRIVACY },
];

const PRIVACY: &[&str] = &["url", "query", "ip", "email"];

fn of_user_agent(source: &str) -> bool {
    source.ends_with("(user_agent)")
}

fn of_url(source: &str) -> bool {
    ["(page_url", "(referrer_url"].iter().any(|of| source.contains(of))
}

impl Part {
    /// A transform without it.
    ///
    /// # Errors
    /// If the schema needs it.
    pub fn left_out(&self) -> Result<Transform> {
        let schema: String = EMBEDDED.lines().filter_map(|line| self.line(line)).map(|line| line + "\n").collect();
        Ok(Transform::new(Plan::parse("schema.toml", &schema).map_err(|problems| anyhow!("{problems}"))?))
    }

    fn line(&self, line: &str) -> Option<String> {
        if let Some(sources) = line.strip_prefix("sources = [") {
            // What stands between quotes has an odd place.
            let kept = sources.split('"').skip(1).step_by(2).filter(|source| !(self.source)(source));
            let kept: Vec<_> = kept.map(|source| format!("\"{source}\"")).collect();
            return Some(format!("sources = [{}]", kept.join(", ")));
        }
        let rule = line.strip_prefix("rule = ").map(|rule| rule.trim_matches('"'));
        (!rule.is_some_and(|rule| self.rules.contains(&rule))).then(|| line.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ours;
    use crate::workload::Workload;

    #[test]
    fn every_part_can_be_left_out_and_is_then_missing_in_the_row() {
        let event = r#"{"event":"page_view","url":"https://shop.example/?utm_source=mail","ip":"203.0.113.7",
            "ua":"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}"#;
        let body = Workload::of("one", &[event], 1).body;
        let row = |mut transform: Transform| {
            assert_eq!(ours::answered(&mut transform, body.as_bytes()).counts.ok, 1);
            String::from_utf8_lossy(transform.rows()).into_owned()
        };
        let whole = row(ours::transform().expect("the schema compiles"));
        for (part, sign) in PARTS.iter().zip(["Firefox\"", "utm_source\"", "203.0.113.0", "Firefox\""]) {
            let rest = row(part.left_out().unwrap_or_else(|problems| panic!("{}: {problems}", part.name)));
            assert!(whole.contains(sign) && !rest.contains(sign), "{}: {rest}", part.name);
        }
    }
}

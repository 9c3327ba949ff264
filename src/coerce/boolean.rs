//! Truth in its usual spellings.

/// `true`, `1`, `yes`, `y`, `t`, `on`, `granted` and their opposites, in any case; the last pair is how consent tools
/// put it.
pub(super) fn parse(text: &str) -> Option<bool> {
    const SPELLINGS: [(&str, bool); 14] = [
        ("true", true),
        ("false", false),
        ("1", true),
        ("0", false),
        ("yes", true),
        ("no", false),
        ("y", true),
        ("n", false),
        ("t", true),
        ("f", false),
        ("on", true),
        ("off", false),
        ("granted", true),
        ("denied", false),
    ];
    let text = text.trim();
    SPELLINGS.iter().find(|(spelling, _)| spelling.eq_ignore_ascii_case(text)).map(|(_, truth)| *truth)
}

#[cfg(test)]
mod tests {
    #[test]
    fn usual_spellings_are_read_and_others_are_not() {
        for (text, truth) in [
            ("TRUE", Some(true)),
            (" no ", Some(false)),
            ("1", Some(true)),
            ("Denied", Some(false)),
            ("2", None),
            ("1.0", None),
            ("maybe", None),
        ] {
            assert_eq!(super::parse(text), truth, "{text}");
        }
    }
}

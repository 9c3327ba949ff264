//! JSON that is too wide for its place.

use crate::cursor::Cursor;
use crate::json::Span;

/// Makes the container that `json` holds from `start` to its end at most `limit` bytes long by leaving out parts: the
/// largest members of an object, the last elements of an array. True if it had to.
pub(super) fn fit(json: &mut String, start: usize, limit: usize) -> bool {
    if json.len() - start <= limit {
        return false;
    }
    let is_array = json.as_bytes()[start] == b'[';
    let mut parts = parts(json, start, is_array);
    // Each with the comma or bracket after it; the other bracket comes on top.
    let (size, mut room) = (|part: &Span| part.len() + 1, limit.saturating_sub(1));
    // All members up to this size have room, and of those that are a byte larger the first.
    let mut largest = 0;
    if !is_array {
        let length = |largest| parts.iter().map(size).filter(|size| *size <= largest).sum::<usize>();
        let longest = parts.iter().map(size).max().unwrap_or(1);
        for bit in (0..=longest.ilog2()).rev() {
            largest |= if length(largest | 1 << bit) <= room { 1 << bit } else { 0 };
        }
        room -= length(largest);
    }
    let mut fits = |size| {
        let fits = size <= room;
        room -= if fits { size } else { room };
        fits
    };
    parts.retain(|part| if is_array || size(part) == largest + 1 { fits(size(part)) } else { size(part) <= largest });
    // Those that stand side by side stay so, comma and all.
    parts.dedup_by(|part, before| {
        let is_next = before.end() + 1 == part.start();
        if is_next {
            *before = Span::new(before.start(), part.end());
        }
        is_next
    });
    // The first of them stay where they are, too: of a long text, that is most.
    let (stay, moved) = match parts.split_first() {
        Some((first, others)) if first.start() == start + 1 => (first.end(), others),
        _ => (start + 1, parts.as_slice()),
    };
    let moved = moved.iter().map(|part| part.of(json)).collect::<Vec<_>>().join(",");
    json.truncate(stay);
    if stay > start + 1 && !moved.is_empty() {
        json.push(',');
    }
    json.push_str(&moved);
    if json.len() > start + 1 {
        json.push(if is_array { ']' } else { '}' });
    } else {
        json.truncate(start);
    }
    true
}

/// The members or elements of the container that begins at `start` and is the end of `json`.
fn parts(json: &str, start: usize, is_array: bool) -> Vec<Span> {
    let (mut cursor, mut parts) = (Cursor::new(json.as_bytes(), start + 1), Vec::new());
    loop {
        let start = cursor.at();
        // Most keys and texts are short, and without escapes.
        let key = is_array || cursor.short_key().is_some() || cursor.key().is_some();
        if !key || cursor.raw_string().is_none() && cursor.value().is_none() {
            return parts;
        }
        parts.push(Span::new(start, cursor.at()));
        // A comma, or the end.
        cursor.step();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_object_loses_its_largest_members_and_an_array_its_last_elements() {
        for (json, limit, fitted) in [
            (r#"x{"a":1,"b":[2],"c":{"d":3},"e":4}"#, 33, r#"x{"a":1,"b":[2],"c":{"d":3},"e":4}"#),
            (r#"x{"a":1,"b":[2],"c":{"d":3},"e":4}"#, 32, r#"x{"a":1,"b":[2],"e":4}"#),
            (r#"x{"a":1,"b":[2],"c":{"d":3},"e":4}"#, 20, r#"x{"a":1,"e":4}"#),
            (r#"x{"a":1,"b":[2],"c":{"d":3},"e":4}"#, 10, r#"x{"a":1}"#),
            (r#"x{"a":1}"#, 6, "x"),
            (r#"x["1,]",[[],2],"\"",4]"#, 20, r#"x["1,]",[[],2],"\""]"#),
            (r#"x["1,]",[[],2],"\"",4]"#, 10, r#"x["1,]"]"#),
            ("x[1,22,333,4]", 2, "x"),
        ] {
            let mut text = json.to_owned();
            assert_eq!(fit(&mut text, 1, limit), json != fitted);
            assert_eq!(text, fitted, "{json} in {limit}");
        }
    }

    proptest! {
        #[test]
        fn the_largest_members_go_first_and_of_equal_ones_the_last(
            sizes in proptest::collection::vec(0..40usize, 1..30), limit in 0..400usize,
        ) {
            let mut members: Vec<_> = sizes.iter().zip(0..).map(|(size, n)| format!("\"{n}\":\"{}\"", "x".repeat(*size))).collect();
            let json = |members: &[String]| format!("{{{}}}", members.join(","));
            let mut fitted = json(&members);
            fit(&mut fitted, 0, limit);
            while json(&members).len() > limit && !members.is_empty() {
                let (largest, _) = members.iter().enumerate().max_by_key(|(_, member)| member.len()).expect("a member");
                members.remove(largest);
            }
            prop_assert_eq!(fitted, if members.is_empty() { String::new() } else { json(&members) });
        }
    }
}

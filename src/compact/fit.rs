//! JSON that is too wide for its place.

use crate::json::Span;

/// Makes the container that `json` holds from `start` on at most `limit` bytes long by leaving out parts: the largest
/// members of an object, the last elements of an array. True if it had to. `parts` are the ranges of its members.
pub(super) fn fit(json: &mut String, start: usize, parts: &[Span], is_array: bool, limit: usize) -> bool {
    let mut length = json.len() - start;
    if length <= limit {
        return false;
    }
    let size = |part: usize| parts[part].end() - parts[part].start() + 1;
    let mut victims: Vec<usize> = (0..parts.len()).rev().collect();
    if !is_array {
        victims.sort_by_key(|part| std::cmp::Reverse(size(*part)));
    }
    let mut kept = vec![true; parts.len()];
    for victim in victims {
        if length <= limit {
            break;
        }
        length -= size(victim);
        kept[victim] = false;
    }
    let parts: Vec<&str> = parts.iter().zip(kept).filter(|(_, kept)| *kept).map(|(part, _)| part.of(json)).collect();
    let rest = parts.join(",");
    json.truncate(start);
    if !rest.is_empty() {
        let (open, close) = if is_array { ("[", "]") } else { ("{", "}") };
        json.extend([open, &rest, close]);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_loses_its_largest_members_and_an_array_its_last_elements() {
        for (json, is_array, limit, fitted) in [
            ("x{1,22,333,4}", false, 12, "x{1,22,333,4}"),
            ("x{1,22,333,4}", false, 11, "x{1,22,4}"),
            ("x{1,22,333,4}", false, 6, "x{1,4}"),
            ("x[1,22,333,4]", true, 10, "x[1,22,333]"),
            ("x[1,22,333,4]", true, 2, "x"),
        ] {
            let mut text = json.to_owned();
            let parts = [Span::new(2, 3), Span::new(4, 6), Span::new(7, 10), Span::new(11, 12)];
            assert_eq!(fit(&mut text, 1, &parts, is_array, limit), json != fitted);
            assert_eq!(text, fitted, "{json} in {limit}");
        }
    }
}

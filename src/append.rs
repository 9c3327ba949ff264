//! Short texts put together.

/// Appends `from[start..end]`, which must be there. Most texts are short, and a copy of fixed length takes a few
/// instructions where one of any length takes a call: what is copied beyond the end is cut off again.
#[inline(always)]
pub(crate) fn append(out: &mut Vec<u8>, from: &[u8], start: usize, end: usize) {
    const BLOCK: usize = 32;
    let length = end - start;
    match from.get(start..).and_then(<[u8]>::first_chunk::<BLOCK>) {
        Some(block) if length <= BLOCK => {
            let end = out.len() + length;
            out.extend_from_slice(block);
            out.truncate(end);
        }
        _ => out.extend_from_slice(&from[start..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_part_is_appended_and_nothing_else(from in "[a-z]{0,80}", start in 0..81usize, length in 0..81usize) {
            let start = start.min(from.len());
            let end = (start + length).min(from.len());
            let mut out = b"before".to_vec();
            append(&mut out, from.as_bytes(), start, end);
            prop_assert_eq!(out, [b"before", &from.as_bytes()[start..end]].concat());
        }
    }
}

//! Where a JSON text that begins with a bracket or a quote ends, told by its brackets and quotes alone.

/// What has been opened so far.
#[derive(Debug, Default)]
pub(super) struct Brackets {
    depth: u64,
    in_string: bool,
    is_escaped: bool,
}

impl Brackets {
    /// Goes through the next part of the text. Gives the place behind the end, if it is in this part.
    pub(super) fn end_in(&mut self, part: &[u8]) -> Option<usize> {
        for (index, byte) in part.iter().enumerate() {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.in_string => self.is_escaped = true,
                b'"' => self.in_string = !self.in_string,
                _ if self.in_string => {}
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            let may_end = matches!(byte, b'"' | b'}' | b']');
            if may_end && self.depth == 0 && !self.in_string {
                return Some(index + 1);
            }
        }
        None
    }
}

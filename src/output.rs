//! Text that is put together of short texts.

use std::hint::cold_path;

/// Text at the beginning of a buffer that is mostly long enough for more. What stands after the text means nothing.
#[derive(Debug, Default)]
pub(crate) struct Output {
    buffer: Vec<u8>,
    length: usize,
}

/// Most texts are short, and a copy of fixed length takes a few instructions where one of any length takes a call: so many
/// bytes are copied, and those beyond the end do not count.
const BLOCK: usize = 32;

/// The same for longer ones, nearly all of which are no longer than that.
const LONG: usize = 128;

/// A short text that is appended often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    bytes: [u8; BLOCK],
    length: u8,
}

impl Block {
    /// `None` for a text that is too long.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; BLOCK];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { bytes, length: u8::try_from(text.len()).ok()? })
    }
}

impl Output {
    /// Empties it.
    pub(crate) fn clear(&mut self) {
        self.length = 0;
    }

    /// Takes off what stands after `length` bytes.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// How many bytes there are.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// What was put together.
    pub(crate) fn text(&self) -> &[u8] {
        &self.buffer[..self.length]
    }

    /// What was put together, to put something right.
    pub(crate) fn text_mut(&mut self) -> &mut [u8] {
        &mut self.buffer[..self.length]
    }

    /// Appends a block's text, `from[start..end]`, and a quote if there is one to close.
    #[inline(always)]
    pub(crate) fn append_member(&mut self, block: &Block, from: &[u8], (start, end): (usize, usize), is_quoted: bool) {
        if let Some(value) = from.get(start..start + BLOCK).and_then(<[u8]>::first_chunk::<BLOCK>)
            && end - start <= BLOCK
            && let Some(room) = self.buffer.get_mut(self.length..self.length + 3 * BLOCK)
            && let Some(room) = room.first_chunk_mut::<{ 3 * BLOCK }>()
        {
            let opened = usize::from(block.length) % (2 * BLOCK);
            let length = opened + end - start;
            room[..BLOCK].copy_from_slice(&block.bytes);
            room[opened..opened + BLOCK].copy_from_slice(value);
            room[length] = b'"';
            self.length += length + usize::from(is_quoted);
        } else {
            cold_path();
            self.append_long_member(block, from, (start, end), is_quoted);
        }
    }

    /// [`Self::append_member`] of a value that is long, or where there is no room.
    #[inline(never)]
    fn append_long_member(&mut self, block: &Block, from: &[u8], (start, end): (usize, usize), is_quoted: bool) {
        let opened = usize::from(block.length);
        let length = opened + end - start;
        let room = self.room(length + LONG);
        room[..BLOCK].copy_from_slice(&block.bytes);
        match from.get(start..).and_then(<[u8]>::first_chunk::<LONG>) {
            Some(value) if end - start <= LONG => room[opened..opened + LONG].copy_from_slice(value),
            _ => room[opened..length].copy_from_slice(&from[start..end]),
        }
        room[length] = b'"';
        self.length += length + usize::from(is_quoted);
    }

    /// Appends a block's text.
    #[inline(always)]
    pub(crate) fn append_block(&mut self, block: &Block) {
        self.room(BLOCK)[..BLOCK].copy_from_slice(&block.bytes);
        self.length += usize::from(block.length);
    }

    /// Appends `from[start..end]`, which must be there.
    #[inline(always)]
    pub(crate) fn append(&mut self, from: &[u8], start: usize, end: usize) {
        let length = end - start;
        let block = from.get(start..).and_then(<[u8]>::first_chunk::<BLOCK>);
        let room = self.buffer.get_mut(self.length..).and_then(<[u8]>::first_chunk_mut::<BLOCK>);
        match (block, room) {
            (Some(block), Some(room)) if length <= BLOCK => {
                *room = *block;
                self.length += length;
            }
            _ => self.append_long(&from[start..end]),
        }
    }

    /// Appends a byte.
    #[inline(always)]
    pub(crate) fn push(&mut self, byte: u8) {
        match self.buffer.get_mut(self.length) {
            Some(place) => {
                *place = byte;
                self.length += 1;
            }
            None => self.append_long(&[byte]),
        }
    }

    #[inline(never)]
    fn append_long(&mut self, text: &[u8]) {
        self.room(text.len())[..text.len()].copy_from_slice(text);
        self.length += text.len();
    }

    /// At least `length` bytes after the text, to write on.
    #[inline(always)]
    pub(crate) fn room(&mut self, length: usize) -> &mut [u8] {
        let end = self.length + length + BLOCK;
        if end > self.buffer.len() {
            self.grow(end * 2);
        }
        &mut self.buffer[self.length..]
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, size: usize) {
        self.buffer.resize(size, 0);
    }

    /// Makes so many bytes that were written on part of the text.
    pub(crate) fn add(&mut self, length: usize) {
        self.length += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_are_appended_and_nothing_else(from in "[a-z]{0,80}", parts in proptest::collection::vec((0..81usize, 0..81usize), 0..9)) {
            let (mut out, mut expected) = (Output::default(), String::new());
            let block = Block::new(&from);
            prop_assert_eq!(block.is_some(), from.len() <= BLOCK);
            for (start, length) in parts {
                let start = start.min(from.len());
                let end = (start + length).min(from.len());
                if let Some(block) = &block {
                    let (is_quoted, quote) = if length % 2 == 0 { (true, "\"") } else { (false, "") };
                    out.append_member(block, from.as_bytes(), (start, end), is_quoted);
                    out.append_block(block);
                    out.push(b',');
                    expected.extend([from.as_str(), &from[start..end], quote, &from, ","]);
                }
                out.append(from.as_bytes(), start, end);
                out.push(b',');
                expected.extend([&from[start..end], ","]);
            }
            prop_assert_eq!((out.text(), out.len()), (expected.as_bytes(), expected.len()));
            out.clear();
            prop_assert_eq!(out.text(), b"");
        }
    }
}

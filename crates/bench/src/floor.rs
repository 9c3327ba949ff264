//! What no program that answers Firehose can avoid: find each record's data, decode its base64, look once at every byte
//! for JSON's structure, write as many bytes, encode them. There is no row in its answer; it only bounds the others.

use base64_turbo::STANDARD;
use std::hint::black_box;

/// As tables call it.
pub const NAME: &str = "floor";

/// Does to an invocation what cannot be avoided. Its buffers are used again: fresh pages can be avoided.
#[derive(Debug, Default)]
pub struct Floor {
    decoded: Vec<u8>,
    row: Vec<u8>,
}

impl Floor {
    /// Answers with the records as they came.
    pub fn answer(&mut self, body: &[u8], answer: &mut Vec<u8>) {
        const DATA: &[u8] = b"\"data\":\"";
        answer.clear();
        answer.extend_from_slice(b"{\"records\":[");
        let mut rest = body;
        while let Some(at) = memchr::memmem::find(rest, DATA) {
            // The id, and whatever else stands before the data.
            answer.extend_from_slice(&rest[..at]);
            let data = &rest[at + DATA.len()..];
            let end = memchr::memchr(b'"', data).unwrap_or(data.len());
            self.decoded.resize(STANDARD.decoded_len_estimate(end), 0);
            let length = STANDARD.decode_slice(&data[..end], &mut self.decoded).unwrap_or_default();
            let decoded = &self.decoded[..length];
            black_box(structure(decoded));
            self.row.clear();
            self.row.extend_from_slice(decoded);
            let begin = answer.len();
            answer.resize(begin + STANDARD.encoded_len(self.row.len()), 0);
            let _ = STANDARD.encode_slice(&self.row, &mut answer[begin..]);
            rest = &data[end..];
        }
        answer.extend_from_slice(b"]}");
    }
}

/// How many bytes matter to JSON's structure: quotes, backslashes, brackets, commas, colons. The compiler makes vector
/// instructions of it.
fn structure(text: &[u8]) -> usize {
    text.chunks(128).map(|chunk| usize::from(chunk.iter().map(|byte| u8::from(is_structure(*byte))).sum::<u8>())).sum()
}

#[allow(clippy::needless_bitwise_bool)] // branches would keep the compiler from using vectors
fn is_structure(byte: u8) -> bool {
    // `[`, `\`, `]` and `{`, `|`, `}` differ in one bit; `|` is counted and does not matter.
    let folded = byte & !0x20;
    (byte == b'"') | (byte == b',') | (byte == b':') | (folded.wrapping_sub(b'[') <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Workload;
    use base64::Engine;

    #[test]
    fn it_decodes_and_encodes_every_record() {
        let record = r#"{"event":"page_view","url":"/"}"#;
        let body = Workload::of("three", &[record], 90).body;
        let mut answer = Vec::new();
        Floor::default().answer(body.as_bytes(), &mut answer);
        let answer = String::from_utf8(answer).expect("text");
        let data = base64::prelude::BASE64_STANDARD.encode(record);
        assert_eq!((answer.matches(&data).count(), answer.len() > 3 * data.len()), (3, true));
    }

    #[test]
    fn structure_is_what_json_is_made_of() {
        assert_eq!(structure(br#"{"a":[1,2],"b\n":"x y"}"#), 15);
        assert_eq!(structure(b"abc 123 xyz"), 0);
    }
}

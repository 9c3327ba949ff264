//! JSON de-aggregation: a record that holds several objects becomes one record for each.

/// The most objects that Firehose splits off one record (API reference, `PutRecord`). A record with more goes to the
/// Lambda as it came.
const MOST: usize = 500;

/// What becomes of a record.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Split<'a> {
    /// These objects, each a record.
    Objects(Vec<&'a [u8]>),
    /// Too many: the record as it came.
    Whole,
    /// Not JSON objects one after the other: arrays, other text and compressed data are refused.
    Refused,
}

/// Splits the data of a record.
pub(super) fn split(data: &[u8]) -> Split<'_> {
    let mut objects = Vec::new();
    let mut values = serde_json::Deserializer::from_slice(data).into_iter::<serde::de::IgnoredAny>();
    let mut start = 0;
    while let Some(value) = values.next() {
        let end = values.byte_offset();
        let object = data[start..end].trim_ascii();
        if value.is_err() || !object.starts_with(b"{") {
            return Split::Refused;
        }
        objects.push(object);
        start = end;
        if objects.len() > MOST {
            return Split::Whole;
        }
    }
    if objects.is_empty() { Split::Refused } else { Split::Objects(objects) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_objects_that_follow_each_other_are_split() {
        assert_eq!(split(b"{\"a\":1} {\"b\":2}\n{}"), Split::Objects(vec![b"{\"a\":1}", b"{\"b\":2}", b"{}"]));
        for data in [&b"[{}]"[..], b"{} x", b"a\tb", b"", b"\x1f\x8b\x08", b"{} 1"] {
            assert_eq!(split(data), Split::Refused, "{}", String::from_utf8_lossy(data));
        }
        assert_eq!(split("{}".repeat(500).as_bytes()), Split::Objects(vec![b"{}"; 500]));
        assert_eq!(split("{}".repeat(501).as_bytes()), Split::Whole);
    }
}

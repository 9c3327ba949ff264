//! A record's data to the texts of its events.

use crate::firehose::BASE64;
use crate::json::Span;
use crate::reject::{Reason, Reject};
use base64::prelude::BASE64_STANDARD;
use base64::{DecodeError, Engine};
use serde_json::value::RawValue;

/// How many bytes of text are checked at once; so many zeros follow it, for all that reads whole chunks.
const BLOCK: usize = 64;

/// Decodes a record's data into `bytes`, and gives what they hold, and where in there the text is without byte order mark
/// and surrounding white space. After it come zeros, which are no JSON, and as much text as none.
///
/// # Errors
/// [`Reason::BadBase64`], [`Reason::NotUtf8`], or [`Reason::Blank`] if nothing is left.
pub(crate) fn text<'b>(data: &[u8], bytes: &'b mut Vec<u8>) -> Result<(&'b str, Span), Reject> {
    let room = BASE64.decoded_len_estimate(data.len()) + 2 * BLOCK;
    if bytes.len() < room {
        bytes.resize(room, 0);
    }
    let length = BASE64.decode_slice(data, bytes).map_err(|_| Reject::new(Reason::BadBase64, place(data)))?;
    bytes[length..length + 2 * BLOCK].fill(0);
    // Without a rest, which would be checked byte by byte.
    let whole = simdutf8::basic::from_utf8(&bytes[..length.next_multiple_of(BLOCK) + BLOCK])
        .map_err(|_| not_utf8(&bytes[..length]))?;
    let text = &whole[..length];
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_bare = text.starts_with('{') && text.ends_with('}');
    let text = if is_bare { text } else { text.trim_matches([' ', '\t', '\r', '\n']) };
    if text.is_empty() {
        return Err(Reject::new(Reason::Blank, "nothing but white space"));
    }
    Ok((whole, Span::within(whole, text).unwrap_or_default()))
}

fn not_utf8(bytes: &[u8]) -> Reject {
    let valid = str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    Reject::new(Reason::NotUtf8, format!("not UTF-8 from byte {valid}"))
}

/// Where what is no base64 is none, without quoting it. The quicker library does not tell.
#[cold]
fn place(data: &[u8]) -> String {
    match BASE64_STANDARD.decode(data) {
        Err(DecodeError::InvalidByte(at, _)) => format!("not base64 from character {at}"),
        Err(DecodeError::InvalidLastSymbol(at, _)) => format!("bits left over at character {at}"),
        Err(DecodeError::InvalidLength(length)) => format!("{length} characters are no whole number of bytes"),
        Err(DecodeError::InvalidPadding) => "wrong or missing padding".into(),
        Ok(_) => "not base64".into(),
    }
}

/// The objects of a record's text, in order: one, several on lines of their own or back to back, or in arrays.
///
/// # Errors
/// [`Reason::NotJson`], [`Reason::NotAnObject`], or [`Reason::Blank`] if there are only empty arrays.
pub(crate) fn objects(text: &str) -> Result<Vec<&str>, Reject> {
    let mut objects = Vec::new();
    let wrong = |error: &serde_json::Error, read: usize| {
        // A syntax error's message names what was expected and where, and never what was there.
        Reject { events: read + 1, ..Reject::new(Reason::NotJson, error.to_string()) }
    };
    for value in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        let value = value.map_err(|error| wrong(&error, objects.len()))?.get();
        if value.starts_with('[') {
            let elements: Vec<&RawValue> = serde_json::from_str(value).map_err(|error| wrong(&error, objects.len()))?;
            objects.extend(elements.into_iter().map(RawValue::get));
        } else {
            objects.push(value);
        }
    }
    if let Some(at) = objects.iter().position(|value| !value.starts_with('{')) {
        let detail = format!("value {} of {} is not an object", at + 1, objects.len());
        return Err(Reject { events: objects.len(), ..Reject::new(Reason::NotAnObject, detail) });
    }
    if objects.is_empty() {
        return Err(Reject::new(Reason::Blank, "an empty list of events"));
    }
    Ok(objects)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(data: &str, buffer: &mut Vec<u8>) -> Result<String, Reject> {
        let (whole, text) = text(data.as_bytes(), buffer)?;
        assert!(whole[text.end()..].trim_start_matches([' ', '\t', '\r', '\n']).bytes().all(|byte| byte == 0));
        Ok(text.of(whole).to_owned())
    }

    /// [`text`], as the libraries say it when asked plainly.
    fn plain(data: &str) -> Result<String, Reject> {
        let bytes = BASE64_STANDARD.decode(data).map_err(|_| Reject::new(Reason::BadBase64, place(data.as_bytes())))?;
        let text = str::from_utf8(&bytes)
            .map_err(|error| Reject::new(Reason::NotUtf8, format!("not UTF-8 from byte {}", error.valid_up_to())))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_matches([' ', '\t', '\r', '\n']);
        (!text.is_empty()).then(|| text.to_owned()).ok_or_else(|| Reject::new(Reason::Blank, "nothing but white space"))
    }

    proptest! {
        #[test]
        fn a_text_is_what_the_libraries_say_whatever_the_buffer_held(
            (text, cut) in ("(\u{feff}| )?([ -~]{0,70}[üŝ€😀]?){0,4}\n?", 0..300usize),
            wrong in proptest::option::of((0..300usize, any::<u8>())), mut buffer in proptest::collection::vec(any::<u8>(), 0..400),
        ) {
            let mut bytes = text.into_bytes();
            bytes.truncate(cut);
            if let Some((at, byte)) = wrong && let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
            let data = BASE64_STANDARD.encode(&bytes);
            prop_assert_eq!(found(&data, &mut buffer), plain(&data));
        }

        #[test]
        fn what_is_no_base64_is_rejected_as_the_library_does_it(data in "[A-Za-z0-9+/]{0,200}[A-Za-z=!_-]{0,4}[A-Za-z0-9=]{0,3}") {
            prop_assert_eq!(found(&data, &mut Vec::new()), plain(&data));
        }
    }
}

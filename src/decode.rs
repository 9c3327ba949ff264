//! A record's data to the texts of its events.

use crate::firehose::BASE64;
use crate::reject::{Reason, Reject};
use base64::{DecodeError, Engine};
use serde_json::value::RawValue;

/// Decodes a record's data into `bytes`, and gives the text in it without byte order mark and surrounding white space.
///
/// # Errors
/// [`Reason::BadBase64`], [`Reason::NotUtf8`], or [`Reason::Blank`] if nothing is left.
pub(crate) fn text<'b>(data: &str, bytes: &'b mut Vec<u8>) -> Result<&'b str, Reject> {
    bytes.clear();
    BASE64.decode_vec(data, bytes).map_err(|error| Reject::new(Reason::BadBase64, place(&error)))?;
    let text = simdutf8::compat::from_utf8(bytes)
        .map_err(|error| Reject::new(Reason::NotUtf8, format!("not UTF-8 from byte {}", error.valid_up_to())))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_bare = text.starts_with('{') && text.ends_with('}');
    let text = if is_bare { text } else { text.trim_matches([' ', '\t', '\r', '\n']) };
    if text.is_empty() {
        return Err(Reject::new(Reason::Blank, "nothing but white space"));
    }
    Ok(text)
}

/// Where base64 is wrong, without quoting it.
fn place(error: &DecodeError) -> String {
    match error {
        DecodeError::InvalidByte(at, _) => format!("not base64 from character {at}"),
        DecodeError::InvalidLastSymbol { offset, .. } => format!("bits left over at character {offset}"),
        DecodeError::InvalidLength(length) => format!("{length} characters are no whole number of bytes"),
        DecodeError::InvalidPadding => "wrong or missing padding".into(),
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

//! The name of an object that Firehose wrote: `<stream>-<version>-yyyy-MM-dd-HH-mm-ss-<uuid>`, and what its format adds.

use clickstream::derive::time;
use std::path::Path;

/// When the oldest record in the object of this name arrived, in milliseconds since 1970; `None` if it is another name.
pub(super) fn arrival(path: &Path) -> Option<i64> {
    // The stream's own name may hold hyphens.
    let parts: Vec<_> = path.file_name()?.to_str()?.split('-').collect();
    let [_, .., version, year, month, day, hour, minute, second, _, _, _, _, _] = parts.as_slice() else { return None };
    let time = [year, month, day, hour, minute, second];
    let uuid = parts[parts.len() - 5..].iter().map(|part| part.split('.').next().unwrap_or_default());
    let uuid: Vec<_> = uuid.collect();
    let is_named = time.iter().chain([&version]).all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
        && uuid.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && uuid.concat().bytes().all(|byte| byte.is_ascii_hexdigit());
    let time = is_named.then(|| format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))?;
    time::parse(&time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_in_a_name_is_that_of_the_oldest_record() {
        let uuid = "3f7a1c2e-0b4d-4e6f-8a9b-0c1d2e3f4a5b";
        for (name, arrival) in [
            (format!("raw/hour=10/click-stream-1-2026-11-23-10-15-30-{uuid}.gz"), Some(1_795_428_930_000)),
            (format!("s-12-2026-11-23-10-15-30-{uuid}"), Some(1_795_428_930_000)),
            (format!("s-1-2026-11-23-10-15-30-{uuid}.json.gz"), Some(1_795_428_930_000)),
            (format!("1-2026-11-23-10-15-30-{uuid}.gz"), None),
            (format!("s-1-2026-13-23-10-15-30-{uuid}.gz"), None),
            (format!("s-x-2026-11-23-10-15-30-{uuid}.gz"), None),
            ("events-2026-11-23.ndjson".into(), None),
            ("-".into(), None),
        ] {
            assert_eq!(super::arrival(Path::new(&name)), arrival, "{name}");
        }
    }
}

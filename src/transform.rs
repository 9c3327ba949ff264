//! One record to its rows, or to the reason why it has none.

use crate::cursor::Cursor;
use crate::decode;
use crate::derive::Origin;
use crate::encode;
use crate::firehose::Frames;
use crate::flatten::Flattener;
use crate::json::Span;
use crate::keys::Keys;
use crate::observe::{Observed, Observer};
use crate::output::Output;
use crate::partition::{Filer, Partition};
use crate::reject::{Reason, Reject};
use crate::returned;
use crate::row::{Flag, Row};
use crate::schema::Plan;
use crate::tape::{MAX_DEPTH, Stop, Tape};

/// The most text that one record may expand to, in bytes: what stands beside an envelope's array belongs to each of its
/// events. 16 times the largest record that Firehose takes (1,000 KiB).
const MAX_EXPANDED: usize = 16 << 20;

/// A record that became rows; they are in [`Transform::rows`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// Where they belong, all of them.
    pub partition: Partition,
    /// How many there are: one for each event.
    pub rows: usize,
}

/// One row of a record whose rows may belong to different partitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Where it belongs.
    pub partition: Partition,
    /// The row: newline-terminated JSON.
    pub line: Vec<u8>,
    /// Whether it was a row when it came.
    pub came_back: bool,
}

/// Makes rows. Holds the compiled schema and the buffers that every record uses again; what it makes of a record
/// depends on that record alone.
#[derive(Debug)]
pub struct Transform {
    plan: Plan,
    bytes: Vec<u8>,
    keys: Keys,
    tape: Tape,
    /// What stands beside an envelope's array.
    beside: Tape,
    row: Row,
    flattener: Flattener,
    filer: Filer,
    rows: Output,
    frames: Frames,
    /// Room for the next answer.
    pub(crate) answer: Vec<u8>,
    /// How often each of [`Flag::ALL`] was raised in the rows of the last record.
    flags: [u64; Flag::ALL.len()],
}

impl Transform {
    /// Makes rows as `plan` says.
    pub fn new(plan: Plan) -> Self {
        Self {
            frames: Frames::new(&plan),
            plan,
            bytes: Vec::new(),
            keys: Keys::default(),
            tape: Tape::default(),
            beside: Tape::default(),
            row: Row::default(),
            flattener: Flattener::default(),
            filer: Filer::default(),
            rows: Output::default(),
            answer: Vec::new(),
            flags: [0; Flag::ALL.len()],
        }
    }

    /// The schema.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The rows of the last record that was [`Done`]: newline-terminated JSON.
    pub fn rows(&self) -> &[u8] {
        self.rows.text()
    }

    /// Takes an answer that was sent: the next one is written into its buffer. Without that, each has a new one.
    pub fn reuse(&mut self, answer: Vec<u8>) {
        self.answer = answer;
    }

    /// The rows for the answer, and what it names their partition by.
    pub(crate) fn delivery(&self) -> (&Frames, &[u8]) {
        (&self.frames, self.rows())
    }

    /// How often each of [`Flag::ALL`] was raised in them.
    pub fn flags(&self) -> &[u64; Flag::ALL.len()] {
        &self.flags
    }

    /// Makes the rows of one record: `data` is base64, `arrival` when Firehose received it (milliseconds since 1970),
    /// `room` how many bytes of rows the answer can still take.
    ///
    /// # Errors
    /// Why there are no rows.
    pub fn record(&mut self, data: impl AsRef<[u8]>, arrival: i64, room: usize) -> Result<Done, Reject> {
        self.record_observed(data, arrival, room, None)
    }

    /// [`Self::record`], which shows every row to `observer` as soon as it is made. The record may still be rejected after
    /// that.
    ///
    /// # Errors
    /// Why there are no rows.
    pub fn record_observed(
        &mut self,
        data: impl AsRef<[u8]>,
        arrival: i64,
        room: usize,
        observer: Option<Observer>,
    ) -> Result<Done, Reject> {
        self.decoded(data.as_ref(), &mut Rows { arrival, room, observer, ..Rows::default() })
    }

    /// The rows of a record whose events may belong to different partitions. They are the rows that [`Self::record`]
    /// would make if Firehose took several partitions a record.
    ///
    /// # Errors
    /// Why there are no rows.
    pub fn rows_apart(&mut self, data: impl AsRef<[u8]>, arrival: i64) -> Result<Vec<Placed>, Reject> {
        let mut record = Rows { arrival, room: usize::MAX, apart: Some(Vec::new()), ..Rows::default() };
        self.decoded(data.as_ref(), &mut record)?;
        let lines = self.rows.text().split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec);
        let places = record.apart.unwrap_or_default().into_iter().zip(lines);
        Ok(places.map(|((partition, came_back), line)| Placed { partition, line, came_back }).collect())
    }

    fn decoded(&mut self, data: &[u8], record: &mut Rows) -> Result<Done, Reject> {
        let mut bytes = std::mem::take(&mut self.bytes);
        let done = decode::text(data, &mut bytes).and_then(|(whole, text)| self.text(whole, text, record));
        self.bytes = bytes;
        done
    }

    /// The rows of the record whose text is a part of `whole`.
    fn text(&mut self, whole: &str, text: Span, record: &mut Rows) -> Result<Done, Reject> {
        // Nearly every record is one object, or a few. Whatever else it may be, serde_json tells; who is shown each row once
        // waits for that.
        let mut failed = None;
        if record.observer.is_none() {
            match self.objects(whole, text, record) {
                Ok(done) => return Ok(done),
                // There is no more room for what else the record may be.
                Err((at, reject)) if reject.reason == Reason::ResponseFull && at == text.start() => {
                    return Err(Reject { events: record.count + 1, ..reject });
                }
                Err(of_object) => failed = Some(of_object),
            }
        }
        let objects = decode::objects(text.of(whole))?;
        let starts = objects.iter().map(|object| Span::within(whole, object).unwrap_or_default().start());
        // Events after the one that fails are not all counted, but each object is at least one.
        let counted = |reject, record: &Rows| Reject { events: objects.len().max(record.count + 1), ..reject };
        // What has failed would fail again.
        if let Some((at, reject)) = failed
            && starts.clone().any(|start| start == at)
        {
            return Err(counted(reject, record));
        }
        self.begin(record);
        for start in starts {
            self.object(whole, start, record).map_err(|reject| counted(reject, record))?;
        }
        record.done()
    }

    /// The rows of a record of objects, one after the other. For any other: where it fails to be one, and why.
    fn objects(&mut self, whole: &str, text: Span, record: &mut Rows) -> Result<Done, (usize, Reject)> {
        self.begin(record);
        let mut cursor = Cursor::new(whole.as_bytes(), text.start());
        while cursor.at() < text.end() {
            let end = self.object(whole, cursor.at(), record).map_err(|reject| (cursor.at(), reject))?;
            cursor.go_to(end);
            cursor.next();
        }
        record.done().map_err(|reject| (text.end(), reject))
    }

    /// Forgets the rows that were made.
    fn begin(&mut self, record: &mut Rows) {
        self.rows.clear();
        self.flags = [0; Flag::ALL.len()];
        (record.partition, record.count, record.expanded) = (None, 0, 0);
        record.apart.iter_mut().for_each(Vec::clear);
    }

    /// The rows of one object of a record: an event, or an envelope of several. Gives where the object ends.
    fn object(&mut self, text: &str, at: usize, record: &mut Rows) -> Result<usize, Reject> {
        self.tape.clear(&self.plan);
        let object = self.keys.begin();
        let end = self.tape.add((&self.plan, &mut self.keys), text, (at, object), true).map_err(reject)?;
        let Some(envelope) = self.tape.envelope else {
            self.row(text, Span::new(at, end), "", record)?;
            return Ok(end);
        };
        let names_itself = self.tape.answers(self.plan.roles.event_name);
        if names_itself {
            self.tape.clear(&self.plan);
            let object = self.keys.begin();
            self.tape.add((&self.plan, &mut self.keys), text, (at, object), false).map_err(reject)?;
            self.row(text, Span::new(at, end), "", record)?;
            return Ok(end);
        }
        // An id beside the array is the envelope's: as an event's it would make all of them one.
        let event_id = self.plan.roles.event_id;
        self.tape.forget(event_id, self.plan.columns[event_id].sources.clone());
        self.beside.copy(&self.tape);
        let around = [&text[at..envelope.start()], &text[envelope.end()..end]].concat();
        for index in 0..self.tape.events.len() {
            let event = self.tape.events[index];
            record.expanded += around.len() + event.end() - event.start();
            if record.expanded > MAX_EXPANDED {
                let detail = format!("its events expand to more than {MAX_EXPANDED} bytes");
                return Err(Reject::new(Reason::TooManyEvents, detail));
            }
            self.tape.copy(&self.beside);
            let object = self.keys.event();
            self.tape.add((&self.plan, &mut self.keys), text, (event.start(), object), false).map_err(reject)?;
            self.row(text, event, &around, record)?;
        }
        Ok(end)
    }

    /// The row of the event on the tape.
    fn row(&mut self, text: &str, event: Span, envelope: &str, record: &mut Rows) -> Result<(), Reject> {
        let Self { plan, tape, row, flattener, filer, rows, .. } = self;
        let came_back = envelope.is_empty() && returned::read(plan, text, event, row);
        if !came_back {
            let origin = Origin { arrival: record.arrival, event, envelope, position: record.count };
            flattener.flatten(plan, text, tape, row, &origin);
        }
        let partition = filer.file(plan, text, row, record.arrival);
        match record.partition {
            Some(first) if first != partition && record.apart.is_none() => {
                let [first, other] = [first, partition].map(|partition| plan.prefix(&partition));
                let detail = format!("event 1 belongs to {first}, event {} to {other}", record.count + 1);
                return Err(Reject::new(Reason::MixedPartitions, detail));
            }
            _ => record.partition = Some(partition),
        }
        if !came_back {
            encode::extra(plan, text, tape, row);
        }
        encode::flags(plan, text, row);
        row.pad();
        encode::line(plan, text, row, rows);
        if let Some(apart) = &mut record.apart {
            apart.push((partition, came_back));
        }
        if rows.len() > record.room {
            let detail = format!("{} bytes of rows and more, room for {}", rows.len(), record.room);
            return Err(Reject::new(Reason::ResponseFull, detail));
        }
        record.count += 1;
        if let Some(observer) = &mut record.observer {
            observer(&Observed { plan, text, tape, row, partition });
        }
        for (_, flags) in row.flagged() {
            flags.iter().for_each(|flag| self.flags[flag as usize] += 1);
        }
        Ok(())
    }
}

/// The rows of one record so far.
#[derive(Default)]
struct Rows<'o> {
    arrival: i64,
    room: usize,
    partition: Option<Partition>,
    count: usize,
    /// Bytes that envelopes were expanded to.
    expanded: usize,
    observer: Option<Observer<'o>>,
    /// The partition of each, and whether it came back, where they need not have one partition in common.
    apart: Option<Vec<(Partition, bool)>>,
}

impl Rows<'_> {
    /// What all of them are.
    fn done(&self) -> Result<Done, Reject> {
        let partition = self.partition.ok_or_else(|| Reject::new(Reason::Internal, "a record without rows"))?;
        Ok(Done { partition, rows: self.count })
    }
}

/// What a text that cannot be put on the tape is rejected for.
fn reject(stop: Stop) -> Reject {
    match stop {
        Stop::NotJson => Reject::new(Reason::NotJson, "not a JSON object"),
        Stop::TooDeep(at) => Reject::new(Reason::TooDeep, format!("nested deeper than {MAX_DEPTH} at byte {at}")),
    }
}

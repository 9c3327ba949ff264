//! The row while it is made: a cell for each column, and what was done to it.

use crate::bits::Bits;
use crate::json::Span;
use crate::schema::Column;

/// What happened to a value on its way into a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// Cut to its column's width; whole in `extra`.
    Truncated,
    /// Does not fit its column's type: null there, verbatim in `extra` (an address that privacy protects: gone).
    BadType,
    /// A decimal with more places than its column, rounded half away from zero; verbatim in `extra`.
    Rounded,
    /// An identifier longer than its column, replaced by its SHA-256; verbatim in `extra`.
    IdHashed,
    /// A placeholder instead of an identifier; verbatim in `extra`.
    IdBlocked,
    /// An e-mail address, replaced by its SHA-256.
    EmailHashed,
    /// An IP address, shortened to its network.
    IpShortened,
    /// Held U+0000 (left out) or half a surrogate pair (U+FFFD instead).
    TextMended,
    /// Held a key that privacy removes.
    KeyRemoved,
    /// JSON wider than its column: its largest members, or its last items, are gone.
    Overflow,
    /// An object held a key more than once: the last keeps the name, earlier ones are `key~1`, `key~2` …
    KeyRepeated,
    /// The event carries no time of its own.
    TimeMissing,
    /// The event's time lies outside the partition window: filed under the arrival's date.
    TimeClamped,
}

impl Flag {
    /// All flags, in the order in which a row lists them.
    pub const ALL: [Self; 13] = [
        Self::Truncated,
        Self::BadType,
        Self::Rounded,
        Self::IdHashed,
        Self::IdBlocked,
        Self::EmailHashed,
        Self::IpShortened,
        Self::TextMended,
        Self::KeyRemoved,
        Self::Overflow,
        Self::KeyRepeated,
        Self::TimeMissing,
        Self::TimeClamped,
    ];

    /// The name in `dq_flags` and in metrics.
    pub fn code(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::BadType => "bad_type",
            Self::Rounded => "rounded",
            Self::IdHashed => "id_hashed",
            Self::IdBlocked => "id_blocked",
            Self::EmailHashed => "email_hashed",
            Self::IpShortened => "ip_shortened",
            Self::TextMended => "text_mended",
            Self::KeyRemoved => "key_removed",
            Self::Overflow => "overflow",
            Self::KeyRepeated => "key_repeated",
            Self::TimeMissing => "time_missing",
            Self::TimeClamped => "time_clamped",
        }
    }
}

/// Some flags.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FlagSet(u16);

impl FlagSet {
    pub(crate) fn raise(&mut self, flag: Flag) {
        self.0 |= 1 << flag as u16;
    }

    pub(crate) fn join(&mut self, other: Self) {
        self.0 |= other.0;
    }

    pub(crate) fn has(self, flag: Flag) -> bool {
        self.0 & 1 << flag as u16 != 0
    }

    /// Whether the value is only a part of what was sent.
    pub(crate) fn is_lossy(self) -> bool {
        [Flag::Truncated, Flag::Rounded, Flag::IdHashed].into_iter().any(|flag| self.has(flag))
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Flag> {
        let next = |left: &u16| Some(left & left.wrapping_sub(1)).filter(|left| *left != 0);
        let sets = std::iter::successors(Some(self.0).filter(|set| *set != 0), next);
        sets.map(|set| Flag::ALL[set.trailing_zeros() as usize])
    }
}

/// A column's value: the text of a number or boolean, or what a string means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Null.
    #[default]
    Empty,
    /// In the record's text. A string there holds no escapes.
    Text(Span),
    /// Made: in [`Row::made`].
    Made(Span),
}

/// What filled a column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum FilledBy {
    /// Nothing that the schema lists: null, or one of the columns that speak of all the others.
    #[default]
    Nothing,
    /// A path: index into [`crate::schema::Plan::sources`].
    Path(u16),
    /// A function: index into the column's own.
    Function(u16),
}

/// The values of a row's columns. The buffers are used again for the next row.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// One for each column, and what filled it; what they say of one that is null means nothing.
    cells: Vec<(Cell, FilledBy)>,
    /// Columns that are not null.
    filled: Bits,
}

impl Cells {
    /// Makes all of `columns` columns null.
    pub(crate) fn clear(&mut self, columns: usize) {
        self.cells.resize(columns, <(Cell, FilledBy)>::default());
        self.filled.clear();
    }

    /// Fills a column.
    #[inline(always)]
    pub(crate) fn fill(&mut self, column: usize, cell: Cell, by: FilledBy) {
        self.filled.insert(column);
        self.cells[column] = (cell, by);
    }

    /// Fills a column that is null; another stays as it is.
    #[inline(always)]
    pub(crate) fn offer(&mut self, column: usize, cell: Cell, by: FilledBy) {
        if self.filled.insert(column) {
            self.cells[column] = (cell, by);
        }
    }

    /// Whether a column is null.
    #[inline(always)]
    pub(crate) fn is_empty(&self, column: usize) -> bool {
        !self.filled.has(column)
    }

    /// A column's value, and what filled it.
    #[inline(always)]
    fn get(&self, column: usize) -> (Cell, FilledBy) {
        if self.is_empty(column) { (Cell::Empty, FilledBy::Nothing) } else { self.cells[column] }
    }
}

/// As long as a block of [`crate::output`], and nothing that a JSON string would escape: a chunk that reaches into it goes the
/// usual way.
const PADDING: &str = "                                ";

/// One row. Its buffers are used again for the next one.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) cells: Cells,
    /// The columns that have flags, in order; the number of columns stands for the row as a whole.
    flagged: Vec<(usize, FlagSet)>,
    /// Holds the values that are not slices of the record.
    pub(crate) made: String,
}

impl Row {
    /// Empties the row for `columns` columns.
    pub(crate) fn clear(&mut self, columns: usize) {
        self.cells.clear(columns);
        self.flagged.clear();
        self.made.clear();
    }

    /// Makes it a row of the cells of columns that are `filled` with slices of the record. They are swapped for the row's own.
    pub(crate) fn begin(&mut self, found: &mut Vec<(Cell, FilledBy)>, filled: Bits) {
        std::mem::swap(&mut self.cells.cells, found);
        self.cells.filled = filled;
        self.flagged.clear();
        self.made.clear();
    }

    /// A column's value in a row of the record `text`.
    #[inline]
    pub(crate) fn get<'a>(&'a self, text: &'a str, column: usize) -> Option<&'a str> {
        self.cell(column).of(text, &self.made)
    }

    /// A column's value.
    #[inline]
    pub(crate) fn cell(&self, column: usize) -> Cell {
        self.cells.get(column).0
    }

    /// What filled a column.
    pub(crate) fn filled_by(&self, column: usize) -> FilledBy {
        self.cells.get(column).1
    }

    /// Whether the column is null.
    #[inline]
    pub(crate) fn is_empty(&self, column: usize) -> bool {
        self.cells.is_empty(column)
    }

    /// Fills a column, unless `cell` is null.
    pub(crate) fn fill(&mut self, column: usize, cell: Cell, by: FilledBy) {
        if cell != Cell::Empty {
            self.cells.fill(column, cell, by);
        }
    }

    /// Shows the columns that are not null, in order: which of `columns` each is, and its value.
    #[inline(always)]
    pub(crate) fn each_filled(&self, columns: &[Column], mut show: impl FnMut(&Column, Cell)) {
        let cells = &self.cells.cells[..columns.len()];
        self.cells.filled.each(|at| {
            if let (Some(column), Some((cell, _))) = (columns.get(at), cells.get(at)) {
                show(column, *cell);
            }
        });
    }

    /// How many columns there are, null or not.
    fn columns(&self) -> usize {
        self.cells.cells.len()
    }

    /// Adds flags of a column.
    pub(crate) fn flag(&mut self, column: usize, flags: FlagSet) {
        if flags.is_empty() {
            return;
        }
        match self.place_of_flags(column) {
            Ok(place) => self.flagged[place].1.join(flags),
            Err(place) => self.flagged.insert(place, (column, flags)),
        }
    }

    /// Where in `flagged` a column is, or would be.
    fn place_of_flags(&self, column: usize) -> Result<usize, usize> {
        self.flagged.binary_search_by_key(&column, |(column, _)| *column)
    }

    /// The flags of a column; for `None`, of the row as a whole.
    pub(crate) fn flags(&self, column: Option<usize>) -> FlagSet {
        let place = self.place_of_flags(column.unwrap_or(self.columns()));
        place.map_or(FlagSet::default(), |place| self.flagged[place].1)
    }

    /// Flags the row as a whole.
    pub(crate) fn raise(&mut self, flag: Flag) {
        let mut flags = FlagSet::default();
        flags.raise(flag);
        self.flag(self.columns(), flags);
    }

    /// The columns that have flags, in order; the row as a whole comes last.
    pub(crate) fn flagged(&self) -> impl Iterator<Item = (Option<usize>, FlagSet)> {
        let columns = self.columns();
        self.flagged.iter().map(move |(column, flags)| ((*column < columns).then_some(*column), *flags))
    }

    /// Padding after the made values: with it the last one, too, can be read as a block.
    pub(crate) fn pad(&mut self) {
        self.made.push_str(PADDING);
    }
}

impl Cell {
    /// The value, in a row of the record `text` whose made values are `made`.
    #[inline]
    pub(crate) fn of<'a>(self, text: &'a str, made: &'a str) -> Option<&'a str> {
        match self {
            Self::Empty => None,
            Self::Text(span) => Some(span.of(text)),
            Self::Made(span) => Some(span.of(made)),
        }
    }

    /// [`Self::of`] as bytes; none for a cell that is null.
    #[inline(always)]
    pub(crate) fn bytes<'a>(self, text: &'a str, made: &'a str) -> &'a [u8] {
        let (from, span) = match self {
            Self::Empty => return &[],
            Self::Text(span) => (text, span),
            Self::Made(span) => (made, span),
        };
        from.as_bytes().get(span.start()..span.end()).unwrap_or_default()
    }

    /// A cell that holds a part of this one's value.
    pub(crate) fn part(self, part: Span) -> Self {
        match self {
            Self::Empty => Self::Empty,
            Self::Text(span) => Self::Text(span.part(part)),
            Self::Made(span) => Self::Made(span.part(part)),
        }
    }

    /// A cell that holds `value`, appended to `made`.
    pub(crate) fn make(value: &str, made: &mut String) -> Self {
        let start = made.len();
        made.push_str(value);
        Self::Made(Span::new(start, made.len()))
    }
}

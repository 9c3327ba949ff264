//! What a report tells of an event beside what was done. Every dialect leaves something out: its writer asks here what
//! to write, and the truth asks the same to know what can be known.

/// Something that a report may tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// An id of the event.
    Id,
    /// When it happened, to the millisecond.
    Time,
    /// When it happened, to the second.
    Second,
    /// The visitor's cookie.
    Cookie,
    /// Another identifier of the same person.
    PreviousId,
    Url,
    Referrer,
    UserAgent,
    /// The campaign, beside the URL.
    Campaign,
    /// What the customer pays for the order.
    Total,
    /// The categories of items.
    Category,
    /// Whether the visitor, if it is a person, agrees to be measured.
    Consent,
}

/// What one report tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Details(u16);

impl Details {
    pub(super) const fn of<const N: usize>(details: [Detail; N]) -> Self {
        let (mut bits, mut at) = (0, 0);
        while at < N {
            bits |= 1 << details[at] as u16;
            at += 1;
        }
        Self(bits)
    }

    /// These, and `detail` if so.
    pub(super) const fn and(self, detail: Detail, told: bool) -> Self {
        Self(self.0 | (told as u16) << detail as u16)
    }

    pub(crate) const fn tell(self, detail: Detail) -> bool {
        self.0 >> detail as u16 & 1 == 1
    }
}

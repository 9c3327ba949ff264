//! The shop's front doors. Each was built by another team, and each team reports in its own dialect.

/// How a team writes its events down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// The shop's own words, as each page sees fit.
    Plain,
    /// Segment's spec, one call a record.
    Segment,
    /// Segment's spec, several calls in a `batch`.
    SegmentBatch,
    /// What GA4's tag manager finds in `dataLayer`.
    DataLayer,
    /// The arguments of `gtag()`, forwarded.
    Gtag,
    /// Bodies of GA4's Measurement Protocol.
    Measurement,
}

/// A front door.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) host: &'static str,
    /// What the team calls its site or app.
    pub(crate) app_id: &'static str,
    pub(crate) dialect: Dialect,
    /// Who reports what happens from the checkout on.
    pub(crate) checkout: Dialect,
}

const fn site(host: &'static str, app_id: &'static str, dialect: Dialect, checkout: Dialect) -> Site {
    Site { host, app_id, dialect, checkout }
}

use Dialect::{DataLayer, Gtag, Measurement, Plain, Segment, SegmentBatch};

pub(crate) static MAIN: Site = site("www.shop.example", "shop", Plain, Plain);
pub(crate) static OUTLET: Site = site("outlet.shop.example", "outlet", Segment, Segment);
pub(crate) static GARDEN: Site = site("garden.shop.example", "G-GARDEN26", DataLayer, DataLayer);
/// Has no checkout of its own: it hands over to the main site's.
pub(crate) static MOBILE: Site = site("m.shop.example", "G-MOBILE26", Gtag, Plain);
/// Terminals in the shop's stores.
pub(crate) static STORE: Site = site("store.shop.example", "G-STORE26", Measurement, Measurement);
pub(crate) static APP: Site = site("app.shop.example", "shop-app", SegmentBatch, SegmentBatch);

//! The shop's front doors. Each was built by another team, and each team reports in its own dialect.

use super::page::Page;

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
    /// GA4's events as a tag manager on a server hands them on.
    ServerTag,
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
    /// Whose checkout it uses, if it has none of its own.
    checkout: Option<&'static Site>,
}

impl Site {
    /// The site that has this page for the visitors of this one.
    pub(crate) fn of_page(&'static self, page: &Page) -> &'static Self {
        match (page, self.checkout) {
            (Page::Checkout(_) | Page::Thanks, Some(other)) => other,
            _ => self,
        }
    }
}

const fn site(host: &'static str, app_id: &'static str, dialect: Dialect) -> Site {
    Site { host, app_id, dialect, checkout: None }
}

pub(crate) static MAIN: Site = site("www.shop.example", "shop", Dialect::Plain);
pub(crate) static OUTLET: Site = site("outlet.shop.example", "outlet", Dialect::Segment);
pub(crate) static GARDEN: Site = site("garden.shop.example", "G-GARDEN26", Dialect::DataLayer);
pub(crate) static MOBILE: Site = Site { checkout: Some(&MAIN), ..site("m.shop.example", "G-MOBILE26", Dialect::Gtag) };
pub(crate) static GIFTS: Site = site("gifts.shop.example", "G-GIFTS26", Dialect::ServerTag);
/// Terminals in the shop's stores.
pub(crate) static STORE: Site = site("store.shop.example", "G-STORE26", Dialect::Measurement);
pub(crate) static APP: Site = site("app.shop.example", "shop-app", Dialect::SegmentBatch);

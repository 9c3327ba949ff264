//! What the shop tempts with: banners and coupons.

/// A banner on the shop's pages.
#[derive(Debug)]
pub(crate) struct Promotion {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) slot: &'static str,
}

pub(crate) static PROMOTIONS: [Promotion; 4] = [
    Promotion { id: "BF26", name: "Black Friday 2026", slot: "home-hero" },
    Promotion { id: "ADVENT", name: "24 Türchen", slot: "home-side" },
    Promotion { id: "SHIP0", name: "Free shipping from 50 €", slot: "top-bar" },
    Promotion { id: "GREEN", name: "Garden in winter", slot: "home-teaser-2" },
];

/// A code that makes an order cheaper.
#[derive(Debug)]
pub(crate) struct Coupon {
    pub(crate) code: &'static str,
    pub(crate) percent: i64,
}

pub(crate) static COUPONS: [Coupon; 3] = [
    Coupon { code: "BLACK20", percent: 20 },
    Coupon { code: "WELCOME5", percent: 5 },
    Coupon { code: "FREUNDE10", percent: 10 },
];

//! How the shop is found: campaigns, search engines, other people's pages.

/// A way into the shop, as the first address and its referrer show it.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) referrer: Option<&'static str>,
    pub(crate) campaign: Option<Campaign>,
    /// The advertising network's key for its click ids.
    pub(crate) click_key: Option<&'static str>,
}

/// What the `utm_` parameters say.
#[derive(Debug)]
pub(crate) struct Campaign {
    pub(crate) source: &'static str,
    pub(crate) medium: &'static str,
    pub(crate) name: &'static str,
    pub(crate) content: Option<&'static str>,
    pub(crate) term: Option<&'static str>,
    pub(crate) id: Option<&'static str>,
}

impl Campaign {
    /// Parameters and values, in the order in which links have them.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        [
            ("utm_source", Some(self.source)),
            ("utm_medium", Some(self.medium)),
            ("utm_campaign", Some(self.name)),
            ("utm_content", self.content),
            ("utm_term", self.term),
            ("utm_id", self.id),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
    }
}

const fn campaign(source: &'static str, medium: &'static str, name: &'static str) -> Campaign {
    Campaign { source, medium, name, content: None, term: None, id: None }
}

const fn paid(
    referrer: &'static str,
    campaign: Campaign,
    content: &'static str,
    id: &'static str,
    key: &'static str,
) -> Channel {
    let campaign = Campaign { content: Some(content), id: Some(id), ..campaign };
    Channel { referrer: Some(referrer), campaign: Some(campaign), click_key: Some(key) }
}

const fn organic(referrer: Option<&'static str>) -> Channel {
    Channel { referrer, campaign: None, click_key: None }
}

/// The newsletter; its links may carry the reader's address.
pub(crate) static NEWSLETTER: Channel =
    Channel { referrer: None, campaign: Some(campaign("newsletter", "email", "2026-w48")), click_key: None };

/// The other channels, with how often each is used.
pub(crate) static CHANNELS: [(u64, Channel); 9] = [
    (30, organic(None)),
    (28, organic(Some("https://www.google.com/"))),
    (5, organic(Some("https://www.bing.com/search?q=trail+runner"))),
    (4, organic(Some("https://blog.example.net/best-of-black-friday"))),
    (3, organic(Some("https://l.instagram.com/"))),
    (
        12,
        paid(
            "https://www.google.com/",
            Campaign { term: Some("regenjacke damen"), ..campaign("google", "cpc", "Black Friday 2026") },
            "ad-A",
            "20261123",
            "gclid",
        ),
    ),
    (7, paid("https://m.facebook.com/", campaign("facebook", "paid_social", "bf26_retarget"), "video", "77", "fbclid")),
    (4, paid("https://www.bing.com/", campaign("bing", "cpc", "brand"), "text", "b-12", "msclkid")),
    (3, paid("https://www.tiktok.com/", campaign("tiktok", "paid_social", "Größe zählt"), "reel", "9", "ttclid")),
];

/// Where a customer comes back from after paying with `method`, if the shop sent them there.
pub(crate) fn payment_referrer(method: &str) -> Option<&'static str> {
    match method {
        "paypal" => Some("https://www.paypal.com/"),
        "credit_card" => Some("https://checkout.stripe.com/"),
        _ => None,
    }
}

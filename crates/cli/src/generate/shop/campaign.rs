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

const fn organic(referrer: Option<&'static str>) -> Channel {
    Channel { referrer, campaign: None, click_key: None }
}

const fn paid(referrer: &'static str, click_key: &'static str, campaign: Campaign) -> Channel {
    Channel { referrer: Some(referrer), campaign: Some(campaign), click_key: Some(click_key) }
}

/// The address itself, typed or remembered.
pub(crate) static DIRECT: Channel = organic(None);

/// The newsletter; its links may carry the reader's address.
pub(crate) static NEWSLETTER: Channel =
    Channel { referrer: None, campaign: Some(campaign(["newsletter", "email", "2026-w48"])), click_key: None };

/// The other channels, with how often each is used.
pub(crate) static CHANNELS: [(u64, Channel); 9] = [
    (30, organic(None)),
    (28, organic(Some("https://www.google.com/"))),
    (5, organic(Some("https://www.bing.com/search?q=trail+runner"))),
    (4, organic(Some("https://blog.example.net/best-of-black-friday"))),
    (3, organic(Some("https://l.instagram.com/"))),
    (12, paid("https://www.google.com/", "gclid", GOOGLE)),
    (7, paid("https://m.facebook.com/", "fbclid", FACEBOOK)),
    (4, paid("https://www.bing.com/", "msclkid", BING)),
    (3, paid("https://www.tiktok.com/", "ttclid", TIKTOK)),
];

const GOOGLE: Campaign = Campaign {
    content: Some("ad-A"),
    term: Some("regenjacke damen"),
    id: Some("20261123"),
    ..campaign(["google", "cpc", "Black Friday 2026"])
};
const FACEBOOK: Campaign =
    Campaign { content: Some("video"), id: Some("77"), ..campaign(["facebook", "paid_social", "bf26_retarget"]) };
const BING: Campaign = Campaign { content: Some("text"), id: Some("b-12"), ..campaign(["bing", "cpc", "brand"]) };
const TIKTOK: Campaign = Campaign { content: Some("reel"), ..campaign(["tiktok", "paid_social", "Größe zählt"]) };

const fn campaign([source, medium, name]: [&'static str; 3]) -> Campaign {
    Campaign { source, medium, name, content: None, term: None, id: None }
}

/// Where a customer comes back from after paying with `method`, if the shop sent them there.
pub(crate) fn payment_referrer(method: &str) -> Option<&'static str> {
    match method {
        "paypal" => Some("https://www.paypal.com/"),
        "credit_card" => Some("https://checkout.stripe.com/"),
        _ => None,
    }
}

//! How the shop is found: campaigns, search engines, other people's pages.

/// A way into the shop, as the first address and its referrer show it.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) referrer: Option<&'static str>,
    pub(crate) campaign: Option<Campaign>,
    /// The advertising network's key for its click ids.
    pub(crate) click_key: Option<&'static str>,
    /// What an analyst would write beside it, by hand.
    pub(crate) touch: Touch,
}

/// Where visitors come from, in the terms of a marketing report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Touch {
    pub(crate) source: &'static str,
    pub(crate) medium: &'static str,
    pub(crate) campaign: &'static str,
    pub(crate) channel: &'static str,
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

const fn touch([source, medium, campaign, channel]: [&'static str; 4]) -> Touch {
    Touch { source, medium, campaign, channel }
}

const fn linked(referrer: &'static str, classified: [&'static str; 4]) -> Channel {
    Channel { referrer: Some(referrer), campaign: None, click_key: None, touch: touch(classified) }
}

/// A link that says which campaign it is of.
const fn tagged(referrer: Option<&'static str>, campaign: Campaign, channel: &'static str) -> Channel {
    let touch = touch([campaign.source, campaign.medium, campaign.name, channel]);
    Channel { referrer, campaign: Some(campaign), click_key: None, touch }
}

const fn clicked(click_key: &'static str, channel: Channel) -> Channel {
    Channel { click_key: Some(click_key), ..channel }
}

/// The address itself, typed or remembered.
pub(crate) static DIRECT: Channel =
    Channel { referrer: None, campaign: None, click_key: None, touch: touch(["(direct)", "(none)", "", "Direct"]) };

/// The newsletter; its links may carry the reader's address.
pub(crate) static NEWSLETTER: Channel = tagged(None, campaign(["newsletter", "email", "2026-w48"]), "Email");

/// The other channels, with how often each is used.
pub(crate) static CHANNELS: [(u64, Channel); 16] = [
    (30, Channel { referrer: None, campaign: None, click_key: None, touch: DIRECT.touch }),
    (28, linked(GOOGLE_PAGE, ["www.google.com", "organic", "", "Organic Search"])),
    (5, linked("https://www.bing.com/search?q=trail+runner", ["www.bing.com", "organic", "", "Organic Search"])),
    (4, linked("https://blog.example.net/best-of-black-friday", ["blog.example.net", "referral", "", "Referral"])),
    (3, linked("https://l.instagram.com/", ["l.instagram.com", "social", "", "Organic Social"])),
    (1, linked("https://mail.google.com/", ["mail.google.com", "email", "", "Email"])),
    (12, clicked("gclid", tagged(Some(GOOGLE_PAGE), GOOGLE, "Paid Search"))),
    (7, clicked("fbclid", tagged(Some(FACEBOOK_PAGE), FACEBOOK, "Paid Social"))),
    (4, clicked("msclkid", tagged(Some("https://www.bing.com/"), BING, "Paid Search"))),
    (3, clicked("ttclid", tagged(Some("https://www.tiktok.com/"), TIKTOK, "Paid Social"))),
    // Networks that tag the click and leave the campaign to their own reports.
    (3, clicked("gclid", linked(GOOGLE_PAGE, ["google", "cpc", "", "Paid Search"]))),
    (2, clicked("fbclid", linked(FACEBOOK_PAGE, ["facebook", "social", "", "Organic Social"]))),
    (2, tagged(Some("https://deals.example.org/"), campaign(["deals", "affiliate", "BF deals"]), "Affiliates")),
    (2, tagged(Some("https://news.example.org/"), campaign(["adnet", "display", "bf26_reach"]), "Display")),
    (1, tagged(None, campaign(["app", "push", "cart_reminder"]), "Push")),
    (1, tagged(None, campaign(["poster", "qr", "Straßenbahn"]), "Unassigned")),
];

const GOOGLE_PAGE: &str = "https://www.google.com/";
const FACEBOOK_PAGE: &str = "https://m.facebook.com/";

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

//! User agents.

/// A browser, an app or a robot, as its User-Agent header has it.
#[derive(Debug)]
pub(crate) struct Agent {
    pub(crate) header: &'static str,
    /// web, ios or android.
    pub(crate) platform: &'static str,
}

const fn web(header: &'static str) -> Agent {
    Agent { header, platform: "web" }
}

pub(crate) static LAPTOPS: [Agent; 5] = [
    web(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    ),
    web(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Safari/605.1.15",
    ),
    web("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"),
    web("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"),
    web(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
    ),
];

pub(crate) static PHONES: [Agent; 3] = [
    web(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
    ),
    web(
        "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    ),
    web(
        "Mozilla/5.0 (Linux; Android 15; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
    ),
];

/// The shop's own app.
pub(crate) static APPS: [Agent; 2] = [
    Agent { header: "ShopApp/8.4.1 (iPhone; iOS 19.1; Scale/3.00)", platform: "ios" },
    Agent { header: "ShopApp/8.4.0 (Linux; U; Android 16; Pixel 10)", platform: "android" },
];

pub(crate) static TABLETS: [Agent; 2] = [
    web(
        "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    ),
    web(
        "Mozilla/5.0 (Linux; Android 15; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    ),
];

/// Terminals in stores.
pub(crate) static TERMINALS: [Agent; 1] = [web(
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
)];

pub(crate) static ROBOTS: [Agent; 5] = [
    web("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
    web("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"),
    web("Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"),
    web(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36",
    ),
    web("python-requests/2.32.5"),
];

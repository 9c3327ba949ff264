//! The shop's pages: their addresses and titles.

use super::catalogue::Item;
use std::fmt::Write;

/// A page that a visitor opens.
#[derive(Debug, Clone)]
pub(crate) enum Page {
    Home,
    Help,
    Category(&'static str),
    /// What a search found.
    Results(String),
    Item(&'static Item),
    Cart,
    /// A step of the checkout, from 1.
    Checkout(u32),
    /// The order was placed.
    Thanks,
    Account,
    /// Where the link of a "forgotten password" mail leads, with its secret.
    Reset(u64),
}

impl Page {
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Home => "/".into(),
            Self::Help => "/help/shipping".into(),
            Self::Category(category) => format!("/c/{category}"),
            Self::Results(_) => "/search".into(),
            Self::Item(item) => format!("/p/{}", item.id),
            Self::Cart => "/cart".into(),
            Self::Checkout(step) => format!("/checkout/{step}"),
            Self::Thanks => "/checkout/thanks".into(),
            Self::Account => "/account".into(),
            Self::Reset(_) => "/account/reset".into(),
        }
    }

    /// The query of the address, without the question mark.
    pub(crate) fn query(&self) -> Option<String> {
        match self {
            Self::Results(term) => Some(format!("q={}", encode(term))),
            Self::Reset(secret) => Some(format!("token={secret:016x}")),
            _ => None,
        }
    }

    pub(crate) fn title(&self) -> String {
        match self {
            Self::Home => "Shop – schön, dass du da bist".into(),
            Self::Help => "Shipping & returns".into(),
            Self::Category(category) => format!("{category} | Shop"),
            Self::Results(term) => format!("Results for “{term}”"),
            Self::Item(item) => format!("{} – {}", item.name, item.brand),
            Self::Cart => "Your cart".into(),
            Self::Checkout(_) => "Checkout".into(),
            Self::Thanks => "Thank you!".into(),
            Self::Account => "My account".into(),
            Self::Reset(_) => "Choose a new password".into(),
        }
    }
}

/// `text` as a form puts it into an address: application/x-www-form-urlencoded.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => encoded.push('+'),
            b'-' | b'_' | b'.' | b'*' => encoded.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => encoded.push(char::from(byte)),
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

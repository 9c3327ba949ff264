//! Where an event is filed: the partition that the lake has for it.

use super::dialect::detail::Detail;
use super::dialect::details;
use super::visit::action::Action;
use super::visit::event::Event;
use chrono::NaiveDate;
use clickstream::derive::time::date;
use clickstream::schema::Window;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// Event type and UTC date.
pub(crate) type Partition = (&'static str, NaiveDate);

/// When a report says that its event happened, in milliseconds since 1970; if it does not say, that is when it arrives.
pub(crate) fn told_time(event: &Event, arrival: i64) -> i64 {
    match details(event) {
        told if told.tell(Detail::Time) => event.time(),
        told if told.tell(Detail::Second) => event.time().div_euclid(1000) * 1000,
        _ => arrival,
    }
}

/// The partition of an event whose report arrives at `arrival`.
pub(crate) fn filed(event: &Event, arrival: i64, window: Window) -> Partition {
    (event_type(event), filed_under(told_time(event, arrival), arrival, window))
}

/// Events of clocks that are too wrong, and those that come too late, are filed by arrival.
fn filed_under(time: i64, arrival: i64, window: Window) -> NaiveDate {
    let late = arrival - time > i64::from(window.late_days) * DAY;
    let early = time - arrival > i64::from(window.early_minutes) * MINUTE;
    date(if late || early { arrival } else { time })
}

/// The event type of what was done, whatever a dialect calls it.
pub(crate) fn event_type(event: &Event) -> &'static str {
    match event.step.action {
        Action::SessionStart => "session_start",
        Action::ViewPage if event.in_app() => "screen_view",
        Action::ViewPage => "page_view",
        Action::Scroll => "engagement",
        Action::Search => "search",
        Action::ViewList => "item_list_view",
        Action::ClickItem => "item_click",
        Action::ViewItem => "item_view",
        Action::ShareItem => "share",
        Action::ReviewItem => "review",
        Action::AddToWishlist => "wishlist_add",
        Action::RemoveFromWishlist => "wishlist_remove",
        Action::ViewPromotion => "promotion_view",
        Action::ClickPromotion => "promotion_click",
        Action::AddToCart => "add_to_cart",
        Action::RemoveFromCart => "remove_from_cart",
        Action::ViewCart => "cart_view",
        Action::EnterCoupon => "coupon",
        Action::StartCheckout => "checkout_start",
        Action::Checkout => "checkout_step",
        Action::EnterPayment => "payment_info",
        Action::FailPayment => "payment_error",
        Action::PlaceOrder => "purchase",
        Action::ChangeOrder => "order_updated",
        Action::CancelOrder => "order_cancelled",
        Action::RefundOrder => "refund",
        Action::SignUp => "sign_up",
        Action::LogIn => "login",
        Action::LogOut => "logout",
        Action::Identify | Action::Alias => "identify",
        Action::Subscribe | Action::Other => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_windows_own_edges_are_inside() {
        let (window, noon) = (Window { late_days: 7, early_minutes: 13 * 60 }, DAY / 2);
        for (ahead, days_ahead) in [
            (0, 0),
            (13 * 60 * MINUTE, 1),
            (13 * 60 * MINUTE + 1, 0),
            (-7 * DAY, -7),
            (-7 * DAY - 1, 0),
            (-DAY / 2 - 1, -1),
        ] {
            assert_eq!(filed_under(noon + ahead, noon, window), date(noon + days_ahead * DAY), "{ahead}");
        }
    }
}

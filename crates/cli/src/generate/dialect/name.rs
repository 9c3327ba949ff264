//! What each dialect calls an action.

use crate::generate::visit::action::{Action, Step, Subject};

/// The names of an action.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) plain: &'a str,
    pub(super) segment: &'a str,
    pub(super) ga4: &'a str,
}

/// What the dialects call what was done.
pub(super) fn names(step: &Step) -> Names<'_> {
    if let (Action::Other, Subject::Text(name)) = (step.action, &step.subject) {
        return Names { plain: name, segment: name, ga4: name };
    }
    let (plain, segment, ga4) = of(step.action);
    Names { plain, segment, ga4 }
}

fn of(action: Action) -> (&'static str, &'static str, &'static str) {
    match action {
        Action::SessionStart => ("session_start", "Session Started", "session_start"),
        Action::ViewPage => ("page_view", "Page Viewed", "page_view"),
        Action::Scroll => ("scroll", "Scroll", "scroll"),
        Action::Search => ("search", "Products Searched", "view_search_results"),
        Action::ViewList => ("item_list_view", "Product List Viewed", "view_item_list"),
        Action::ClickItem => ("itemClick", "Product Clicked", "select_item"),
        Action::ViewItem => ("item_view", "Product Viewed", "view_item"),
        Action::ShareItem => ("share", "Product Shared", "share"),
        Action::ReviewItem => ("review", "Product Reviewed", "review"),
        Action::AddToWishlist => ("wishlist_add", "Product Added to Wishlist", "add_to_wishlist"),
        Action::RemoveFromWishlist => ("wishlist_remove", "Product Removed from Wishlist", "remove_from_wishlist"),
        Action::ViewPromotion => ("promo_view", "Promotion Viewed", "view_promotion"),
        Action::ClickPromotion => ("promo_click", "Promotion Clicked", "select_promotion"),
        Action::AddToCart => ("addToCart", "Product Added", "add_to_cart"),
        Action::RemoveFromCart => ("removeFromCart", "Product Removed", "remove_from_cart"),
        Action::ViewCart => ("cart", "Cart Viewed", "view_cart"),
        Action::EnterCoupon => ("coupon", "Coupon Entered", "coupon"),
        Action::StartCheckout => ("checkout", "Checkout Started", "begin_checkout"),
        Action::Checkout => ("checkout_step", "Checkout Step Completed", "add_shipping_info"),
        Action::EnterPayment => ("payment_info", "Payment Info Entered", "add_payment_info"),
        Action::FailPayment => ("payment-error", "Payment Failed", "payment_error"),
        Action::PlaceOrder => ("order_placed", "Order Completed", "purchase"),
        Action::ChangeOrder => ("order_updated", "Order Updated", "order_updated"),
        Action::CancelOrder => ("cancel_order", "Order Cancelled", "order_cancelled"),
        Action::RefundOrder => ("refund", "Order Refunded", "refund"),
        Action::SignUp => ("registration", "Signed Up", "sign_up"),
        Action::LogIn => ("login", "Signed In", "login"),
        Action::LogOut => ("logout", "Signed Out", "logout"),
        Action::Identify => ("identify", "identify", "identify"),
        Action::Alias => ("alias", "alias", "alias"),
        // No schema knows these.
        Action::Subscribe => ("newsletter_signup", "Newsletter Subscribed", "generate_lead"),
        Action::Other => ("custom", "custom", "custom"),
    }
}

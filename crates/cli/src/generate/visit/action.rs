//! What can be done in a shop, without a word on how it is reported.

use crate::generate::shop::order::{Cart, Line, Order};
use crate::generate::shop::promotion::{Coupon, Promotion};
use std::rc::Rc;

/// One thing that was done.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// Milliseconds since the visit's start.
    pub(crate) at: i64,
    pub(crate) action: Action,
    pub(crate) subject: Subject,
    /// Index of the page it was done on.
    pub(crate) page: usize,
    /// Whether the visitor was logged in.
    pub(crate) logged_in: bool,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    SessionStart,
    ViewPage,
    Scroll,
    Search,
    ViewList,
    ClickItem,
    ViewItem,
    ShareItem,
    ReviewItem,
    AddToWishlist,
    RemoveFromWishlist,
    ViewPromotion,
    ClickPromotion,
    AddToCart,
    RemoveFromCart,
    ViewCart,
    EnterCoupon,
    StartCheckout,
    Checkout,
    EnterPayment,
    FailPayment,
    PlaceOrder,
    ChangeOrder,
    CancelOrder,
    RefundOrder,
    SignUp,
    LogIn,
    LogOut,
    /// The page tells who the visitor is.
    Identify,
    /// The page tells that cookie and user id are one person.
    Alias,
    Subscribe,
    /// Something that only its team knows of; its name is the subject.
    Other,
}

/// What it was done to.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    Nothing,
    /// Words: what was searched for, the event's name, how one logged in.
    Text(String),
    Item(Shown),
    List {
        name: &'static str,
        items: Rc<[Line]>,
    },
    Cart(Rc<Cart>),
    /// A step of the checkout, from 1.
    Checkout(Rc<Cart>, u32),
    Order(Rc<Order>),
    Promotion(&'static Promotion),
    Coupon(&'static Coupon),
    /// How far down the page, in percent.
    Depth(u64),
}

/// An item, perhaps in a list.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) line: Line,
    pub(crate) list: Option<&'static str>,
    /// Its place in the list, from 1.
    pub(crate) position: usize,
}

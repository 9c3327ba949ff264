//! From a full cart to an order, and what may become of the order.

use super::action::{Action, Shown, Subject};
use super::walk::Walk;
use crate::generate::shop::catalogue::ITEMS;
use crate::generate::shop::order::{Order, PAYMENT_METHODS};
use crate::generate::shop::page::Page;
use crate::generate::shop::promotion::COUPONS;
use std::rc::Rc;

impl Walk {
    /// Fills the cart.
    pub(super) fn fill_cart(&mut self) {
        for _ in 0..*self.random.weighted(&[(45, 1), (30, 2), (15, 3), (7, 4), (3, 8)]) {
            let item = self.random.popular(&ITEMS);
            self.open(Page::Item(item));
            let line = self.line(item);
            self.act_on(Action::ViewItem, &Shown { line, list: None, position: 0 });
            self.take(item);
        }
        if self.cart.len() > 1 && self.random.percent(15) {
            let at = self.random.index(self.cart.len());
            let line = self.cart.remove(at);
            self.act_on(Action::RemoveFromCart, &Shown { line, list: None, position: 0 });
        }
        self.view(Page::Cart);
        let cart = self.shared_cart();
        self.act(Action::ViewCart, Subject::Cart(cart));
        if self.random.percent(20) {
            let coupon = self.random.popular(&COUPONS);
            self.coupon = Some(coupon);
            self.wait(3_000, 15_000);
            self.act(Action::EnterCoupon, Subject::Coupon(coupon));
        }
    }

    /// Goes through the checkout. Of those who begin, not all end it.
    pub(super) fn check_out(&mut self) {
        self.open(Page::Checkout(1));
        let cart = self.shared_cart();
        self.act(Action::StartCheckout, Subject::Cart(cart));
        self.log_in_to_buy();
        for step in 1..=3 {
            if step > 1 {
                self.open(Page::Checkout(step));
            }
            let cart = self.shared_cart();
            self.wait(4_000, 40_000);
            self.act(Action::Checkout, Subject::Checkout(cart, step));
            if self.random.percent(7) {
                return;
            }
        }
        let method = *self.random.popular(&PAYMENT_METHODS);
        let order = Rc::new(Order::of(format!("o-{}", 100_000 + self.number), self.cart(), method));
        self.act(Action::EnterPayment, Subject::Order(order.clone()));
        if self.random.percent(6) {
            self.wait(2_000, 20_000);
            self.act(Action::FailPayment, Subject::Order(order.clone()));
            if self.random.percent(40) {
                return;
            }
        }
        self.open(Page::Thanks);
        self.act(Action::PlaceOrder, Subject::Order(order.clone()));
        self.cart.clear();
        self.coupon = None;
        for (action, percent) in [(Action::ChangeOrder, 5), (Action::CancelOrder, 6), (Action::RefundOrder, 6)] {
            if self.random.percent(percent) {
                self.wait(60_000, 600_000);
                let changed = if action == Action::ChangeOrder { Rc::new(order.enlarged()) } else { order };
                self.act(action, Subject::Order(changed));
                break;
            }
        }
    }
}

//! Carts and orders, and the arithmetic of money: whole cents, so that every sum is exact.

use super::catalogue::Item;
use super::promotion::Coupon;

/// So many of one thing.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) item: &'static Item,
    pub(crate) variant: &'static str,
    pub(crate) quantity: u32,
}

impl Line {
    pub(crate) fn cents(&self) -> i64 {
        self.item.cents * i64::from(self.quantity)
    }
}

/// What lies in a cart at one moment.
#[derive(Debug)]
pub(crate) struct Cart {
    pub(crate) id: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) coupon: Option<&'static Coupon>,
}

impl Cart {
    /// The goods, before discount.
    pub(crate) fn cents(&self) -> i64 {
        self.lines.iter().map(Line::cents).sum()
    }
}

/// A cart that was bought. Money is in cents; `subtotal + tax + shipping = total`.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) cart: Cart,
    /// The goods without tax, after discount.
    pub(crate) subtotal: i64,
    pub(crate) discount: i64,
    pub(crate) tax: i64,
    pub(crate) shipping: i64,
    /// What the customer pays.
    pub(crate) total: i64,
    pub(crate) payment_method: &'static str,
}

/// How one can pay, the usual way first.
pub(crate) const PAYMENT_METHODS: [&str; 5] = ["paypal", "credit_card", "invoice", "apple_pay", "sepa_debit"];

const FREE_SHIPPING_FROM: i64 = 5_000;
const SHIPPING: i64 = 495;
const TAX_PERCENT: i64 = 19;

impl Order {
    pub(crate) fn of(id: String, cart: Cart, payment_method: &'static str) -> Self {
        let goods = cart.cents();
        let discount = cart.coupon.map_or(0, |coupon| goods * coupon.percent / 100);
        let shipping = if goods - discount >= FREE_SHIPPING_FROM { 0 } else { SHIPPING };
        // Prices include the tax.
        let subtotal = (goods - discount) * 100 / (100 + TAX_PERCENT);
        let tax = goods - discount - subtotal;
        Self { id, cart, subtotal, discount, tax, shipping, total: subtotal + tax + shipping, payment_method }
    }

    /// The same order with one more of its first item.
    pub(crate) fn enlarged(&self) -> Self {
        let mut lines = self.cart.lines.clone();
        if let Some(line) = lines.first_mut() {
            line.quantity += 1;
        }
        self.with(lines)
    }

    /// What the customer gets back for one line of it: no shipping.
    pub(crate) fn returned(&self, line: &Line) -> Self {
        let part = self.with(vec![line.clone()]);
        Self { total: part.total - part.shipping, shipping: 0, ..part }
    }

    fn with(&self, lines: Vec<Line>) -> Self {
        let cart = Cart { id: self.cart.id.clone(), lines, coupon: self.cart.coupon };
        Self::of(self.id.clone(), cart, self.payment_method)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::shop::catalogue::ITEMS;
    use crate::generate::shop::promotion::COUPONS;

    #[test]
    fn the_parts_of_an_order_add_up() {
        for item in &ITEMS {
            for coupon in [None, Some(&COUPONS[0])] {
                let lines = vec![Line { item, variant: item.variants[0], quantity: 2 }];
                let order = Order::of("o-1".into(), Cart { id: "c-1".into(), lines, coupon }, "paypal");
                assert_eq!(order.cart.cents() - order.discount + order.shipping, order.total, "{}", item.id);
                assert_eq!(order.subtotal + order.tax + order.shipping, order.total, "{}", item.id);
            }
        }
    }
}

//! What GA4's three shapes have in common: the parameters of e-commerce events.

use crate::generate::json::Object;
use crate::generate::shop::order::Line;
use crate::generate::visit::action::{Action, Subject};
use crate::generate::visit::event::Event;

/// Adds what concerns goods and money.
pub(super) fn ecommerce(o: &mut Object, event: &Event) {
    let list = match &event.step.subject {
        Subject::Item(shown) => shown.list,
        Subject::List { name, .. } => Some(*name),
        _ => None,
    };
    o.some("item_list_name", list);
    match &event.step.subject {
        Subject::Cart(cart) | Subject::Checkout(cart, _) => o.some("coupon", cart.coupon.map(|coupon| coupon.code)),
        Subject::Coupon(coupon) => o.text("coupon", coupon.code),
        Subject::Promotion(promotion) => {
            o.text("promotion_id", promotion.id);
            o.text("promotion_name", promotion.name);
            o.text("creative_slot", promotion.slot);
        }
        Subject::Order(order) => {
            o.text("transaction_id", &order.id);
            o.money("tax", order.tax);
            o.money("shipping", order.shipping);
            o.some("coupon", order.cart.coupon.map(|coupon| coupon.code));
            o.text("payment_type", order.payment_method);
        }
        _ => {}
    }
    if let Some(cents) = event.value() {
        o.text("currency", event.currency());
        o.money("value", cents);
    }
    if !event.lines().is_empty() {
        o.objects("items", event.lines().iter().enumerate(), |o, (index, line)| {
            o.text("item_id", line.item.id);
            o.text("item_name", line.item.name);
            o.money("price", line.item.cents);
            // Lists are long, so their items are short.
            if let Subject::List { .. } = event.step.subject {
                o.number("index", index as u64);
            } else {
                details(o, line);
            }
        });
    }
}

/// Adds what concerns neither goods nor money.
pub(super) fn others(o: &mut Object, event: &Event) {
    match &event.step.subject {
        Subject::Text(text) => match event.step.action {
            Action::Search => o.text("search_term", text),
            Action::LogIn => o.text("method", text),
            _ => {}
        },
        Subject::Depth(percent) => o.number("percent_scrolled", *percent),
        Subject::Checkout(_, step) => o.number("checkout_step", *step),
        _ => {}
    }
}

fn details(o: &mut Object, line: &Line) {
    o.text("item_brand", line.item.brand);
    o.text("item_category", line.item.category);
    o.text("item_variant", line.variant);
    o.number("quantity", line.quantity);
}

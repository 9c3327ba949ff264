//! The properties of Segment's e-commerce events.

use super::detail::Detail;
use super::segment::details;
use crate::generate::json::Object;
use crate::generate::shop::order::{Line, Order};
use crate::generate::visit::action::{Action, Subject};
use crate::generate::visit::event::Event;

/// Adds the properties of a `track` call.
pub(super) fn properties(o: &mut Object, event: &Event) {
    match &event.step.subject {
        Subject::Nothing => o.some("email", event.email()),
        Subject::Text(text) => match event.step.action {
            Action::Search => o.text("query", text),
            Action::LogIn => o.text("method", text),
            _ => o.text("page_path", event.page().path()),
        },
        Subject::Item(shown) => {
            product(o, &shown.line);
            o.text("currency", event.currency());
            if shown.position > 0 {
                o.number("position", shown.position as u64);
            }
            o.some("list_id", shown.list);
        }
        Subject::List { name, items } => {
            o.text("list_id", name);
            products(o, items);
        }
        Subject::Cart(cart) | Subject::Checkout(cart, _) => {
            if let Subject::Checkout(_, step) = event.step.subject {
                o.text("checkout_id", &cart.id);
                o.number("step", step);
            } else {
                o.text("cart_id", &cart.id);
                o.money("value", cart.cents());
                products(o, &cart.lines);
            }
            o.text("currency", event.currency());
            o.some("coupon", cart.coupon.map(|coupon| coupon.code));
        }
        Subject::Order(order) => bought(o, event, order),
        Subject::Promotion(promotion) => {
            o.text("promotion_id", promotion.id);
            o.text("creative", promotion.name);
            o.text("position", promotion.slot);
        }
        Subject::Coupon(coupon) => {
            o.text("coupon_id", coupon.code);
            o.number("percent", coupon.percent);
        }
        Subject::Depth(percent) => o.number("percent_scrolled", *percent),
    }
}

fn bought(o: &mut Object, event: &Event, order: &Order) {
    o.text("order_id", &order.id);
    o.text("checkout_id", &order.cart.id);
    o.text("payment_method", order.payment_method);
    if !details(event).tell(Detail::Total) {
        return;
    }
    for (key, cents) in [
        ("total", order.total),
        ("revenue", order.subtotal),
        ("tax", order.tax),
        ("shipping", order.shipping),
        ("discount", order.discount),
    ] {
        o.money(key, cents);
    }
    o.text("currency", event.currency());
    o.some("coupon", order.cart.coupon.map(|coupon| coupon.code));
    o.some("email", event.email());
    products(o, &order.cart.lines);
}

fn products(o: &mut Object, lines: &[Line]) {
    o.objects("products", lines, product);
}

fn product(o: &mut Object, line: &Line) {
    o.text("product_id", line.item.id);
    o.text("name", line.item.name);
    o.text("brand", line.item.brand);
    o.text("category", line.item.category);
    o.text("variant", line.variant);
    o.money("price", line.item.cents);
    o.number("quantity", line.quantity);
}

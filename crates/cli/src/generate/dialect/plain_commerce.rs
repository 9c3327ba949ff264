//! The shop's own words for goods and money.

use super::detail::{Detail, Details};
use super::iso;
use super::name::names;
use crate::generate::json::Object;
use crate::generate::shop::order::{Cart, Line, Order};
use crate::generate::visit::action::Subject;
use crate::generate::visit::event::Event;

/// Lists and items: the catalogue team, in central Europe's winter time.
pub(super) fn items(o: &mut Object, event: &Event, details: Details) {
    o.text("eventType", names(event.step).plain);
    o.text("eventId", event.id());
    o.text("uuid", &event.visit.device.cookie);
    match event.user_id() {
        Some(id) => o.text("userId", id),
        None => o.raw("userId", "null"),
    }
    o.text("time", iso(event.time() + 60 * 60_000).replace('Z', "+01:00"));
    match &event.step.subject {
        Subject::Item(shown) => {
            let line = &shown.line;
            o.text("itemId", line.item.id);
            if details.tell(Detail::Category) {
                o.text("item_name", line.item.name);
                o.text("brand", line.item.brand);
                o.text("category", line.item.category);
                o.text("variant", line.variant);
            }
            o.money("price", line.item.cents);
            o.text("currency", event.currency());
            if line.quantity > 1 {
                o.number("qty", line.quantity);
            }
            o.some("listName", shown.list);
            if shown.position > 0 {
                o.number("position", shown.position as u64);
            }
        }
        Subject::List { name, items } => {
            o.text("list_name", name);
            o.objects("items", items.iter().enumerate(), |o, (index, line)| {
                o.text("itemId", line.item.id);
                o.money("price", line.item.cents);
                o.number("position", index as u64 + 1);
            });
        }
        _ => {}
    }
}

/// Cart, checkout and orders: the payment team, whose money is text and whose guests are called so.
pub(super) fn checkout(o: &mut Object, event: &Event, details: Details) {
    o.text("type", names(event.step).plain);
    o.text("User_ID", event.user_id().unwrap_or("guest"));
    o.text("UUID", &event.visit.device.cookie);
    o.text("timestamp", iso(event.time()).replace('T', " ").trim_end_matches('Z'));
    o.number("visit_number", event.session_number());
    match &event.step.subject {
        Subject::Cart(cart) => in_cart(o, event, cart),
        Subject::Checkout(cart, step) => {
            o.number("step", *step);
            in_cart(o, event, cart);
        }
        Subject::Coupon(coupon) => o.text("voucher", coupon.code),
        Subject::Order(order) => in_order(o, event, order),
        _ => {}
    }
    o.some("email", event.email());
    if details.tell(Detail::Url) {
        o.text("url", event.url());
        o.some("referrer", event.referrer());
    }
}

fn in_cart(o: &mut Object, event: &Event, cart: &Cart) {
    o.object("cart", |o| {
        o.text("id", &cart.id);
        o.text("currency", event.currency());
        o.some("coupon", cart.coupon.map(|coupon| coupon.code));
        lines(o, &cart.lines);
    });
    o.money_text("amount", cart.cents());
}

fn in_order(o: &mut Object, event: &Event, order: &Order) {
    o.object("order", |o| {
        o.text("id", &order.id);
        o.text("currency", event.currency());
        for (key, cents) in [
            ("total", order.total),
            ("subtotal", order.subtotal),
            ("tax", order.tax),
            ("shipping", order.shipping),
            ("discount", order.discount),
        ] {
            o.money_text(key, cents);
        }
        o.some("coupon", order.cart.coupon.map(|coupon| coupon.code));
        o.text("payment_method", order.payment_method);
        lines(o, &order.cart.lines);
    });
    o.text("basketId", &order.cart.id);
    // What must never be logged, and is.
    if order.payment_method == "credit_card" && event.random().one_in(6) {
        o.object("card", |o| {
            o.text("cardNumber", "4111 1111 1111 1111");
            o.text("cvc", "123");
            o.text("holder", event.person().map_or("", |person| person.last_name));
        });
    }
}

fn lines(o: &mut Object, lines: &[Line]) {
    o.objects("items", lines, |o, line| {
        o.text("sku", line.item.id);
        o.text("name", line.item.name);
        o.text("variant", line.variant);
        o.number("qty", line.quantity);
        o.money_text("unitPrice", line.item.cents);
    });
}

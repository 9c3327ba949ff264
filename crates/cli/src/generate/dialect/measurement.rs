//! Bodies of GA4's Measurement Protocol: who and when once, then the `events`.

use super::detail::{Detail, Details};
use super::ga4::{ecommerce, others};
use super::name::names;
use super::stray;
use crate::generate::delivery::Delivery;
use crate::generate::json::Object;
use crate::generate::visit::action::Action;
use crate::generate::visit::event::Event;

pub(super) fn details(event: &Event) -> Details {
    Details::of([Detail::Time, Detail::Cookie, Detail::Url, Detail::Category, Detail::Consent])
        .and(Detail::Total, event.step.action == Action::PlaceOrder)
}

/// Adds the members of a body.
pub(super) fn body(o: &mut Object, delivery: &Delivery) {
    let Some(first) = delivery.events().next() else { return };
    let (visit, alone) = (first.visit, delivery.events().count() == 1);
    o.text("client_id", &visit.device.cookie);
    o.some("user_id", first.user_id());
    if alone {
        o.number("timestamp_micros", first.time() * 1000);
    }
    if let Some(person) = first.person() {
        let storage = if person.consent { "GRANTED" } else { "DENIED" };
        o.object("consent", |o| o.text("analytics_storage", storage));
        o.object("user_location", |o| {
            o.text("country_id", person.home.country);
            o.text("region_id", person.home.region);
        });
        if first.email().is_some() {
            o.object("user_properties", |o| o.object("tier", |o| o.text("value", person.tier)));
            o.object("user_data", |o| o.text("email_address", person.email()));
        }
    }
    o.text("ip_override", &visit.device.ip);
    o.objects("events", delivery.events(), |o, event| {
        o.text("name", names(event.step).ga4);
        if !alone {
            o.number("timestamp_micros", event.time() * 1000);
        }
        o.object("params", |o| parameters(o, &event));
    });
}

fn parameters(o: &mut Object, event: &Event) {
    o.text("session_id", event.session().to_string());
    o.number("engagement_time_msec", event.random().within(40, 30_000));
    o.text("page_location", event.url());
    if event.step.action == Action::ViewPage {
        o.text("page_title", event.page().title());
    }
    others(o, event);
    ecommerce(o, event);
    stray::attributes(o, &mut event.random());
}

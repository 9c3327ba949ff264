//! The arguments of `gtag('event', name, parameters)`, forwarded as an object, with what the collector knows beside them.

use super::detail::{Detail, Details};
use super::ga4::{ecommerce, others};
use super::name::names;
use super::stray;
use crate::generate::json::Object;
use crate::generate::visit::action::Action;
use crate::generate::visit::event::Event;

pub(super) fn details(event: &Event) -> Details {
    let first = event.step.action == Action::ViewPage;
    Details::of([Detail::Time, Detail::Cookie, Detail::Url, Detail::Category])
        .and(Detail::Referrer, first)
        .and(Detail::UserAgent, first)
        .and(Detail::Total, event.step.action == Action::PlaceOrder)
}

/// Adds the members of a call.
pub(super) fn call(o: &mut Object, event: &Event) {
    let visit = event.visit;
    o.text("0", "event");
    o.text("1", names(event.step).ga4);
    o.object("2", |o| {
        o.text("page_location", event.url());
        if event.step.action == Action::ViewPage {
            o.text("page_title", event.page().title());
            o.some("page_referrer", event.referrer());
        }
        o.number("ga_session_id", event.session());
        others(o, event);
        ecommerce(o, event);
        stray::attributes(o, &mut event.random());
    });
    o.text("tid", visit.site.app_id);
    o.text("cid", &visit.device.cookie);
    o.some("uid", event.user_id());
    o.number("ts", event.time());
    if event.step.action == Action::ViewPage {
        o.text("ul", event.locale().to_lowercase());
        o.text("ua", visit.device.agent.header);
        o.text("request_ip", &visit.device.ip);
    }
    if let Some(person) = event.person().filter(|_| event.email().is_some()) {
        o.object("user_properties", |o| {
            o.text("email", person.email());
            o.text("tier", person.tier);
        });
    }
}

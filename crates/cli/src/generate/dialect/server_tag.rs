//! What a tag manager that runs on a server makes of GA4's requests: one flat object, with what the request told.

use super::detail::{Detail, Details};
use super::ga4::{ecommerce, others};
use super::name::names;
use super::stray;
use crate::generate::json::Object;
use crate::generate::visit::action::Action;
use crate::generate::visit::event::Event;

pub(super) fn details(event: &Event) -> Details {
    // Every request has its headers.
    Details::of([Detail::Time, Detail::Cookie, Detail::Url, Detail::Referrer, Detail::UserAgent, Detail::Category])
        .and(Detail::Total, event.step.action == Action::PlaceOrder)
}

/// Adds the members of an event.
pub(super) fn request(o: &mut Object, event: &Event) {
    let visit = event.visit;
    o.text("x-ga-protocol_version", "2");
    o.text("x-ga-measurement_id", visit.site.app_id);
    o.text("x-ga-js_client_id", &visit.device.cookie);
    o.text("event_name", names(event.step).ga4);
    o.some("user_id", event.user_id());
    o.text("ga_session_id", event.session().to_string());
    o.number("ga_session_number", event.session_number());
    o.text("page_location", event.url());
    o.text("page_title", event.page().title());
    o.some("page_referrer", event.referrer());
    o.text("user_agent", visit.device.agent.header);
    o.text("ip_override", &visit.device.ip);
    o.text("language", event.locale().to_lowercase());
    o.some("x-ga-ur", event.person().map(|person| person.home.region));
    o.object("x-sst-system_properties", |o| {
        o.number("request_start_time_ms", event.time());
        o.some("uc", event.person().map(|person| person.home.country));
    });
    others(o, event);
    ecommerce(o, event);
    if let Some(email) = event.email() {
        o.object("user_data", |o| o.text("email_address", email));
    }
    stray::attributes(o, &mut event.random());
}

//! GA4's `dataLayer`, as the tag manager finds it: e-commerce under `ecommerce`, the rest beside it.

use super::detail::{Detail, Details};
use super::ga4::{ecommerce, others};
use super::name::names;
use super::{iso, stray};
use crate::generate::json::Object;
use crate::generate::visit::action::{Action, Subject};
use crate::generate::visit::event::Event;

pub(super) fn details(event: &Event) -> Details {
    let first = event.step.action == Action::ViewPage;
    Details::of([Detail::Cookie, Detail::Url, Detail::Category])
        // The tag manager knows the time only if the page pushes it.
        .and(Detail::Time, !event.random().one_in(12))
        .and(Detail::Referrer, first)
        .and(Detail::UserAgent, first)
        .and(Detail::Consent, first)
        .and(Detail::Total, event.step.action == Action::PlaceOrder)
}

/// Adds the members of a push.
pub(super) fn push(o: &mut Object, event: &Event) {
    let (visit, mut random, details) = (event.visit, event.random(), details(event));
    o.text("event", names(event.step).ga4);
    o.text("client_id", &visit.device.cookie);
    o.some("user_id", event.user_id());
    o.text("ga_session_id", event.session().to_string());
    o.text("page_location", event.url());
    if event.step.action == Action::ViewPage {
        o.text("page_title", event.page().title());
        o.some("page_referrer", event.referrer());
        o.number("ga_session_number", event.session_number());
        o.text("user_agent", visit.device.agent.header);
        o.text("language", event.locale());
        o.text("measurement_id", visit.site.app_id);
        if let Some(person) = event.person().filter(|_| details.tell(Detail::Consent)) {
            let storage = if person.consent { "granted" } else { "denied" };
            o.object("consent", |o| o.text("analytics_storage", storage));
        }
    }
    if details.tell(Detail::Time) {
        o.text("timestamp", iso(event.time()));
    }
    others(o, event);
    match event.step.subject {
        Subject::Nothing | Subject::Text(_) | Subject::Depth(_) => {}
        _ => o.object("ecommerce", |o| ecommerce(o, event)),
    }
    if let Some(email) = event.email() {
        o.object("user_data", |o| o.text("email_address", email));
    }
    o.number("gtm.uniqueEventId", random.within(2, 400));
    stray::attributes(o, &mut random);
}

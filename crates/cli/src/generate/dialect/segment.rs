//! Segment's spec: `page`, `screen`, `track`, `identify` and `alias` calls, alone or in a `batch`.

use super::detail::{Detail, Details};
use super::name::names;
use super::segment_properties::properties;
use super::{iso, stray};
use crate::generate::delivery::Delivery;
use crate::generate::json::Object;
use crate::generate::visit::action::Action;
use crate::generate::visit::event::Event;

pub(super) fn details(event: &Event) -> Details {
    let in_app = event.in_app();
    let (page, action) = (event.step.action == Action::ViewPage, event.step.action);
    let without_amounts = matches!(action, Action::EnterPayment | Action::FailPayment | Action::CancelOrder);
    Details::of([Detail::Id, Detail::Time, Detail::Category])
        .and(Detail::Cookie, action != Action::Alias)
        .and(Detail::PreviousId, action == Action::Alias)
        .and(Detail::Url, !in_app)
        .and(Detail::Referrer, !in_app && (page || event.random().percent(10)))
        // The app tells who and where it is only once in a while, and every visit sees a page.
        .and(Detail::UserAgent, !in_app || page)
        .and(Detail::Campaign, !in_app || page)
        .and(Detail::Consent, page)
        .and(Detail::Total, !without_amounts)
}

/// Adds the members of a call; `sent` is when, if it travels alone.
pub(super) fn call(o: &mut Object, event: &Event, sent: Option<i64>) {
    let visit = event.visit;
    let in_app = event.in_app();
    let call = match event.step.action {
        Action::ViewPage if in_app => "screen",
        Action::ViewPage => "page",
        Action::Identify => "identify",
        Action::Alias => "alias",
        _ => "track",
    };
    o.text("type", call);
    o.text("messageId", event.id());
    if call == "alias" {
        o.text("previousId", event.previous_id());
    } else {
        o.text("anonymousId", &visit.device.cookie);
    }
    o.some("userId", event.user_id());
    let time = iso(event.time());
    o.text("timestamp", &time);
    if visit.delay > 0 {
        o.text("originalTimestamp", &time);
    }
    o.some("sentAt", sent.map(iso));
    o.text("channel", if in_app { "mobile" } else { "web" });
    o.object("context", |o| context(o, event, in_app));
    match call {
        "track" => {
            o.text("event", names(event.step).segment);
            o.object("properties", |o| {
                properties(o, event);
                stray::attributes(o, &mut event.random());
            });
        }
        "identify" => o.object("traits", |o| traits(o, event)),
        "screen" => {
            o.text("name", event.page().title());
            o.raw("properties", "{}");
        }
        "page" => o.object("properties", |o| {
            o.text("url", event.url());
            o.text("path", event.page().path());
            o.text("title", event.page().title());
            o.some("referrer", event.referrer());
        }),
        _ => {}
    }
}

/// Adds the members of a batch. Its `sentAt` is for all calls in it.
pub(super) fn batch(o: &mut Object, delivery: &Delivery) {
    o.objects("batch", delivery.events(), |o, event| call(o, &event, None));
    o.text("sentAt", iso(delivery.sent));
}

fn context(o: &mut Object, event: &Event, in_app: bool) {
    let (visit, details) = (event.visit, details(event));
    if in_app {
        o.raw("app", r#"{"name":"shop-app","version":"8.4.1"}"#);
        o.object("os", |o| o.text("name", if visit.device.agent.platform == "ios" { "iOS" } else { "Android" }));
        o.raw("device", r#"{"type":"mobile"}"#);
        o.number("sessionId", event.session());
        if !details.tell(Detail::UserAgent) {
            return;
        }
    } else {
        o.raw("library", r#"{"name":"analytics.js","version":"2.11.1"}"#);
        // A page call has it in its properties.
        if event.step.action != Action::ViewPage {
            o.object("page", |o| {
                o.text("url", event.url());
                if details.tell(Detail::Referrer) {
                    o.some("referrer", event.referrer());
                }
            });
        }
    }
    o.text("userAgent", visit.device.agent.header);
    o.text("ip", &visit.device.ip);
    o.text("locale", event.locale());
    if let Some(campaign) = event.entry().and_then(|entry| entry.channel.campaign.as_ref()) {
        o.object("campaign", |o| {
            for (key, value) in campaign.parameters() {
                let key = key.trim_start_matches("utm_");
                o.text(if key == "campaign" { "name" } else { key }, value);
            }
        });
    }
    if let Some(person) = event.person().filter(|_| details.tell(Detail::Consent)) {
        let agreed = if person.consent { "true" } else { "false" };
        o.object("consent", |o| o.object("categoryPreferences", |o| o.raw("analytics", agreed)));
        if in_app {
            o.object("location", |o| {
                o.text("country", person.home.country);
                o.text("region", person.home.region);
            });
        }
    }
}

fn traits(o: &mut Object, event: &Event) {
    o.some("email", event.email());
    if let Some(person) = event.person() {
        o.text("firstName", person.first_name);
        o.text("lastName", person.last_name);
        o.text("plan", person.tier);
        o.object("address", |o| o.text("country", person.home.country));
    }
}

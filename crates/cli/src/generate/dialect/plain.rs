//! The shop's own words. Each of its teams spells names and times in its own way and sends what its page knows: a page
//! view has a url, an item view an itemId, a checkout an order.

use super::detail::{Detail, Details};
use super::name::names;
use super::plain_commerce::{checkout, items};
use super::{iso, stray};
use crate::generate::json::Object;
use crate::generate::visit::action::{Action, Subject};
use crate::generate::visit::event::Event;

/// Who writes the report.
#[derive(Debug, Clone, Copy)]
enum Team {
    Content,
    Catalogue,
    Account,
    Payment,
}

fn team(event: &Event) -> Team {
    match event.step.action {
        Action::SignUp | Action::LogIn | Action::LogOut | Action::Identify | Action::Alias | Action::Subscribe => {
            Team::Account
        }
        Action::ViewCart
        | Action::EnterCoupon
        | Action::StartCheckout
        | Action::Checkout
        | Action::EnterPayment
        | Action::FailPayment
        | Action::PlaceOrder
        | Action::ChangeOrder
        | Action::CancelOrder
        | Action::RefundOrder => Team::Payment,
        _ if event.lines().is_empty() => Team::Content,
        _ => Team::Catalogue,
    }
}

pub(super) fn details(event: &Event) -> Details {
    let (mut random, action) = (event.random(), event.step.action);
    match team(event) {
        Team::Content => Details::of([Detail::Cookie, Detail::Url, Detail::Referrer])
            // Some browsers block what would tell the time.
            .and(Detail::Time, !random.one_in(25))
            .and(Detail::UserAgent, action == Action::ViewPage)
            .and(Detail::Consent, action == Action::ViewPage),
        Team::Catalogue => {
            let single = matches!(event.step.subject, Subject::Item(_));
            Details::of([Detail::Id, Detail::Time, Detail::Cookie]).and(Detail::Category, single && random.percent(50))
        }
        Team::Account => Details::of([Detail::Id, Detail::Second])
            .and(Detail::Cookie, action != Action::Alias)
            .and(Detail::PreviousId, action == Action::Alias)
            .and(Detail::Url, random.percent(30)),
        Team::Payment => {
            let address = random.one_in(15);
            Details::of([Detail::Time, Detail::Cookie, Detail::Total])
                .and(Detail::Url, address)
                .and(Detail::Referrer, address)
        }
    }
}

/// Adds the members of an event.
pub(super) fn event(o: &mut Object, event: &Event) {
    let details = details(event);
    match team(event) {
        Team::Content => content(o, event, details),
        Team::Catalogue => items(o, event, details),
        Team::Account => account(o, event, details),
        Team::Payment => checkout(o, event, details),
    }
    stray::attributes(o, &mut event.random());
}

/// Pages, searches, banners: the content team. It alone says where a visitor comes from.
fn content(o: &mut Object, event: &Event, details: Details) {
    let visit = event.visit;
    o.text("event", names(event.step).plain);
    o.text("UUID", &visit.device.cookie);
    o.some("User_ID", event.user_id());
    o.text("url", event.url());
    o.some("referrer", event.referrer());
    match &event.step.subject {
        Subject::Text(term) if event.step.action == Action::Search => o.text("q", term),
        Subject::Promotion(promotion) => {
            o.text("promo", promotion.id);
            o.object("banner", |o| {
                o.text("name", promotion.name);
                o.text("slot", promotion.slot);
            });
        }
        Subject::Depth(percent) => o.number("percentScrolled", *percent),
        _ => {}
    }
    if details.tell(Detail::Time) {
        o.number("ts", event.time());
    }
    if details.tell(Detail::UserAgent) {
        o.text("sid", format!("s-{}", visit.number));
        o.text("title", event.page().title());
        o.text("userAgent", visit.device.agent.header);
        o.text("ip", &visit.device.ip);
        o.text("lang", event.locale());
        o.text("shopId", visit.site.app_id);
        o.some("country", event.person().map(|person| person.home.country));
        if let Some(person) = event.person().filter(|_| details.tell(Detail::Consent)) {
            o.raw("consent", if person.consent { "true" } else { "false" });
        }
    }
}

/// Login and profile: the account team.
fn account(o: &mut Object, event: &Event, details: Details) {
    let mut random = event.random();
    o.text("id", event.id());
    o.text("action", names(event.step).plain);
    o.text("created_at", (event.time().div_euclid(1000)).to_string());
    if details.tell(Detail::PreviousId) {
        o.text("previousId", event.previous_id());
    } else {
        o.text("visitorId", &event.visit.device.cookie);
    }
    o.some("customerId", event.user_id());
    match (&event.step.subject, event.step.action, event.person()) {
        (Subject::Text(method), Action::LogIn, _) => {
            o.text("method", method);
            // A form that was logged as it was filled in.
            if random.one_in(12) {
                o.object("form", |o| o.text("password", "correct horse battery staple"));
            }
        }
        (_, Action::Identify, Some(person)) => o.object("customer", |o| {
            o.text("firstName", person.first_name);
            o.text("lastName", person.last_name);
            o.some("email", event.email());
            o.text("tier", person.tier);
        }),
        (_, Action::SignUp | Action::Subscribe, _) => o.some("email", event.email()),
        _ => {}
    }
    if details.tell(Detail::Url) {
        o.text("page_url", event.url());
        o.text("clientTime", iso(event.time()));
    }
}

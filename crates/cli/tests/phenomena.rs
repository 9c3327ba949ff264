//! What happens in a shop happens in its generated traffic: told from the truth beside it.

mod support;

use clickstream::derive::time::parse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use support::{Folder, clickstream};

const HOUR: i64 = 60 * 60_000;
const DAY: i64 = 24 * HOUR;

type Line = BTreeMap<String, String>;

/// Nine days: more than the late window.
static SHOP: LazyLock<Shop> = LazyLock::new(|| {
    let folder = Folder::new("phenomena");
    let output = clickstream()
        .args(["generate", "--seed", "4", "-n", "40000", "--hours", "216", "--arrivals", "--truth"])
        .arg(folder.path())
        .output()
        .expect("the tool runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = |name: &str| {
        let text = std::fs::read_to_string(folder.path().join(name).with_extension("csv")).expect("a table");
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
        lines.map(|line| header.iter().zip(line.split(',')).map(|(k, v)| ((*k).into(), v.into())).collect()).collect()
    };
    let mut events: Vec<Line> = table("events");
    events.sort_by_key(|event| (time(event, "event_time"), event["event_id"].clone()));
    Shop {
        events,
        rows: table("rows"),
        persons: table("persons"),
        sessions: table("sessions"),
        orders: table("orders"),
    }
});

/// The truth of one traffic; events in order of time.
struct Shop {
    events: Vec<Line>,
    rows: Vec<Line>,
    persons: Vec<Line>,
    sessions: Vec<Line>,
    orders: Vec<Line>,
}

fn time(line: &Line, column: &str) -> i64 {
    parse(&line[column]).expect("a time")
}

/// The events of each device, in order of time.
fn devices() -> BTreeMap<&'static str, Vec<&'static Line>> {
    let mut devices: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for event in SHOP.events.iter().filter(|event| !event["anonymous_id"].is_empty()) {
        devices.entry(&event["anonymous_id"]).or_default().push(event);
    }
    devices
}

/// The accounts that were signed in on a device.
fn accounts<'a>(events: &[&'a Line]) -> BTreeSet<&'a str> {
    events.iter().filter(|event| event["identity_method"] == "own").map(|event| event["person_id"].as_str()).collect()
}

#[test]
fn customers_have_several_devices() {
    assert!(SHOP.persons.iter().any(|person| person["known"] == "true" && person["devices"].as_str() > "2"));
}

#[test]
fn households_share_a_device_and_take_turns_with_and_without_logging_out() {
    let (mut after_logout, mut without) = (0, 0);
    for events in devices().values().filter(|events| (2..=5).contains(&accounts(events).len())) {
        let mut before: Option<&Line> = None;
        for event in events.iter().filter(|event| event["identity_method"] == "own") {
            if let Some(before) = before.filter(|before| before["person_id"] != event["person_id"]) {
                *(if before["event_type"] == "logout" { &mut after_logout } else { &mut without }) += 1;
            }
            before = Some(event);
        }
    }
    assert!(after_logout > 3 && without > 3, "{after_logout} {without}");
}

#[test]
fn a_kiosk_is_nobodys() {
    let devices = devices();
    let kiosks: Vec<_> = devices.values().filter(|events| accounts(events).len() > 5).collect();
    assert!(!kiosks.is_empty());
    for event in kiosks.iter().copied().flatten().filter(|event| event["user_id"].is_empty()) {
        assert_eq!(event["identity_method"], "anonymous");
    }
}

#[test]
fn the_first_login_may_come_days_after_the_first_visit_and_reaches_back() {
    let late = |events: &&Vec<&Line>| {
        let login = events.iter().find(|event| event["identity_method"] == "own");
        let first = events.first().filter(|first| first["identity_method"] == "device");
        first.zip(login).is_some_and(|(first, login)| time(login, "event_time") - time(first, "event_time") > 2 * DAY)
    };
    assert!(devices().values().filter(late).count() > 3);
}

#[test]
fn accounts_are_renamed_in_chains_and_back() {
    let users: BTreeSet<&str> = SHOP.events.iter().map(|event| event["user_id"].as_str()).collect();
    let aliases = SHOP.events.iter().filter(|event| !event["previous_id"].is_empty());
    let (of_accounts, of_devices): (Vec<&Line>, Vec<&Line>) =
        aliases.partition(|event| users.contains(event["previous_id"].as_str()));
    assert!(!of_devices.is_empty());
    let renamed: BTreeSet<(&str, &str)> =
        of_accounts.iter().map(|event| (event["previous_id"].as_str(), event["user_id"].as_str())).collect();
    let chain = |(_, to): &&(&str, &str)| renamed.iter().any(|(from, then)| from == to && then != to);
    let circle = |(from, to): &&(&str, &str)| renamed.contains(&(*to, *from));
    assert!(renamed.len() > 5 && renamed.iter().any(|alias| chain(&alias) && !circle(&alias)));
    assert!(renamed.iter().any(|alias| circle(&alias)));
    assert!(of_accounts.iter().any(|event| event["previous_id"].starts_with("a-")), "the app's accounts are merged");
}

#[test]
fn robots_come() {
    assert!(SHOP.events.iter().any(|event| event["is_robot"] == "true"));
}

#[test]
fn clocks_are_wrong_and_reports_late_within_the_window_and_beyond() {
    let ahead = |event: &Line| time(event, "event_time") - time(event, "received_at");
    let filed_by_arrival = |event: &&Line| event["date"] == event["received_at"][..10];
    let (beyond, within): (Vec<&Line>, Vec<&Line>) =
        SHOP.events.iter().filter(|event| ahead(event) > 0).partition(|event| ahead(event) > HOUR);
    assert!(!within.is_empty() && !beyond.is_empty() && beyond.iter().all(filed_by_arrival));
    let (beyond, within): (Vec<&Line>, Vec<&Line>) =
        SHOP.events.iter().filter(|event| ahead(event) < -DAY).partition(|event| ahead(event) < -7 * DAY);
    assert!(!within.is_empty() && !within.iter().any(filed_by_arrival));
    assert!(!beyond.is_empty() && beyond.iter().all(filed_by_arrival));
}

#[test]
fn records_come_twice_and_some_of_them_days_later() {
    let mut first: BTreeMap<&str, i64> = BTreeMap::new();
    let gaps: Vec<i64> = SHOP
        .rows
        .iter()
        .filter_map(|row| {
            let received = time(row, "received_at");
            first.insert(&row["event_id"], received).map(|before| received - before)
        })
        .collect();
    assert!(
        gaps.len() * 200 > SHOP.rows.len() && gaps.iter().any(|gap| *gap > DAY) && gaps.iter().all(|gap| *gap >= 0)
    );
}

#[test]
fn some_records_mix_partitions() {
    let mixed = SHOP.rows.iter().filter(|row| row["mixed"] == "true").count();
    assert!((1..SHOP.rows.len() / 20).contains(&mixed), "{mixed}");
}

#[test]
fn every_channel_brings_visitors() {
    let channels: BTreeSet<&str> = SHOP.sessions.iter().map(|session| session["channel"].as_str()).collect();
    let all = [
        "Affiliates",
        "Direct",
        "Display",
        "Email",
        "Organic Search",
        "Organic Social",
        "Paid Search",
        "Paid Social",
        "Push",
        "Referral",
        "Unassigned",
    ];
    assert!(channels.iter().eq(&all), "{channels:?}");
}

#[test]
fn another_campaign_begins_another_session_at_once() {
    let mut sessions: Vec<&Line> = SHOP.sessions.iter().collect();
    sessions.sort_by_key(|session| {
        (session["anonymous_id"].clone(), session["person_id"].clone(), time(session, "started_at"))
    });
    let cut = |pair: &&[&Line]| {
        let same = |column: &str| pair[0][column] == pair[1][column];
        let gap = time(pair[1], "started_at") - time(pair[0], "ended_at");
        same("anonymous_id") && same("person_id") && gap <= HOUR / 2
    };
    assert!(sessions.windows(2).filter(cut).count() > 3);
}

#[test]
fn orders_are_of_several_currencies_and_every_fate() {
    let of = |column: &str| SHOP.orders.iter().map(|order| order[column].as_str()).collect::<BTreeSet<&str>>();
    assert!(of("currency").into_iter().eq(["CHF", "EUR", "GBP", "USD"]));
    assert!(of("status").into_iter().eq(["cancelled", "partly_refunded", "placed", "refunded"]));
    // Most are of people who never signed in.
    assert!(of("person_id").iter().any(|person| person.starts_with("anon:")));
}

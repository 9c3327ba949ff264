//! Whatever arrives, its partition has been registered: the invariant that this Lambda is for.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clickstream::derive::time;
use clickstream::partition::Values;
use clickstream::schema::Plan;
use clickstream::transform::Transform;
use partitions::config::Config;
use partitions::task::Task;
use proptest::prelude::*;
use serde_json::json;
use std::cell::RefCell;
use std::collections::HashSet;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// What a run at `now` sees to it that there is, as the function does.
fn registered(plan: &Plan, now: i64) -> HashSet<Values> {
    let variable =
        |name: &str| (!name.ends_with("DAYS_AHEAD") && !name.starts_with("RETENTION")).then(|| "set".to_owned());
    let config = Config::read(variable, plan.window).expect("a configuration");
    let mut event = String::new();
    time::write(now, &mut event);
    let task = Task::read(&json!({ "time": event }).to_string(), 0, plan.window, &config).expect("a task");
    plan.partitions_on(task.dates()).map(|partition| plan.values(&partition)).collect()
}

/// What a producer sends.
#[derive(Debug, Clone)]
enum Sent {
    Bytes(Vec<u8>),
    Timed(String),
    /// By a clock that is this many milliseconds ahead.
    Skewed(String, i64),
}

impl Sent {
    fn data(&self, arrival: i64) -> String {
        STANDARD.encode(match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::Timed(time) => json!({ "event_type": "login", "ts": time }).to_string().into_bytes(),
            Self::Skewed(name, skew) => json!({ "event_type": name, "ts": arrival + skew }).to_string().into_bytes(),
        })
    }
}

/// Any bytes, any time, any name; most clocks at the window's edges.
fn sent() -> impl Strategy<Value = Sent> {
    let edge = prop::sample::select(vec![-7 * DAY_MS, -DAY_MS, 0, HOUR_MS, DAY_MS, 2 * DAY_MS]);
    let skew = prop_oneof![
        3 => (edge, -2..=2i64).prop_map(|(edge, off)| edge + off),
        2 => -9 * DAY_MS..3 * DAY_MS,
        1 => -60_000 * DAY_MS..60_000 * DAY_MS,
    ];
    let known = prop::sample::select(vec!["purchase", "Page Viewed", "other", "gift"]);
    let name = prop_oneof![known.prop_map(str::to_owned), any::<String>()];
    prop_oneof![
        1 => prop::collection::vec(any::<u8>(), 0..64).prop_map(Sent::Bytes),
        1 => any::<String>().prop_map(Sent::Timed),
        4 => (name, skew).prop_map(|(name, skew)| Sent::Skewed(name, skew)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_record_is_filed_where_a_run_within_two_days_before_or_after_has_registered(
        sent in sent(),
        arrival in 1_600_000_000_000..2_000_000_000_000i64,
        // Negative: the record was there before the first run, and waited for its row to be written.
        since in prop_oneof![-HOUR_MS..=HOUR_MS, -DAY_MS..=DAY_MS, -2 * DAY_MS..=2 * DAY_MS],
    ) {
        thread_local!(static TRANSFORM: RefCell<Transform> = RefCell::new(Transform::new(Plan::embedded().expect("a plan"))));
        TRANSFORM.with_borrow_mut(|transform| {
            if let Ok(done) = transform.record(sent.data(arrival), arrival, 6_000_000) {
                let plan = transform.plan();
                let values = plan.values(&done.partition);
                prop_assert!(registered(plan, arrival - since).contains(&values), "{values:?}");
            }
            Ok(())
        })?;
    }
}

//! Attributes that no schema knows: experiments, measurements, leftovers. Every site has some.

use crate::generate::json::Object;
use crate::generate::random::Random;

/// Adds one now and then.
pub(super) fn attributes(o: &mut Object, random: &mut Random) {
    match random.below(30) {
        0 => o.object("viewport", |o| {
            o.number("w", random.within(360, 2560));
            o.number("h", random.within(640, 1440));
        }),
        1 => o.object("abTest", |o| o.text("checkout", *random.pick(&["A", "B", "C"]))),
        2 => o.number("loadMs", random.within(90, 9_000)),
        3 => {
            let mode = random.pick(&["true", "false", "null"]);
            o.raw("darkMode", mode);
        }
        4 => {
            let experiments = random.pick(&[r#"["nav-2","hero-b"]"#, "[]", r#"[{"id":7,"on":true}]"#]);
            o.raw("experiments", experiments);
        }
        5 => o.text("deliveryPromise", *random.pick(&["morgen", "in 2–3 Tagen", "tomorrow by 6 pm"])),
        _ => {}
    }
}

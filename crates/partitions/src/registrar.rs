//! What is wanted, what is there already, what is missing; and what became of each.

use crate::client::{ATTEMPTS, Failure};
use crate::glue::{Dates, Glue, MOST_CREATED, MOST_DELETED, Refused};
use crate::report::{Change, Report};
use crate::task::Task;
use chrono::NaiveDate;
use clickstream::partition::Values;
use clickstream::schema::Plan;
use std::collections::{HashMap, HashSet};

/// What became of the partitions of one [`Change`].
#[derive(Debug, Default)]
struct Settled {
    /// Changed.
    done: usize,
    /// As they should be without us: another run was faster, or a lost answer was not a lost call.
    already: usize,
    /// Not changed.
    failed: Vec<Refused>,
}

/// Registers what is missing of the task's partitions and removes those that are too old. Partitions that are there are
/// never touched.
pub fn run(glue: &mut Glue, plan: &Plan, task: &Task) -> Report {
    let wanted: Vec<Values> = plan.partitions_on(task.dates()).map(|partition| plan.values(&partition)).collect();
    let mut report = Report::new(*task, wanted.len());
    let calls = glue.client.calls;
    match register(glue, task, &wanted) {
        Ok((there, settled)) => {
            report.registered = settled.done;
            report.already_there = there + settled.already;
            report.fail(Change::Register, settled.failed);
            if let Some(cutoff) = task.cutoff {
                remove(glue, cutoff, &mut report);
            }
        }
        // And nothing is removed from what may be another table.
        Err(failure) => report.fail(Change::Register, every(&wanted, &failure)),
    }
    report.calls = glue.client.calls - calls;
    report
}

/// Registers what is missing; also says how many were there.
fn register(glue: &mut Glue, task: &Task, wanted: &[Values]) -> Result<(usize, Settled), Failure> {
    let template = glue.template()?;
    let there: HashSet<Values> = glue.registered(Dates::Between(task.first, task.last))?.into_iter().collect();
    let missing: Vec<Values> = wanted.iter().filter(|values| !there.contains(*values)).cloned().collect();
    let create = |glue: &mut Glue, batch: &[Values]| glue.create(&template, batch);
    Ok((wanted.len() - missing.len(), settle(glue, &missing, MOST_CREATED, "AlreadyExistsException", create)))
}

fn remove(glue: &mut Glue, cutoff: NaiveDate, report: &mut Report) {
    match glue.registered(Dates::Before(cutoff)) {
        Ok(old) => {
            let settled = settle(glue, &old, MOST_DELETED, "EntityNotFoundException", Glue::delete);
            report.removed = settled.done + settled.already;
            report.fail(Change::Remove, settled.failed);
        }
        Err(failure) => report.fail_to_look(failure),
    }
}

fn every(partitions: &[Values], failure: &Failure) -> Vec<Refused> {
    partitions.iter().map(|values| (values.clone(), failure.clone())).collect()
}

/// Changes partitions in batches of at most `most`. A partition that is refused with the code `already` is as it should
/// be; those refused otherwise are tried again together, after a pause.
fn settle<'a>(
    glue: &mut Glue<'a>,
    partitions: &[Values],
    most: usize,
    already: &str,
    change: impl Fn(&mut Glue<'a>, &[Values]) -> Result<Vec<Refused>, Failure>,
) -> Settled {
    let mut settled = Settled::default();
    let mut left = partitions.to_vec();
    for attempt in 0..ATTEMPTS {
        let mut again = Vec::new();
        let mut batches = left.chunks(most);
        while let Some(batch) = batches.next() {
            match change(glue, batch) {
                Ok(refused) => {
                    let mut refused: HashMap<Values, Failure> = refused.into_iter().collect();
                    for values in batch {
                        match refused.remove(values) {
                            None => settled.done += 1,
                            Some(failure) if failure.code == already => settled.already += 1,
                            Some(failure) => again.push((values.clone(), failure)),
                        }
                    }
                }
                Err(failure) => {
                    settled.failed.extend(every(batch, &failure));
                    if failure.passes() {
                        // It has been waited for long enough, and would be for every batch.
                        settled.failed.extend(batches.by_ref().flat_map(|batch| every(batch, &failure)));
                    }
                }
            }
        }
        if again.is_empty() || attempt + 1 == ATTEMPTS {
            settled.failed.extend(again);
            break;
        }
        glue.client.wait(attempt);
        left = again.into_iter().map(|(values, _)| values).collect();
    }
    settled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Client;
    use aws::{Access, Credentials};
    use std::cell::{Cell, RefCell};
    use std::time::{Duration, SystemTime};

    #[test]
    fn what_stays_refused_is_tried_five_times_after_longer_and_longer_pauses() {
        thread_local!(static PAUSES: RefCell<Vec<u128>> = const { RefCell::new(Vec::new()) });
        let credentials = Credentials::new("AKIA", "secret", None, None, "test");
        let access = Access::new("glue", "eu-west-1".into(), credentials, |_| None);
        let sleep = |pause: Duration| PAUSES.with_borrow_mut(|pauses| pauses.push(pause.as_millis()));
        let mut client = Client::new(access, SystemTime::now, sleep);
        let glue = &mut Glue { client: &mut client, database: "d", table: "t" };
        let partitions = ["2026-11-22", "2026-11-23"].map(|date| ["login".to_owned(), date.to_owned()]);
        let tries = Cell::new(0);
        let settled = settle(glue, &partitions, 1, "AlreadyExistsException", |_, batch| {
            tries.set(tries.get() + 1);
            Ok(every(batch, &Failure::new("InternalServiceException", "")))
        });
        assert_eq!((tries.get(), settled.done, settled.failed.len()), (5 * 2, 0, 2));
        assert_eq!(PAUSES.take(), [200, 400, 800, 1600]);
    }
}

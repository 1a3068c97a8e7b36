//! Every single fault, one run for each.

use crate::decision::choice::{Decision, FixedDecisions};
use crate::report::{self, WhichSeed};
use crate::run::execute::{Ended, Keep, Passed};
use crate::run::exhaustive::{self, SingleFault};
use crate::run::failure::Failure;
use crate::run::print;
use crate::run::sweep::{Numbers, Swept, sweep};
use crate::run::test_name::TestName;
use crate::sync::{Mutex, lock};

/// What all of many cases passed with, or the first that failed.
type Tried = Result<Passed, (usize, Box<Failure>)>;

/// These decisions, and latencies as they are drawn.
fn as_drawn(decisions: Vec<Decision>) -> FixedDecisions {
    FixedDecisions {
        decisions,
        jitter: true,
    }
}

/// Runs the test without any fault, and then with each that can be added to that. What all passed with, or the
/// first that failed.
#[track_caller]
pub(super) fn run_cases(
    test: &TestName,
    run: &(dyn Fn(FixedDecisions, Keep) -> Ended + Sync),
) -> (Ended, WhichSeed) {
    let all = Keep {
        recordings: true,
        coverage: true,
    };
    let nothing = || as_drawn(Vec::new());
    let base = match run(nothing(), all) {
        Ok(passed) => passed,
        Err(failure) => {
            let told = "without any fault".to_owned();
            return (Err(failure), WhichSeed::Exhaustive(told, nothing()));
        }
    };
    let mut cases = match exhaustive::cases(base.recordings.iter().zip(&base.nodes)) {
        Ok(cases) => cases,
        Err(why) => panic!("`exhaustive`: {why}"),
    };
    let (mut passed, mut tried) = (Passed::default(), 0);
    while !cases.is_empty() {
        print::line(&report::to_try(test, &cases, tried > 0));
        let (ended, unsynced) = try_each(test, (&cases, tried), run);
        match ended {
            Ok(more) => passed.add(more),
            Err((case, failure)) => {
                let number = tried + case + 1;
                let told = format!("case {number}: {}", cases[case]);
                let decided = as_drawn(vec![cases[case].decision.clone()]);
                return (Err(failure), WhichSeed::Exhaustive(told, decided));
            }
        }
        tried += cases.len();
        // What a crash kept, it may lose.
        let kept = unsynced.into_iter();
        cases = kept
            .filter_map(|case| cases[case].keeping_nothing())
            .collect();
    }
    print::line(&report::all_tried(test, tried));
    passed.add(base);
    (Ok(passed), WhichSeed::Alone)
}

/// Runs each case, of which the first has a number behind those that were `tried`. What all passed with, or the
/// first that failed; and those whose crash found unsynced writes.
fn try_each(
    test: &TestName,
    (cases, tried): (&[SingleFault], usize),
    run: &(dyn Fn(FixedDecisions, Keep) -> Ended + Sync),
) -> (Tried, Vec<usize>) {
    // Numbers go on from stage to stage.
    let first = tried as u64 + 1;
    let index = |number: u64| usize::try_from(number - first).unwrap_or(usize::MAX);
    let unsynced = Mutex::new(Vec::new());
    let numbers = Numbers {
        are: "case",
        range: first..first + cases.len() as u64,
        goes_on: None,
    };
    let counted = Keep {
        recordings: false,
        coverage: true,
    };
    let swept = sweep(&test.path(), numbers, None, &|number| {
        let case = &cases[index(number)];
        let ended = run(as_drawn(vec![case.decision.clone()]), counted);
        let found = |it: &Passed| it.coverage.of_meshes.found_unsynced > 0;
        if case.is_crash() && ended.as_ref().is_ok_and(found) {
            lock(&unsynced).push(index(number));
        }
        ended
    });
    let mut unsynced = std::mem::take(&mut *lock(&unsynced));
    unsynced.sort_unstable();
    match swept {
        Swept::Passed(passed) => (Ok(passed), unsynced),
        Swept::Failed(number, failure, _) => (Err((index(number), failure)), unsynced),
    }
}

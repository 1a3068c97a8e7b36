//! Whether a history has an order, and if not, a few of its operations that have none.

use std::collections::BTreeMap;

use crate::history::asked::{Outcome, Recorded};
use crate::history::disorder::{Disorder, Shown};
use crate::history::search::{Found, Operation, search};
use crate::history::sequential::Spec;

/// What came of a check.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "a history that has no order is to fail the test"]
pub enum Checked {
    /// Some order explains all that clients were told.
    Linearizable,
    /// No order does: these operations have none.
    NotLinearizable(Disorder),
    /// Neither was found within what may be tried. It is no pass.
    Undecided,
}

/// How much may be tried for one part of a history.
const MOST_STEPS: u64 = 10_000_000;

/// How much may be tried to show less of what has no order: for each try, and in all.
const STEPS_TO_SHOW_LESS: u64 = 2_000;
const STEPS_TO_SHOW: u64 = 200_000;

pub(super) fn check<S: Spec>(initial: &S, calls: &[Recorded<S>]) -> Checked {
    match decide(initial, calls) {
        Decided::Order => Checked::Linearizable,
        Decided::NoOrder(part) => Checked::NotLinearizable(show(initial, &part)),
        Decided::Not => Checked::Undecided,
    }
}

/// Whether all that happened has an order.
pub(super) enum Decided<'a, S: Spec> {
    Order,
    /// This part of it has none.
    NoOrder(Vec<&'a Recorded<S>>),
    Not,
}

pub(super) fn decide<'a, S: Spec>(initial: &S, calls: &'a [Recorded<S>]) -> Decided<'a, S> {
    let mut undecided = parts(calls);
    // A little of each part first: one that has no order may be found soon, and another one never.
    let mut budget = 10_000;
    while !undecided.is_empty() && budget <= MOST_STEPS {
        let mut still = Vec::new();
        for part in undecided {
            let operations: Vec<_> = part.iter().map(|call| operation(call)).collect();
            match search(initial, &operations, &[], &mut budget.clone()) {
                Found::Order => {}
                Found::NoOrder => return Decided::NoOrder(part),
                Found::Undecided => still.push(part),
            }
        }
        undecided = still;
        budget *= 10;
    }
    if undecided.is_empty() {
        Decided::Order
    } else {
        Decided::Not
    }
}

/// The calls that happened, by the part of the state to which they belong.
fn parts<S: Spec>(calls: &[Recorded<S>]) -> Vec<Vec<&Recorded<S>>> {
    let mut parts = BTreeMap::<u64, Vec<_>>::new();
    for call in calls {
        if !matches!(call.outcome, Outcome::Failed) {
            parts.entry(S::partition(&call.op)).or_default().push(call);
        }
    }
    parts.into_values().collect()
}

fn operation<S: Spec>(call: &Recorded<S>) -> Operation<'_, S> {
    let (returned, ret) = match &call.outcome {
        Outcome::Returned(moment, ret) => (moment.place, Some(ret)),
        Outcome::Unknown | Outcome::Failed => (u64::MAX, None),
    };
    Operation {
        op: &call.op,
        ret,
        invoked: call.invoked.place,
        returned,
    }
}

/// The same as it was known at some moment.
fn known_by<S: Spec>(operation: Operation<'_, S>, place: u64) -> Option<Operation<'_, S>> {
    if operation.invoked > place {
        return None;
    }
    Some(if operation.returned > place {
        Operation {
            ret: None,
            returned: u64::MAX,
            ..operation
        }
    } else {
        operation
    })
}

fn show<S: Spec>(initial: &S, calls: &[&Recorded<S>]) -> Disorder {
    let all: Vec<_> = calls.iter().map(|call| operation(call)).collect();
    let (known, shown) = fewest(initial, &all);
    let shown = shown.into_iter().map(|place| {
        let (index, operation) = known[place];
        Shown::of(calls[index], operation.ret.is_some())
    });
    Disorder::new(shown.collect(), calls.len())
}

/// What was known when it could not be any more, each with its place; and the places among those of a few
/// that have no order, though all others may have taken effect at any time. Where one is left out of these,
/// there is an order, as far as it was looked for.
fn fewest<'a, S: Spec>(initial: &S, all: &[Operation<'a, S>]) -> (Vec<Known<'a, S>>, Vec<usize>) {
    // Up to the first end that cannot be: what comes after it changes nothing.
    let ends = all.iter().map(|it| it.returned);
    let mut ends: Vec<_> = ends.filter(|it| *it < u64::MAX).collect();
    ends.sort_unstable();
    let has_none = |place: u64| {
        let known: Vec<_> = all.iter().filter_map(|it| known_by(*it, place)).collect();
        search(initial, &known, &[], &mut MOST_STEPS.clone()) == Found::NoOrder
    };
    let (mut has_order, mut has_no_order) = (0, ends.len().saturating_sub(1));
    while has_order < has_no_order {
        let middle = usize::midpoint(has_order, has_no_order);
        if has_none(ends[middle]) {
            has_no_order = middle;
        } else {
            has_order = middle + 1;
        }
    }
    let end = ends.get(has_no_order).copied().unwrap_or(u64::MAX);
    let known = all.iter().enumerate();
    let known = known.filter_map(|(index, it)| Some((index, known_by(*it, end)?)));
    let known: Vec<_> = known.collect();
    let mut shown: Vec<usize> = (0..known.len()).collect();
    let mut budget = STEPS_TO_SHOW;
    // In halves, quarters and so on, and then one by one until none can go.
    let mut size = shown.len().div_ceil(2);
    while size > 0 {
        let mut any = false;
        let mut start = 0;
        while start < shown.len() {
            let stop = (start + size).min(shown.len());
            let rest = [&shown[..start], &shown[stop..]].concat();
            if !rest.is_empty() && stands_alone(initial, &known, &rest, &mut budget) {
                (shown, any) = (rest, true);
            } else {
                start = stop;
            }
        }
        if !any || size > 1 {
            size /= 2;
        }
    }
    (known, shown)
}

/// An operation with its place among all.
type Known<'a, S> = (usize, Operation<'a, S>);

/// Whether these have no order, whatever the others do.
fn stands_alone<S: Spec>(
    initial: &S,
    known: &[Known<'_, S>],
    shown: &[usize],
    budget: &mut u64,
) -> bool {
    let (mut kept, mut others) = (Vec::new(), Vec::new());
    for (place, (_, operation)) in known.iter().enumerate() {
        if shown.binary_search(&place).is_ok() {
            kept.push(*operation);
        } else {
            others.push(operation.op);
        }
    }
    let mut steps = STEPS_TO_SHOW_LESS.min(*budget);
    *budget -= steps;
    let found = search(initial, &kept, &others, &mut steps);
    *budget += steps;
    found == Found::NoOrder
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::shard_id::ShardId;
    use crate::decision::die::Lot;
    use crate::history::asked::Moment;
    use crate::history::spec::{
        Counter, CounterOp, Map, MapOp, Queue, QueueOp, Register, RegisterOp, RegisterRet,
    };

    /// Numbers by the seed, one after the other.
    struct Numbers(u64, u64);

    impl Numbers {
        fn below(&mut self, end: u64) -> u64 {
            self.1 += 1;
            let number = Lot::chaos(self.0, [self.1, 0, 0, 0, 0]).up_to(u128::from(end) - 1);
            u64::try_from(number).unwrap()
        }
    }

    type Call<S> = Recorded<S>;

    fn moment(place: u64) -> Moment {
        Moment {
            place,
            at: place,
            mark: None,
        }
    }

    /// Some calls of three clients, of which each has one at a time; what they are told is drawn.
    fn random<S: Spec>(
        numbers: &mut Numbers,
        op: impl Fn(&mut Numbers) -> S::Op,
        ret: impl Fn(&mut Numbers, &S::Op) -> S::Ret,
    ) -> Vec<Call<S>> {
        let mut calls = Vec::<Call<S>>::new();
        let mut open = [None; 3];
        let most = 2 + numbers.below(5);
        for place in 1.. {
            let moment = moment(place);
            let client = usize::try_from(numbers.below(3)).unwrap();
            match open[client].take() {
                Some(index) => {
                    let call: &mut Call<S> = &mut calls[index];
                    call.outcome = match numbers.below(8) {
                        0 => Outcome::Unknown,
                        1 => Outcome::Failed,
                        _ => Outcome::Returned(moment, ret(numbers, &call.op)),
                    };
                }
                None if calls.len() as u64 == most => break,
                None => {
                    open[client] = Some(calls.len());
                    calls.push(Recorded {
                        client: ShardId(client as u64),
                        op: op(numbers),
                        invoked: moment,
                        outcome: Outcome::Unknown,
                    });
                }
            }
        }
        calls
    }

    fn on_register(numbers: &mut Numbers) -> Vec<Call<Register<u64>>> {
        random(
            numbers,
            |numbers| match numbers.below(4) {
                0 => RegisterOp::CompareAndSet(numbers.below(2), numbers.below(2)),
                1 => RegisterOp::Write(numbers.below(2)),
                _ => RegisterOp::Read,
            },
            |numbers, op| match op {
                RegisterOp::Read => RegisterRet::Value(numbers.below(2)),
                RegisterOp::Write(_) => RegisterRet::Done,
                RegisterOp::CompareAndSet(..) => RegisterRet::WasSet(numbers.below(2) > 0),
            },
        )
    }

    fn on_map(numbers: &mut Numbers) -> Vec<Call<Map<u64, u64>>> {
        random(
            numbers,
            |numbers| match numbers.below(4) {
                0 => MapOp::Remove(numbers.below(2)),
                1 => MapOp::Put(numbers.below(2), numbers.below(2)),
                _ => MapOp::Get(numbers.below(2)),
            },
            |numbers, op| match op {
                MapOp::Get(_) => Some(numbers.below(3)).filter(|it| *it < 2),
                MapOp::Put(..) | MapOp::Remove(_) => None,
            },
        )
    }

    fn on_counter(numbers: &mut Numbers) -> Vec<Call<Counter>> {
        random(
            numbers,
            |numbers| match numbers.below(2) {
                0 => CounterOp::Add(1),
                _ => CounterOp::Read,
            },
            |numbers, op| match op {
                CounterOp::Read => i64::try_from(numbers.below(3)).ok(),
                CounterOp::Add(_) => None,
            },
        )
    }

    fn on_queue(numbers: &mut Numbers) -> Vec<Call<Queue<u64>>> {
        random(
            numbers,
            |numbers| match numbers.below(2) {
                0 => QueueOp::Push(numbers.below(2)),
                _ => QueueOp::Pop,
            },
            |numbers, op| match op {
                QueueOp::Pop => Some(numbers.below(3)).filter(|it| *it < 2),
                QueueOp::Push(_) => None,
            },
        )
    }

    /// Every order of all that happened, and of every choice of what may have: whether one fits.
    fn has_order<S: Spec>(state: &S, calls: &[Call<S>], done: &mut Vec<usize>) -> bool {
        let returned = |call: &Call<S>| match &call.outcome {
            Outcome::Returned(moment, _) => moment.place,
            _ => u64::MAX,
        };
        let is_left = |index: &usize| {
            !done.contains(index) && !matches!(calls[*index].outcome, Outcome::Failed)
        };
        let left: Vec<_> = (0..calls.len()).filter(is_left).collect();
        if left
            .iter()
            .all(|index| matches!(calls[*index].outcome, Outcome::Unknown))
        {
            return true;
        }
        left.iter().any(|&index| {
            let may_be_next = left
                .iter()
                .all(|other| returned(&calls[*other]) > calls[index].invoked.place);
            let mut state = state.clone();
            let ret = state.apply(&calls[index].op);
            let fits = match &calls[index].outcome {
                Outcome::Returned(_, known) => ret == *known,
                Outcome::Unknown | Outcome::Failed => true,
            };
            done.push(index);
            let found = may_be_next && fits && has_order(&state, calls, done);
            done.pop();
            found
        })
    }

    fn agrees<S: Spec>(initial: &S, calls: &[Call<S>]) -> bool {
        let linearizable = match check(initial, calls) {
            Checked::Linearizable => true,
            Checked::NotLinearizable(_) => false,
            Checked::Undecided => panic!("so few are decided"),
        };
        let told = calls.iter().map(|it| match &it.outcome {
            Outcome::Returned(end, ret) => {
                format!(
                    "{} {:?} {}-{} {ret:?}",
                    it.client, it.op, it.invoked.place, end.place
                )
            }
            Outcome::Unknown => format!("{} {:?} {}-", it.client, it.op, it.invoked.place),
            Outcome::Failed => "failed".to_owned(),
        });
        let told: Vec<_> = told.collect();
        let expected = has_order(initial, calls, &mut Vec::new());
        assert_eq!(linearizable, expected, "{told:#?}");
        linearizable
    }

    #[test]
    fn every_order_that_is_tried_by_hand_is_found_and_no_other() {
        let mut linearizable = [0, 0, 0, 0];
        for seed in 0..6_000 {
            let mut numbers = Numbers(seed, 0);
            let found = agrees(&Register(0), &on_register(&mut numbers));
            linearizable[0] += u64::from(found);
            let found = agrees(&Map::default(), &on_map(&mut numbers));
            linearizable[1] += u64::from(found);
            let found = agrees(&Counter::default(), &on_counter(&mut numbers));
            linearizable[2] += u64::from(found);
            let found = agrees(&Queue::default(), &on_queue(&mut numbers));
            linearizable[3] += u64::from(found);
        }
        // There are enough of both.
        assert!(
            linearizable.iter().all(|it| (1_000..5_000).contains(it)),
            "{linearizable:?}"
        );
    }

    #[test]
    fn none_of_what_is_shown_can_be_left_out() {
        let mut seen = 0;
        for seed in 0..3_000 {
            let calls = on_register(&mut Numbers(seed, 0));
            let calls: Vec<_> = calls
                .iter()
                .filter(|it| !matches!(it.outcome, Outcome::Failed))
                .collect();
            let all: Vec<_> = calls.iter().map(|call| operation(call)).collect();
            if search(&Register(0), &all, &[], &mut 100_000) != Found::NoOrder {
                continue;
            }
            seen += 1;
            let (known, shown) = fewest(&Register(0), &all);
            let mut budget = STEPS_TO_SHOW;
            assert!(
                stands_alone(&Register(0), &known, &shown, &mut budget),
                "{seed}"
            );
            for place in 0..shown.len() {
                let mut rest = shown.clone();
                rest.remove(place);
                let stands = stands_alone(&Register(0), &known, &rest, &mut budget);
                assert!(!stands, "seed {seed}: without {place} of {}", shown.len());
            }
        }
        assert!(seen > 500, "{seen}");
    }

    #[test]
    fn what_cannot_be_decided_is_called_so() {
        // Sixty writes at once, and a read of what none of them wrote.
        let mut calls = Vec::new();
        for n in 0..60 {
            calls.push(Recorded::<Register<Vec<u64>>> {
                client: ShardId(n),
                op: RegisterOp::Write(vec![n]),
                invoked: moment(n),
                outcome: Outcome::Unknown,
            });
        }
        let op = RegisterOp::Read;
        let all: Vec<_> = calls.iter().map(operation).collect();
        let mut with_read = all.clone();
        let never = RegisterRet::Value(vec![100]);
        with_read.push(Operation {
            op: &op,
            ret: Some(&never),
            invoked: 100,
            returned: 101,
        });
        let found = search(&Register(Vec::new()), &with_read, &[], &mut 10_000);
        assert_eq!(found, Found::Undecided);
    }

    #[test]
    fn a_stale_read_is_drawn() {
        let call = |client, op, began, ended, ret| Recorded {
            client: ShardId(client),
            op,
            invoked: moment(began),
            outcome: Outcome::Returned(moment(ended), ret),
        };
        let calls = [
            call(1, RegisterOp::Write(1), 1, 2, RegisterRet::Done),
            call(2, RegisterOp::Read, 3, 4, RegisterRet::Value(1)),
            call(1, RegisterOp::Write(2), 5, 7, RegisterRet::Done),
            call(2, RegisterOp::Read, 6, 8, RegisterRet::Value(2)),
            call(2, RegisterOp::Read, 9, 10, RegisterRet::Value(1)),
        ];
        let Checked::NotLinearizable(disorder) = check(&Register(0), &calls) else {
            panic!("it reads what was overwritten");
        };
        assert_eq!(
            disorder.to_string(),
            "no order explains 3 operations, of 5:
  client 1   Write(1) -> Done  ├─────┤                                    1ms to 2ms
  client 2   Read -> Value(2)               ├──────┤                      6ms to 8ms
  client 2   Read -> Value(1)                            ├──────┤         9ms to 10ms
  (whenever the other operations took effect, if they did)"
        );
    }
}

//! Looks for an order of some operations that a sequential model explains.
//!
//! The algorithm is that of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993), which tries
//! the operations that may come next, with the memory of Lowe ("Testing for Linearizability", 2017), which
//! does not try again what has led to the same state with the same operations done.

use std::collections::HashSet;

use crate::history::sequential::Spec;

/// One operation, as far as its order is concerned.
pub(super) struct Operation<'a, S: Spec> {
    pub(super) op: &'a S::Op,
    /// What it returned; `None` where nobody knows.
    pub(super) ret: Option<&'a S::Ret>,
    /// The place of its beginning among all that began and ended.
    pub(super) invoked: u64,
    /// And of its end; the last of all where nobody knows.
    pub(super) returned: u64,
}

// By hand, because what it refers to need not be `Clone` for this.
#[allow(clippy::expl_impl_clone_on_copy, reason = "see above")]
impl<S: Spec> Clone for Operation<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Spec> Copy for Operation<'_, S> {}

/// So often the others take effect in all: where the state grows with each, there would be no end.
const MOST_OTHERS: u32 = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Order,
    NoOrder,
    /// So much was tried that it was given up.
    Undecided,
}

/// Whether there is an order of these operations that begins in this state: one after the other where one
/// ended before the other began. Those whose outcome is unknown may be left out. Each of `others` may take
/// effect at any time, as often as it likes. `steps` is how much may be tried, and is counted down.
pub(super) fn search<S: Spec>(
    initial: &S,
    operations: &[Operation<'_, S>],
    others: &[&S::Op],
    steps: &mut u64,
) -> Found {
    let mut sorted: Vec<_> = operations.to_vec();
    sorted.sort_by_key(|it| it.invoked);
    let mut search = Search {
        operations: &sorted,
        others,
        seen: HashSet::new(),
        left: sorted.iter().filter(|it| it.ret.is_some()).count(),
    };
    let mut given_up = false;
    // Each place on the way: the state, which operations are done, and which of those that may come next
    // have not been tried.
    let mut way: Vec<_> = search
        .place((initial.clone(), 0), Done::new(sorted.len()))
        .into_iter()
        .collect();
    while let Some(place) = way.last_mut() {
        if place.left == 0 {
            return Found::Order;
        }
        let Some(next) = place.candidates.pop() else {
            way.pop();
            continue;
        };
        if *steps == 0 {
            return Found::Undecided;
        }
        *steps -= 1;
        let mut state = place.state.clone();
        let (mut done, mut used) = (place.done.clone(), place.used);
        match next {
            Next::Operation(index) => {
                let operation = &sorted[index];
                let ret = state.apply(operation.op);
                if operation.ret.is_some_and(|known| ret != *known) {
                    continue;
                }
                done.set(index);
            }
            Next::Other(index) => {
                state.apply(others[index]);
                if state == place.state {
                    continue;
                }
                if used == MOST_OTHERS {
                    given_up = true;
                    continue;
                }
                used += 1;
            }
        }
        way.extend(search.place((state, used), done));
    }
    if given_up {
        Found::Undecided
    } else {
        Found::NoOrder
    }
}

struct Search<'a, S: Spec> {
    /// In the order in which they began.
    operations: &'a [Operation<'a, S>],
    others: &'a [&'a S::Op],
    seen: HashSet<(Done, S)>,
    /// How many have a known outcome.
    left: usize,
}

struct Place<S> {
    state: S,
    done: Done,
    /// How often one of the others has taken effect.
    used: u32,
    /// How many operations with a known outcome are not done.
    left: usize,
    /// What may come next, the last one first.
    candidates: Vec<Next>,
}

#[derive(Clone, Copy)]
enum Next {
    Operation(usize),
    Other(usize),
}

impl<S: Spec> Search<'_, S> {
    /// A place that was not reached before; `None` if it was. An operation may come next if none that is
    /// not done ended before it began.
    fn place(&mut self, (state, used): (S, u32), done: Done) -> Option<Place<S>> {
        if !self.seen.insert((done.clone(), state.clone())) {
            return None;
        }
        let mut next = Vec::new();
        let mut first_end = u64::MAX;
        for index in done.first_unset()..self.operations.len() {
            let operation = &self.operations[index];
            if operation.invoked > first_end {
                break;
            }
            if !done.is_set(index) {
                first_end = first_end.min(operation.returned);
                next.push(index);
            }
        }
        // Those that ended first are tried first, and those of unknown outcome after all others.
        next.sort_by_key(|index| std::cmp::Reverse(self.operations[*index].returned));
        let others = (0..self.others.len()).map(Next::Other);
        let candidates = others.chain(next.into_iter().map(Next::Operation));
        let known = |index: usize| self.operations[index].ret.is_some() && done.is_set(index);
        let done_known = (0..self.operations.len())
            .filter(|index| known(*index))
            .count();
        Some(Place {
            candidates: candidates.collect(),
            left: self.left - done_known,
            state,
            used,
            done,
        })
    }
}

/// A set of operations, by their places.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Done(Vec<u64>);

impl Done {
    fn new(operations: usize) -> Self {
        Self(vec![0; operations.div_ceil(64)])
    }

    fn is_set(&self, index: usize) -> bool {
        self.0[index / 64] >> (index % 64) & 1 > 0
    }

    fn set(&mut self, index: usize) {
        self.0[index / 64] |= 1 << (index % 64);
    }

    /// The first that is not in it.
    fn first_unset(&self) -> usize {
        let word = self.0.iter().position(|word| *word != u64::MAX);
        word.map_or(self.0.len() * 64, |word| {
            word * 64 + self.0[word].trailing_ones() as usize
        })
    }
}

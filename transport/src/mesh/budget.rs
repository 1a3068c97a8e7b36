use std::cell::Cell;
use std::task::{Context, Poll};

use tokio::task::coop::{RestoreOnPending, poll_proceed};

/// So many operations in a row that move a segment count as one in tokio's budget of 128 a poll. They
/// cost little, and asked for each, the budget would cost a tenth of them; and a task that may move more
/// in one poll hands over longer batches.
const MOVES: u32 = 8;

thread_local! {
    /// How many more may be done on this thread before tokio is asked.
    static CREDIT: Cell<u32> = const { Cell::new(0) };
}

/// What an operation takes of the budget of the task that is polled, once it completes.
pub(crate) struct Budget(Option<RestoreOnPending>);

/// Pending, where the task is to let others run first.
#[inline]
pub(crate) fn poll_budget(cx: &mut Context<'_>) -> Poll<Budget> {
    match CREDIT.get().checked_sub(1) {
        Some(credit) => {
            CREDIT.set(credit);
            Poll::Ready(Budget(None))
        }
        None => poll_proceed(cx).map(|budget| Budget(Some(budget))),
    }
}

impl Budget {
    /// The operation has completed, and moved a segment or not.
    #[inline]
    pub(crate) fn spend(&self, moved: bool) {
        if let Some(budget) = &self.0 {
            budget.made_progress();
        }
        match (&self.0, moved) {
            (None, true) => {}
            (Some(_), true) => CREDIT.set(MOVES - 1),
            (_, false) => CREDIT.set(0),
        }
    }
}

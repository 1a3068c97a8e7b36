use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use tokio::task::coop::{RestoreOnPending, poll_proceed};

/// So many operations in a row that move a segment count as one in tokio's budget of 128 a poll. They
/// cost little, and asked for each, the budget would cost an eighth of them; and a task that may move
/// more in one poll hands over longer batches.
const MOVES: u32 = 8;

/// The part that operations of one endpoint take in tokio's cooperative budget.
///
/// Tasks that use the endpoint at once may count wrong, which makes no difference but for that count. It
/// is not kept for each thread: what one run left there would make another one differ.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    /// How many more may be done before tokio is asked.
    credit: AtomicU32,
}

/// What an operation takes of the budget of the task that is polled, once it completes.
pub(crate) struct Share<'a> {
    budget: &'a Budget,
    asked: Option<RestoreOnPending>,
}

impl Budget {
    /// Pending, where the task is to let others run first.
    #[inline]
    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<Share<'_>> {
        let asked = match self.credit.load(Ordering::Relaxed).checked_sub(1) {
            Some(credit) => {
                self.credit.store(credit, Ordering::Relaxed);
                None
            }
            None => match poll_proceed(cx) {
                Poll::Ready(asked) => Some(asked),
                Poll::Pending => return Poll::Pending,
            },
        };
        Poll::Ready(Share {
            budget: self,
            asked,
        })
    }
}

impl Share<'_> {
    /// The operation has completed, and moved a segment or not.
    #[inline]
    pub(crate) fn spend(&self, moved: bool) {
        if let Some(asked) = &self.asked {
            asked.made_progress();
        }
        let credit = match (&self.asked, moved) {
            (None, true) => return,
            (Some(_), true) => MOVES - 1,
            (_, false) => 0,
        };
        self.budget.credit.store(credit, Ordering::Relaxed);
    }
}

//! What is put off until all locks are released. Who is woken, a wait queue decides: a sender when room
//! appears, in `Link::make_room`.

use std::task::Waker;

use crate::network::tasks::first_panic::FirstPanic;

/// What is left to do once all locks are released, because it may run anybody's code: tasks to be
/// woken, and wakers and payloads to be dropped.
///
/// It is done when this is dropped, so it is made before the first lock is taken. All of it is done,
/// though a part of it panics.
#[must_use]
pub(crate) struct WakeList<P> {
    /// Most often there is one waker and nothing else, which must not allocate.
    wakes: Option<Waker>,
    rest: Option<Box<Rest<P>>>,
}

struct Rest<P> {
    wakes: Vec<Waker>,
    spent: Vec<Waker>,
    lost: Vec<P>,
}

impl<P> WakeList<P> {
    #[inline]
    pub(crate) fn new() -> Self {
        Self {
            wakes: None,
            rest: None,
        }
    }

    fn rest(&mut self) -> &mut Rest<P> {
        self.rest.get_or_insert_with(|| {
            Box::new(Rest {
                wakes: Vec::new(),
                spent: Vec::new(),
                lost: Vec::new(),
            })
        })
    }

    /// A task to be woken.
    #[inline]
    pub(crate) fn wake(&mut self, waker: Waker) {
        match &self.wakes {
            None => self.wakes = Some(waker),
            Some(_) => self.rest().wakes.push(waker),
        }
    }

    /// A waker that nobody needs any more.
    pub(crate) fn spend(&mut self, waker: Waker) {
        self.rest().spent.push(waker);
    }

    /// A payload that nobody will receive.
    pub(crate) fn lose(&mut self, payload: P) {
        self.rest().lost.push(payload);
    }
}

impl<P> Drop for WakeList<P> {
    #[inline]
    fn drop(&mut self) {
        let first = self.wakes.take();
        match self.rest.take() {
            Some(rest) => rest.finish(first),
            None => {
                if let Some(waker) = first {
                    waker.wake();
                }
            }
        }
    }
}

impl<P> Rest<P> {
    #[cold]
    fn finish(self, first: Option<Waker>) {
        let mut panic = FirstPanic::default();
        for waker in first.into_iter().chain(self.wakes) {
            panic.catch(|| waker.wake());
        }
        for waker in self.spent {
            panic.catch(|| drop(waker));
        }
        for payload in self.lost {
            panic.catch(|| drop(payload));
        }
        panic.go_on();
    }
}

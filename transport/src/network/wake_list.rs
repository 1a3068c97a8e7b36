use std::task::Waker;

/// What is left to do once all locks are released, because it may run anybody's code: tasks to be
/// woken, and wakers and payloads to be dropped.
///
/// It is done when this is dropped, so it is made before the first lock is taken.
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
        if let Some(waker) = self.wakes.take() {
            waker.wake();
        }
        if let Some(rest) = self.rest.take() {
            rest.wake();
        }
    }
}

impl<P> Rest<P> {
    #[cold]
    fn wake(self) {
        for waker in self.wakes {
            waker.wake();
        }
    }
}

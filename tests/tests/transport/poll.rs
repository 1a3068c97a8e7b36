//! Futures, polled by hand.

use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

use shard_mesh::{Endpoint, InProcessTransportFactory, ShardId};

/// What `future` gives when it is polled once.
pub(crate) fn poll<T>(future: impl Future<Output = T>) -> Poll<T> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// What `future` gives at once.
#[track_caller]
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match poll(future) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("this should complete at once, but it waits"),
    }
}

/// A future that waits, with a waker that counts.
pub(crate) struct Task<'a, T> {
    future: Pin<Box<dyn Future<Output = T> + Send + 'a>>,
    wakes: Arc<Wakes>,
    seen: usize,
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl<'a, T> Task<'a, T> {
    /// Polls `future` once, which has to wait.
    #[track_caller]
    pub(crate) fn waits(future: impl Future<Output = T> + Send + 'a) -> Self {
        let mut task = Self {
            future: Box::pin(future),
            wakes: Arc::default(),
            seen: 0,
        };
        assert!(
            task.poll().is_pending(),
            "this should wait, but it completes at once"
        );
        task
    }

    pub(crate) fn poll(&mut self) -> Poll<T> {
        self.seen = self.wakes.0.load(Ordering::SeqCst);
        let waker = Waker::from(self.wakes.clone());
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    /// Whether it was woken since it was polled last.
    pub(crate) fn is_woken(&self) -> bool {
        self.wakes.0.load(Ordering::SeqCst) > self.seen
    }

    /// What it gives, now that it was woken.
    #[track_caller]
    pub(crate) fn finish(mut self) -> T {
        assert!(self.is_woken(), "nobody woke this task");
        match self.poll() {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("this task was woken, but it waits on"),
        }
    }
}

/// Runs `future` to its end on this thread, with no runtime.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Fails, where a deadlock would never end.
pub(crate) fn within_a_minute(act: impl FnOnce() + Send + 'static) {
    let (done, ended) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        act();
        let _ = done.send(());
    });
    match ended.recv_timeout(Duration::from_secs(60)) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("this is a deadlock"),
        _ => thread.join().unwrap(),
    }
}

/// A mesh of the shards `0..N`, and its links.
pub(crate) fn mesh<P, const N: usize>(
    capacity: usize,
    links: &[(u64, u64)],
) -> (InProcessTransportFactory<P>, [Endpoint<P>; N])
where
    P: std::fmt::Debug + Send + 'static,
{
    let factory = InProcessTransportFactory::new().with_capacity(capacity);
    let shards = std::array::from_fn(|id| factory.create(ShardId(id as u64)));
    for &(from, to) in links {
        factory.connect(ShardId(from), ShardId(to));
    }
    (factory, shards)
}

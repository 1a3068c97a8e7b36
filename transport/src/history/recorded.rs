//! What clients ask and are told: its recording, and its check.

use std::fmt::{self, Debug};
use std::panic::Location;
use std::sync::Arc;

use crate::contract::shard_id::ShardId;
use crate::history::asked::{Moment, Outcome, Recorded};
use crate::history::check::{Checked, Decided, check, decide};
use crate::history::lanes::Lanes;
use crate::history::sequential::Spec;
use crate::sync::{Mutex, lock};

/// What a client asked and was told, checked for linearizability.
///
/// [`Mesh::history`](crate::Mesh::history) makes it; a clone is the same history, so that clients share it.
/// Under a [`Harness`](crate::Harness) it is checked when the body of the test has returned and nothing else
/// has failed, unless [`check`](Self::check) has looked at all of it.
///
/// ```
/// use shard_mesh::spec::{Map, MapOp};
/// use shard_mesh::{Endpoint, Mesh, ShardId, ms};
/// use tokio::time::timeout;
///
/// /// Keeps the newest value of one key, and answers with it.
/// async fn server(at: Endpoint<Option<u64>>) {
///     let mut value = None;
///     while let Some((from, put)) = at.recv_segment_from().await {
///         value = put.or(value);
///         let _ = at.try_send_segment(from, value);
///     }
/// }
///
/// #[shard_mesh::test(peers = [0], clients = [10, 11], latency = "1ms..9ms", loss = 0.2, seeds = 0..16)]
/// async fn main(at: Endpoint<Option<u64>>, clients: [Endpoint<Option<u64>>; 2], mesh: Mesh<Option<u64>>) {
///     mesh.host(at, server);
///     let history = mesh.history(Map::default());
///     let [writer, reader] = clients;
///     for n in 0..5 {
///         let put = history.invoke(&writer, MapOp::Put("k", n));
///         writer.send_segment(ShardId(0), Some(n)).await.unwrap();
///         // What is not answered in time may have taken effect, or not: the call is dropped.
///         if timeout(ms(50), writer.recv_segment()).await.is_ok() {
///             put.returned(None);
///         }
///         let get = history.invoke(&reader, MapOp::Get("k"));
///         reader.send_segment(ShardId(0), None).await.unwrap();
///         if let Ok(Some(value)) = timeout(ms(50), reader.recv_segment()).await {
///             get.returned(value);
///         }
///     }
/// }
/// ```
pub struct History<S: Spec>(Arc<Shared<S>>);

pub(crate) struct Shared<S: Spec> {
    asked: &'static Location<'static>,
    lanes: Arc<dyn Lanes>,
    calls: Mutex<Calls<S>>,
}

struct Calls<S: Spec> {
    /// The state at the beginning.
    initial: S,
    all: Vec<Recorded<S>>,
    /// How many have begun and ended.
    places: u64,
    /// How many there were when it was checked last.
    checked: u64,
}

/// A history without its type, for the end of a test.
pub(crate) trait Ends: Send + Sync {
    /// Why it fails the test, if it does, and the line that made it; without words where it is to be `brief`.
    fn complaint(&self, brief: bool) -> Option<(String, &'static Location<'static>)>;
}

impl<S: Spec> History<S> {
    pub(crate) fn new(
        initial: S,
        asked: &'static Location<'static>,
        lanes: Arc<dyn Lanes>,
    ) -> Self {
        Self(Arc::new(Shared {
            asked,
            lanes,
            calls: Mutex::new(Calls {
                initial,
                all: Vec::new(),
                places: 0,
                checked: 0,
            }),
        }))
    }

    pub(crate) fn shared(&self) -> Arc<Shared<S>> {
        self.0.clone()
    }

    /// A client asks for something. Order is that of the calls to this and to [`Call::returned`].
    ///
    /// The client is a label: an endpoint, a shard or a number. Its calls may overlap.
    ///
    /// See [`History`] for an example.
    pub fn invoke(&self, client: impl Into<ShardId>, op: S::Op) -> Call<S> {
        let client = client.into();
        let mut calls = lock(&self.0.calls);
        let invoked = calls.next(&*self.0.lanes, client);
        calls.all.push(Recorded {
            client,
            op,
            invoked,
            outcome: Outcome::Unknown,
        });
        Call {
            history: self.0.clone(),
            index: calls.all.len() - 1,
        }
    }

    /// Whether some order explains all that was recorded so far. Calls that are open may have taken effect,
    /// or not.
    ///
    /// The search is bounded, so that it ends: what is not found within 10 million steps is undecided.
    ///
    /// See [`spec::Map`](crate::spec::Map) for an example.
    pub fn check(&self) -> Checked {
        self.0.check()
    }
}

impl<S: Spec> Calls<S> {
    /// The next moment, of this client.
    fn next(&mut self, lanes: &dyn Lanes, client: ShardId) -> Moment {
        self.places += 1;
        Moment {
            place: self.places,
            at: lanes.now(),
            mark: lanes.mark(client),
        }
    }
}

impl<S: Spec> Shared<S> {
    fn check(&self) -> Checked {
        // Nobody records meanwhile, whose code is that of the test.
        let mut calls = lock(&self.calls);
        calls.checked = calls.places;
        check(&calls.initial, &calls.all)
    }
}

impl<S: Spec> Ends for Shared<S> {
    fn complaint(&self, brief: bool) -> Option<(String, &'static Location<'static>)> {
        {
            let calls = lock(&self.calls);
            if calls.checked == calls.places {
                return None;
            }
            if brief {
                return match decide(&calls.initial, &calls.all) {
                    Decided::Order => None,
                    Decided::NoOrder(_) | Decided::Not => Some((String::new(), self.asked)),
                };
            }
        }
        let told = match self.check() {
            Checked::Linearizable => return None,
            Checked::NotLinearizable(disorder) => {
                disorder.mark(&*self.lanes);
                format!("that is not linearizable:\n{disorder}")
            }
            Checked::Undecided => {
                "of which it was not decided within 10 million steps whether it has an order: \
                                   record less, or tell `Spec::partition` what is independent"
                    .to_owned()
            }
        };
        Some((told, self.asked))
    }
}

impl<S: Spec> Clone for History<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: Spec> Debug for History<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = lock(&self.0.calls).all.len();
        write!(f, "History({calls} calls, {})", self.0.asked)
    }
}

/// A call that has begun. One that is dropped has an unknown outcome: it may take effect at any later time,
/// or never.
///
/// See [`History`] for an example.
#[must_use = "a call that is dropped has an unknown outcome"]
pub struct Call<S: Spec> {
    history: Arc<Shared<S>>,
    index: usize,
}

impl<S: Spec> Call<S> {
    /// The client was told this.
    ///
    /// See [`History`] for an example.
    pub fn returned(self, ret: S::Ret) {
        let mut calls = lock(&self.history.calls);
        let client = calls.all[self.index].client;
        let moment = calls.next(&*self.history.lanes, client);
        calls.all[self.index].outcome = Outcome::Returned(moment, ret);
    }

    /// The client knows that it did not happen: it counts as never asked.
    ///
    /// ```
    /// use shard_mesh::spec::{Register, RegisterOp, RegisterRet};
    /// use shard_mesh::{Checked, InProcessTransportFactory};
    ///
    /// let history = InProcessTransportFactory::<u64>::new().mesh().history(Register(0));
    /// history.invoke(1, RegisterOp::Write(7)).failed();
    /// history.invoke(1, RegisterOp::Read).returned(RegisterRet::Value(0));
    /// assert!(matches!(history.check(), Checked::Linearizable));
    /// ```
    pub fn failed(self) {
        let mut calls = lock(&self.history.calls);
        calls.places += 1;
        calls.all[self.index].outcome = Outcome::Failed;
    }
}

impl<S: Spec> Debug for Call<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = lock(&self.history.calls);
        let call = &calls.all[self.index];
        write!(f, "Call({:?} of {})", call.op, call.client)
    }
}

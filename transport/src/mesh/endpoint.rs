use std::fmt::{self, Debug};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::Sleep;

use crate::contract::error::{TransportError, TryRecvError, TrySendError};
use crate::contract::payload::WalSegmentPayload;
use crate::contract::shard_id::ShardId;
use crate::contract::transport::{BoxFuture, Transport};
use crate::decision::chaos::moment::Happens;
use crate::mesh::budget::Budget;
use crate::mesh::routes::Routes;
use crate::network::inbox::receive::Receive;
use crate::network::inbox::send::Sent;
use crate::network::inbox::shard::Shard;
use crate::network::links::wait_queue::{Sleeper, Ticket};
use crate::network::network::Network;
use crate::network::tasks::adopted::running_fell;
use crate::network::tasks::standstill::Futile;
use crate::trace::label::label;

/// The end of the mesh that one shard holds: the word that tests write.
///
/// A clone is the same endpoint; any number of tasks may send and receive on it at once. When the
/// last clone is dropped, the links that lead from the shard close, and peers that send to it get
/// [`TransportError::Closed`].
///
/// ```
/// use shard_mesh::{Endpoint, ShardId, WalSegmentPayload};
///
/// #[shard_mesh::test(leader = 0, followers = [1])]
/// async fn main(leader: Endpoint, follower: Endpoint) {
///     let segment = WalSegmentPayload::new(leader.local_shard(), 1, "put k v");
///     leader.send_segment(ShardId(1), segment.clone()).await.unwrap();
///     assert_eq!(follower.recv_segment().await, Some(segment));
/// }
/// ```
pub type Endpoint<P = WalSegmentPayload> = Arc<InProcessTransport<P>>;

/// A [`Transport`] between the shards of one process. See [`Endpoint`].
///
/// It is made by [`InProcessTransportFactory::create`](crate::InProcessTransportFactory::create).
/// Its methods do what those of the trait do, without boxing a future.
///
/// All of them that are `async` take part in tokio's
/// [cooperative budget](https://docs.rs/tokio/latest/tokio/task/coop/index.html), also where they need
/// not wait: a task that sends or receives in a loop lets others run.
pub struct InProcessTransport<P = WalSegmentPayload> {
    network: Arc<Network<P>>,
    shard: Arc<Shard<P>>,
    /// The life of the shard that this endpoint belongs to.
    life: u64,
    /// Whether its links are open only as long as it lives.
    holds: bool,
    routes: Routes<P>,
    budget: Budget,
}

impl<P> InProcessTransport<P> {
    pub(crate) fn new(network: Arc<Network<P>>, (shard, life): (Arc<Shard<P>>, u64)) -> Self {
        Self {
            network,
            life,
            shard,
            holds: true,
            routes: Routes::default(),
            budget: Budget::default(),
        }
    }

    /// One beside that of the shard's node, in whose hand it is to drop the links.
    pub(crate) fn beside(network: Arc<Network<P>>, of: (Arc<Shard<P>>, u64)) -> Self {
        let mut endpoint = Self::new(network, of);
        endpoint.holds = false;
        endpoint
    }

    /// The mesh, the shard, and the life of the shard to which this endpoint belongs.
    pub(crate) fn place(&self) -> (&Arc<Network<P>>, &Arc<Shard<P>>, u64) {
        (&self.network, &self.shard, self.life)
    }

    /// The shard whose endpoint this is.
    ///
    /// ```
    /// use shard_mesh::{InProcessTransportFactory, ShardId};
    ///
    /// let factory = InProcessTransportFactory::<String>::new();
    /// assert_eq!(factory.create(ShardId(7)).local_shard(), ShardId(7));
    /// ```
    #[must_use]
    pub fn local_shard(&self) -> ShardId {
        self.shard.key.id
    }
}

impl<P: Debug + Send + 'static> InProcessTransport<P> {
    /// Sends `payload` to `to_shard`, waiting while that link is full. Other links are not
    /// slowed. Tasks that wait for room on one link get it in the order in which they came.
    ///
    /// # Errors
    ///
    /// - [`TransportError::UnknownPeer`] if no link leads to `to_shard`;
    /// - [`TransportError::Closed`] if the endpoint of `to_shard` is gone, dropped or crashed, or if
    ///   this one has crashed. (A cut link swallows, and says `Ok`.)
    ///
    /// The same holds for a task that already waits for room when that happens.
    ///
    /// # Cancel safety
    ///
    /// A future that is dropped before it completes has not touched the link: nothing was sent,
    /// and its place among those who wait goes to the next. The payload is dropped with it.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId, TransportError};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let factory = InProcessTransportFactory::new();
    /// let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// factory.connect(ShardId(0), ShardId(1));
    /// assert_eq!(a.send_segment(ShardId(1), "hello").await, Ok(()));
    /// assert_eq!(b.send_segment(ShardId(0), "no way back").await, Err(TransportError::UnknownPeer(ShardId(0))));
    /// drop(b);
    /// assert_eq!(a.send_segment(ShardId(1), "too late").await, Err(TransportError::Closed));
    /// # });
    /// ```
    pub fn send_segment(
        &self,
        to_shard: ShardId,
        payload: P,
    ) -> impl Future<Output = Result<(), TransportError>> + Send {
        Sending {
            endpoint: self,
            to: to_shard,
            payload: Some(payload),
            ticket: None,
        }
    }

    /// Sends `payload` to `to_shard` if there is room on that link now.
    ///
    /// # Errors
    ///
    /// As [`send_segment`](Self::send_segment), and [`TrySendError::Full`] if the link has no
    /// room or other tasks wait for it. The payload comes back in the error.
    ///
    /// # Panics
    ///
    /// In a loop of some million tries that send nothing, within one poll of a task, on the paused clock
    /// of a test: the loop would never end.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId, TrySendError};
    /// let factory = InProcessTransportFactory::new().with_capacity(1);
    /// let (a, _b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// factory.connect(ShardId(0), ShardId(1));
    /// assert_eq!(a.try_send_segment(ShardId(1), 'x'), Ok(()));
    /// assert_eq!(a.try_send_segment(ShardId(1), 'y'), Err(TrySendError::Full('y')));
    /// ```
    #[track_caller]
    pub fn try_send_segment(&self, to_shard: ShardId, payload: P) -> Result<(), TrySendError<P>> {
        let mut unsent = Some(payload);
        let sent = self.poll_send(to_shard, &mut unsent, &mut None, None);
        if sent.is_pending() && !running_fell() {
            let full = Futile::Full((self.local_shard(), to_shard));
            self.network.context.moved_nothing(full);
        }
        let Some(payload) = unsent else {
            return Ok(());
        };
        Err(match sent {
            Poll::Ready(Err(TransportError::UnknownPeer(peer))) => {
                TrySendError::UnknownPeer(peer, payload)
            }
            Poll::Ready(_) => TrySendError::Closed(payload),
            Poll::Pending => TrySendError::Full(payload),
        })
    }

    /// Receives the next segment, from whichever link it came, in the order of arrival.
    ///
    /// `None` once no open link leads here and all that had arrived has been handed out; at once
    /// if no link ever led here. It is not for ever: a later
    /// [`connect`](crate::InProcessTransportFactory::connect) opens the inbox again.
    ///
    /// # Cancel safety
    ///
    /// A dropped future loses nothing.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let factory = InProcessTransportFactory::new();
    /// let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// factory.connect(ShardId(0), ShardId(1));
    /// a.send_segment(ShardId(1), "last words").await.unwrap();
    /// drop(a);
    /// assert_eq!(b.recv_segment().await, Some("last words"));
    /// assert_eq!(b.recv_segment().await, None);
    /// # });
    /// ```
    pub fn recv_segment(&self) -> impl Future<Output = Option<P>> + Send {
        ReceivingPayload(self.receiving())
    }

    /// As [`recv_segment`](Self::recv_segment), and tells which shard sent the segment.
    ///
    /// # Cancel safety
    ///
    /// A dropped future loses nothing.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let factory = InProcessTransportFactory::new();
    /// let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// factory.connect(ShardId(0), ShardId(1));
    /// a.send_segment(ShardId(1), "hello").await.unwrap();
    /// assert_eq!(b.recv_segment_from().await, Some((ShardId(0), "hello")));
    /// # });
    /// ```
    pub fn recv_segment_from(&self) -> impl Future<Output = Option<(ShardId, P)>> + Send {
        self.receiving()
    }

    fn receiving(&self) -> Receiving<'_, P> {
        Receiving {
            endpoint: self,
            ticket: None,
            timer: None,
        }
    }

    /// Takes the next segment that has arrived.
    ///
    /// # Errors
    ///
    /// [`TryRecvError::Empty`] if nothing has arrived yet, [`TryRecvError::Closed`] where
    /// [`recv_segment`](Self::recv_segment) would return `None`.
    ///
    /// # Panics
    ///
    /// In a loop of some million tries that find nothing, within one poll of a task, on the paused clock
    /// of a test: the loop would never end.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId, TryRecvError};
    /// let factory = InProcessTransportFactory::new();
    /// let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    /// factory.connect(ShardId(0), ShardId(1));
    /// assert_eq!(b.try_recv_segment(), Err(TryRecvError::Empty));
    /// a.try_send_segment(ShardId(1), 'x').unwrap();
    /// assert_eq!(b.try_recv_segment(), Ok('x'));
    /// ```
    #[track_caller]
    pub fn try_recv_segment(&self) -> Result<P, TryRecvError> {
        let (context, at) = (&self.network.context, self.local_shard());
        match self.receive(&mut None, None) {
            Receive::Segment(_, payload) => {
                context.received();
                Ok(payload)
            }
            Receive::Closed | Receive::Nothing(_) if running_fell() => Err(TryRecvError::Empty),
            Receive::Closed => {
                context.moved_nothing(Futile::End(at));
                Err(TryRecvError::Closed)
            }
            Receive::Nothing(_) => {
                context.moved_nothing(Futile::Empty(at));
                Err(TryRecvError::Empty)
            }
        }
    }

    #[inline]
    fn receive(
        &self,
        ticket: &mut Option<Ticket>,
        sleeper: Option<&mut Sleeper<'_>>,
    ) -> Receive<P> {
        if self.network.episodes.awaits_moments() {
            return self.receive_watched(ticket, sleeper);
        }
        let context = &self.network.context;
        self.shard.receive(self.life, ticket, sleeper, context)
    }

    /// The same where an episode may begin just before, or just after, a segment is received.
    #[cold]
    fn receive_watched(
        &self,
        ticket: &mut Option<Ticket>,
        sleeper: Option<&mut Sleeper<'_>>,
    ) -> Receive<P> {
        let (network, context) = (&self.network, &self.network.context);
        let next = || self.shard.next_received(self.life, context.time());
        if let Some(segment) = next() {
            network.happens(Happens::Receiving(segment));
        }
        if running_fell() {
            return Receive::Nothing(None);
        }
        // Which may be another one than before: a cut has no effect on what has arrived, a crash has.
        let segment = next();
        let received = self.shard.receive(self.life, ticket, sleeper, context);
        if let (Receive::Segment(..), Some(segment)) = (&received, segment) {
            network.happens(Happens::Received(segment));
            if running_fell() {
                return Receive::Nothing(None);
            }
        }
        received
    }

    #[inline]
    #[track_caller]
    fn poll_send(
        &self,
        to: ShardId,
        payload: &mut Option<P>,
        ticket: &mut Option<Ticket>,
        sleeper: Option<&mut Sleeper<'_>>,
    ) -> Poll<Result<Sent, TransportError>> {
        if self.network.episodes.awaits_moments() {
            return self.poll_send_watched(to, payload, ticket, sleeper);
        }
        self.poll_send_now(to, payload, ticket, sleeper)
    }

    /// The same where an episode may begin just before, or just after, a segment is sent.
    #[cold]
    #[track_caller]
    fn poll_send_watched(
        &self,
        to: ShardId,
        payload: &mut Option<P>,
        ticket: &mut Option<Ticket>,
        sleeper: Option<&mut Sleeper<'_>>,
    ) -> Poll<Result<Sent, TransportError>> {
        let (network, from) = (&self.network, (&*self.shard, self.life));
        let mut far = None;
        let peer = self.routes.find(network, to, &mut far);
        if let Some(segment) = peer.and_then(|peer| peer.next_sent(from, *ticket)) {
            network.happens(Happens::Sending(segment));
        }
        if running_fell() {
            return Poll::Pending;
        }
        let sent = self.poll_send_now(to, payload, ticket, sleeper);
        if let (Poll::Ready(Ok(_)), Some(peer)) = (&sent, peer) {
            if let Some(segment) = peer.last_sent(&self.shard) {
                network.happens(Happens::Sent(segment));
            }
            if running_fell() {
                return Poll::Pending;
            }
        }
        sent
    }

    #[inline]
    #[track_caller]
    fn poll_send_now(
        &self,
        to: ShardId,
        payload: &mut Option<P>,
        ticket: &mut Option<Ticket>,
        sleeper: Option<&mut Sleeper<'_>>,
    ) -> Poll<Result<Sent, TransportError>> {
        // Before anything is locked, as `Debug` is anybody's code.
        let wants_labels = self.network.context.wants_labels();
        let labelled = payload.as_ref().filter(|_| wants_labels);
        let label = labelled.map(|it| label(it, self.network.context.began()));
        let mut far = None;
        let sent = match self.routes.find(&self.network, to, &mut far) {
            None => Poll::Ready(Err(TransportError::UnknownPeer(to))),
            Some(peer) => {
                let (from, context) = ((&*self.shard, self.life), &self.network.context);
                peer.send(from, (payload, label), ticket, sleeper, context)
            }
        };
        if let Poll::Ready(Err(_) | Ok(Sent::Swallowed)) = sent {
            // A dead machine hears nothing.
            if sent == Poll::Ready(Err(TransportError::Closed)) && running_fell() {
                return Poll::Pending;
            }
            if let Poll::Ready(Err(error)) = sent {
                self.network.note_refused(self.shard.key, to, error);
            }
            let ends = (self.local_shard(), to);
            self.network.context.moved_nothing(match sent {
                Poll::Ready(Err(TransportError::UnknownPeer(_))) => Futile::UnknownPeer(ends),
                Poll::Ready(Err(_)) => Futile::Closed(ends),
                _ => Futile::Swallowed(ends),
            });
        }
        sent
    }
}

// By hand: under `#[async_trait]` the box would hold the arguments twice, in the `async` block and in
// the future that it awaits, and a send behind `dyn Transport` would take a quarter longer.
impl<P: Debug + Send + 'static> Transport<P> for InProcessTransport<P> {
    fn send_segment<'a, 'async_trait>(
        &'a self,
        to_shard: ShardId,
        payload: P,
    ) -> BoxFuture<'async_trait, Result<(), TransportError>>
    where
        'a: 'async_trait,
    {
        Box::pin(self.send_segment(to_shard, payload))
    }

    fn recv_segment<'a, 'async_trait>(&'a self) -> BoxFuture<'async_trait, Option<P>>
    where
        'a: 'async_trait,
    {
        Box::pin(self.recv_segment())
    }

    fn local_shard(&self) -> ShardId {
        self.local_shard()
    }
}

impl<P> Drop for InProcessTransport<P> {
    fn drop(&mut self) {
        if !self.holds {
            return;
        }
        if self.network.context.spares() {
            self.network.spare(&self.shard, self.life);
        } else {
            self.network.abandon(&self.shard, self.life);
        }
    }
}

impl<P> Debug for InProcessTransport<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InProcessTransport")
            .field(&self.local_shard())
            .finish()
    }
}

/// Each method that takes a shard also takes its endpoint.
impl<P> From<&Endpoint<P>> for ShardId {
    fn from(endpoint: &Endpoint<P>) -> Self {
        endpoint.local_shard()
    }
}

/// The future of [`InProcessTransport::send_segment`].
struct Sending<'a, P: Debug + Send + 'static> {
    endpoint: &'a InProcessTransport<P>,
    to: ShardId,
    /// `None` once it was sent.
    payload: Option<P>,
    /// The place in the link's line, while it waits for room.
    ticket: Option<Ticket>,
}

// The payload is never pinned.
impl<P: Debug + Send + 'static> Unpin for Sending<'_, P> {}

impl<P: Debug + Send + 'static> Future for Sending<'_, P> {
    type Output = Result<(), TransportError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let share = ready!(this.endpoint.budget.poll(cx));
        let mut sleeper = Sleeper::new(cx.waker());
        let Sending {
            endpoint,
            to,
            payload,
            ticket,
        } = this;
        let sent = ready!(endpoint.poll_send(*to, payload, ticket, Some(&mut sleeper)));
        share.spend(matches!(sent, Ok(Sent::OnItsWay)));
        Poll::Ready(sent.map(|_| ()))
    }
}

impl<P: Debug + Send + 'static> Drop for Sending<'_, P> {
    fn drop(&mut self) {
        if self.ticket.is_some() {
            let Sending {
                endpoint, ticket, ..
            } = self;
            let mut far = None;
            if let Some(peer) = endpoint.routes.find(&endpoint.network, self.to, &mut far) {
                peer.forget_sender(&endpoint.shard, ticket);
            }
        }
    }
}

/// The future of [`InProcessTransport::recv_segment_from`].
struct Receiving<'a, P: Debug + Send + 'static> {
    endpoint: &'a InProcessTransport<P>,
    /// The place in the inbox's line, while it waits.
    ticket: Option<Ticket>,
    /// Fires when the next segment is due, while one is on its way.
    timer: Option<Pin<Box<Sleep>>>,
}

impl<P: Debug + Send + 'static> Receiving<'_, P> {
    /// Completes at a moment of the mesh's clock.
    fn poll_timer(&mut self, due: u64, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = self.endpoint.network.context.began() + Duration::from_millis(due);
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(cx)
    }
}

impl<P: Debug + Send + 'static> Future for Receiving<'_, P> {
    type Output = Option<(ShardId, P)>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let share = ready!(this.endpoint.budget.poll(cx));
        let mut sleeper = Sleeper::new(cx.waker());
        let received = loop {
            let context = &this.endpoint.network.context;
            match this.endpoint.receive(&mut this.ticket, Some(&mut sleeper)) {
                Receive::Segment(from, payload) => {
                    context.received();
                    break Some((from, payload));
                }
                // A dead machine hears nothing.
                Receive::Closed if running_fell() => return Poll::Pending,
                Receive::Closed => {
                    let end = Futile::End(this.endpoint.local_shard());
                    context.moved_nothing(end);
                    break None;
                }
                Receive::Nothing(None) => return Poll::Pending,
                Receive::Nothing(Some(due)) => ready!(this.poll_timer(due, cx)),
            }
        };
        share.spend(received.is_some());
        Poll::Ready(received)
    }
}

impl<P: Debug + Send + 'static> Drop for Receiving<'_, P> {
    fn drop(&mut self) {
        if self.ticket.is_some() {
            self.endpoint.shard.forget_receiver(&mut self.ticket);
        }
    }
}

/// The future of [`InProcessTransport::recv_segment`]: smaller than an async block around the other.
struct ReceivingPayload<'a, P: Debug + Send + 'static>(Receiving<'a, P>);

impl<P: Debug + Send + 'static> Future for ReceivingPayload<'_, P> {
    type Output = Option<P>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let received = ready!(Pin::new(&mut self.get_mut().0).poll(cx));
        Poll::Ready(received.map(|(_, payload)| payload))
    }
}

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use shard_mesh::{ShardId, Transport, TransportError};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::behind_trait::{Hidden, Sends};
use super::{CAPACITY, Design, Segment};

/// The design that comes to mind first: one global mutex over maps of senders, a sender cloned out
/// of them per send, and `#[async_trait]` as it is.
///
/// It is used as [`BehindTrait`](super::BehindTrait) is: its users hold an `Arc<dyn Transport>`.
/// Peers share the capacity of the inbox that they send to.
pub(crate) struct GlobalMutex;

impl Design for GlobalMutex {
    type Outlet = Sends;
    type Inlet = Hidden;

    fn fan(&self, senders: u32, receivers: u32) -> (Vec<Sends>, Vec<Hidden>) {
        let mesh = Arc::new(Mesh::default());
        let outlets: Vec<_> = (0..senders).map(|id| mesh.create(id)).collect();
        let inlets: Vec<_> = (senders..senders + receivers)
            .map(|id| mesh.create(id))
            .collect();
        for from in &outlets {
            for to in &inlets {
                mesh.connect(from, to);
            }
        }
        let outlets = outlets
            .into_iter()
            .map(|shard| Sends::new(Hidden::new(shard), senders.into()));
        (
            outlets.collect(),
            inlets.into_iter().map(Hidden::new).collect(),
        )
    }

    fn pair(&self) -> [(Sends, Hidden); 2] {
        let mesh = Arc::new(Mesh::default());
        let (left, right) = (mesh.create(0), mesh.create(1));
        mesh.connect(&left, &right);
        mesh.connect(&right, &left);
        let [left, right] = [left, right].map(Hidden::new);
        [
            (Sends::new(left.clone(), 1), left),
            (Sends::new(right.clone(), 0), right),
        ]
    }
}

/// The peers of each shard, and a sender to each of them.
#[derive(Default)]
struct Mesh {
    links: Mutex<HashMap<ShardId, HashMap<ShardId, Sender<Segment>>>>,
}

impl Mesh {
    fn create(self: &Arc<Self>, id: u32) -> Arc<Shard> {
        let (sender, inbox) = channel(CAPACITY);
        Arc::new(Shard {
            mesh: self.clone(),
            id: ShardId(id.into()),
            sender,
            inbox: tokio::sync::Mutex::new(inbox),
        })
    }

    fn connect(&self, from: &Shard, to: &Shard) {
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        links
            .entry(from.id)
            .or_default()
            .insert(to.id, to.sender.clone());
    }

    fn sender(&self, from: ShardId, to: ShardId) -> Option<Sender<Segment>> {
        let links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        links.get(&from)?.get(&to).cloned()
    }
}

struct Shard {
    mesh: Arc<Mesh>,
    id: ShardId,
    /// The sender of its own inbox, for those who are connected later.
    sender: Sender<Segment>,
    inbox: tokio::sync::Mutex<Receiver<Segment>>,
}

#[async_trait]
impl Transport for Shard {
    async fn send_segment(&self, to: ShardId, segment: Segment) -> Result<(), TransportError> {
        let sender = self
            .mesh
            .sender(self.id, to)
            .ok_or(TransportError::UnknownPeer(to))?;
        sender
            .send(segment)
            .await
            .map_err(|_| TransportError::Closed)
    }

    async fn recv_segment(&self) -> Option<Segment> {
        self.inbox.lock().await.recv().await
    }

    fn local_shard(&self) -> ShardId {
        self.id
    }
}

//! For code of a shard that has no mesh in hand.

use std::panic::Location;

use tokio::task::JoinHandle;

use crate::contract::shard_id::ShardId;
use crate::network::tasks::adopted::spawn_beside;
use crate::network::tasks::task::running;

/// Spawns a task for the shard whose task is being polled: one of [`Mesh::host`](crate::Mesh::host),
/// [`run`](crate::Mesh::run), [`spawn`](crate::Mesh::spawn) or of this function.
///
/// It is what `tokio::spawn` is to a node that is to lose its tasks in a crash: it needs no mesh, so a
/// node or the runtime trait of a library can be written with it. All is as with
/// [`Mesh::spawn`](crate::Mesh::spawn): a crash drops the task, its output is then `None`, and its panic
/// fails the test. In a destructor that runs because its shard crashes it spawns nothing.
///
/// # Panics
///
/// If no task of a shard is being polled: in the body of the test, and in a task of `tokio::spawn`.
///
/// ```
/// use shard_mesh::{Endpoint, Mesh, ShardId};
///
/// async fn node(at: Endpoint<u64>) {
///     while let Some((from, n)) = at.recv_segment_from().await {
///         let at = at.clone();
///         shard_mesh::spawn(async move { at.send_segment(from, n * n).await });
///     }
/// }
///
/// #[shard_mesh::test(peers = 0..2)]
/// async fn main(client: Endpoint<u64>, server: Endpoint<u64>, mesh: Mesh<u64>) {
///     mesh.host(server, node);
///     client.send_segment(ShardId(1), 7).await.unwrap();
///     assert_eq!(client.recv_segment().await, Some(49));
/// }
/// ```
#[track_caller]
#[allow(clippy::must_use_candidate, reason = "a task runs without its handle")]
pub fn spawn<T, F>(task: F) -> JoinHandle<Option<T>>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let asked = Location::caller();
    match spawn_beside(asked, Box::pin(task)) {
        Some(handle) => handle,
        None => panic!(
            "no task of a shard is being polled here: use `mesh.spawn(shard, …)`, or call this from a \
             task of `mesh.host`, `mesh.run` or `mesh.spawn`"
        ),
    }
}

/// The shard whose task is being polled, or dropped; `None` in the body of the test, and in a task of
/// `tokio::spawn`.
///
/// ```
/// use shard_mesh::{Endpoint, Mesh, ShardId, current_shard};
///
/// #[shard_mesh::test(peers = 0..2)]
/// async fn main(_peers: [Endpoint; 2], mesh: Mesh) {
///     let here = mesh.spawn(1, async { current_shard() });
///     assert_eq!(here.await.unwrap(), Some(Some(ShardId(1))));
///     assert_eq!(current_shard(), None);
/// }
/// ```
#[must_use]
pub fn current_shard() -> Option<ShardId> {
    running().map(|task| task.shard)
}

//! A client: it asks until it is answered, also at another server.

use std::collections::BTreeMap;
use std::time::Duration;

use shard_mesh::{Endpoint, ShardId};
use tokio::time::{Instant, timeout_at};

use crate::replica::{Entry, Message};
use crate::sessions::{RequestId, WINDOW};

/// Longer than a request is under way by all the links that it takes.
const RETRY_AFTER: Duration = Duration::from_millis(150);
/// How often a client asks a server that is silent before it tries the other.
const PATIENCE: u32 = 3;

/// What a client was told, and what it took.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// By the number of the request.
    pub(crate) sums: BTreeMap<u64, u64>,
    pub(crate) retries: usize,
}

/// Adds 1, 2, 3 and so on up to `requests`, [`WINDOW`] requests at a time.
///
/// # Panics
///
/// If it gets two answers to one request.
pub(crate) async fn ask(
    endpoint: Endpoint<Message>,
    mut servers: [ShardId; 2],
    requests: u64,
) -> Told {
    let session = endpoint.local_shard();
    let (mut told, mut low, mut asked, mut silences) = (Told::default(), 1, 0, 0);
    let mut retry_at = Instant::now() + RETRY_AFTER;
    while low <= requests {
        while asked < requests.min(low + WINDOW - 1) {
            asked += 1;
            let (number, amount) = (asked, asked);
            if !told.sums.contains_key(&number) {
                let id = RequestId {
                    session,
                    number,
                    low,
                };
                let request = Message::Request(Entry { id, amount });
                // A server that has crashed is to it as one that is silent.
                endpoint.send_segment(servers[0], request).await.ok();
            }
        }
        match timeout_at(retry_at, endpoint.recv_segment()).await {
            Ok(Some(Message::Answer { number, sum })) => {
                let first = *told.sums.entry(number).or_insert(sum);
                assert_eq!(
                    first, sum,
                    "request {number} of session {session} has two answers"
                );
                while told.sums.contains_key(&low) {
                    low += 1;
                }
                (silences, retry_at) = (0, Instant::now() + RETRY_AFTER);
            }
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(_) => {
                silences += 1;
                if silences % PATIENCE == 0 {
                    servers.reverse();
                }
                // All that is not answered, once more.
                told.retries += 1;
                (asked, retry_at) = (low - 1, Instant::now() + RETRY_AFTER);
            }
        }
    }
    told
}

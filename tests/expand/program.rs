use shard_mesh::{Endpoint, TransportError, WalSegmentPayload, shard_mesh};

#[shard_mesh(leader = 0, followers = [1])]
async fn main(leader: Endpoint, follower: Endpoint) -> Result<(), TransportError> {
    let segment = WalSegmentPayload::new(leader.local_shard(), 1, "put k v");
    leader.send_segment(follower.local_shard(), segment).await
}

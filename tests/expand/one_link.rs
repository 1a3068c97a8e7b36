#[shard_mesh(leader = 7, followers = [0x10])]
async fn a_single_link_needs_no_loop(leader: Endpoint, follower: Endpoint) {}

#[shard_mesh(peers = [5])]
async fn a_single_shard_has_no_link(only: Endpoint) {}

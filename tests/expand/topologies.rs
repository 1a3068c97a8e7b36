#[shard_mesh::test(leader = 0, followers = [1, 2], topology = duplex)]
async fn both_ways(leader: Endpoint, followers: Vec<Endpoint>) {}

#[shard_mesh::test(leaders = [0, 1], followers = [2], topology = full)]
async fn all_to_all(leaders: [Endpoint; 2], follower: Endpoint) {}

#[shard_mesh::test(peers = [3, 1, 2], topology = chain)]
async fn in_the_order_written(peers: [Endpoint; 3]) {}

#[shard_mesh::test(peers = [0, 1], topology = ring)]
async fn a_ring_of_two_goes_there_and_back(peers: [Endpoint; 2]) {}

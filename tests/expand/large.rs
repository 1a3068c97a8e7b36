#[shard_mesh::test(leader = 0, followers = 1..=1000)]
async fn a_large_star(leader: Endpoint, followers: Vec<Endpoint>) {}

#[shard_mesh::test(leaders = 0..20, followers = 20..1000, topology = duplex)]
async fn a_large_duplex_star(leaders: [Endpoint; 20], followers: Vec<Arc<dyn Transport>>) {}

#[shard_mesh::test(peers = 0..1000)]
async fn a_large_mesh(first: Endpoint, others: Vec<Endpoint>, mesh: Mesh) {}

#[shard_mesh::test(leader = 9, followers = 100..=200, topology = full)]
async fn a_large_mesh_of_strangers(all: Vec<Endpoint>) {}

#[shard_mesh::test(leader = 0, followers = 1..=1000, topology = ring)]
async fn a_large_ring(all: Vec<Endpoint>) {}

#[shard_mesh::test(leaders = [0, 2], followers = [1, 3, 5, 7, 9, 11, 13, 15, 17])]
async fn lists_stay_lists(all: Vec<Endpoint>) {}

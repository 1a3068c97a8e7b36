#[shard_mesh::test(peers = 0..2, loss = 0.01, jostle = 0.1)]
async fn jostled(a: Endpoint, b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, jostle = config::JOSTLE)]
async fn jostled_as_a_constant_says(a: Endpoint, b: Endpoint) {}

#[shard_mesh::test(peers = 0..3, chaos, seeds = 0..256)]
async fn all_kinds(peers: [Endpoint; 3], mesh: Mesh) {}

#[shard_mesh::test(peers = 0..3, clients = [10, 11], chaos = [partition, one_way, crash], loss = 0.01)]
async fn some_kinds(peers: [Endpoint; 3], clients: [Endpoint; 2], mesh: Mesh) {}

#[shard_mesh::test(leader = 0, followers = 1..=5, clients = 10..20, chaos)]
async fn many_clients(leader: Endpoint, followers: Vec<Endpoint>, clients: Vec<Endpoint>) {}

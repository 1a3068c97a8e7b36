#[shard_mesh::test(peers = 0..2, clients = [10])]
async fn one_client(peers: [Endpoint; 2], client: Endpoint, mesh: Mesh) {}

#[shard_mesh::test(leader = 0, followers = 1..=5, clients = 10..12)]
async fn beside_roles(leader: Endpoint, followers: Vec<Endpoint>, clients: Vec<Endpoint>) {}

#[shard_mesh::test(peers = [1, 2, 3], links = [1 -> 2], clients = [9])]
async fn beside_links(one: Endpoint, others: [Endpoint; 2], client: Endpoint) {}

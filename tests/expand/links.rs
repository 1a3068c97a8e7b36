#[shard_mesh::test(peers = [0, 1, 2], links = [0 -> 1, 1 -> 2, 2 <-> 0])]
async fn wired_by_hand(a: Endpoint, b: Endpoint, c: Endpoint) {}

#[shard_mesh::test(peers = 0..2, links = [])]
async fn not_wired_at_all(peers: [Endpoint; 2], mesh: Mesh) {}

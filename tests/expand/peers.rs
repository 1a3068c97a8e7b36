#[shard_mesh::test(peers = 0..3)]
async fn everyone_hears_everyone(peers: Vec<Endpoint>, mesh: Mesh) {
    assert_eq!(mesh.shards().len(), peers.len());
}

#[shard_mesh::test(leader = 0)]
async fn an_error_fails_the_test(leader: Endpoint) -> Result<(), TransportError> {
    leader.send_segment(ShardId(1), segment()).await
}

#[shard_mesh::test(leader = 0)]
async fn unit_is_nothing(leader: Endpoint) -> () {}

#[shard_mesh::test(leader = 0)]
async fn never(leader: Endpoint) -> ! {
    std::process::exit(0)
}

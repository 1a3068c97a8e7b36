//! What a test may return.

use std::io;
use std::process::ExitCode;

use shard_mesh::{Endpoint, ShardId, TransportError};

use crate::{run_ignored, segment, stdout};

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_result(leader: Endpoint, follower: Endpoint) -> Result<(), TransportError> {
    leader.send_segment(ShardId(1), segment(1)).await?;
    assert_eq!(follower.recv_segment().await, Some(segment(1)));
    Ok(())
}

#[shard_mesh::test(peers = 0..1)]
async fn an_exit_code(_peer: Endpoint) -> ExitCode {
    ExitCode::SUCCESS
}

#[shard_mesh::test(peers = 0..1)]
async fn an_impl_trait(_peer: Endpoint) -> impl std::process::Termination {
    Ok::<(), String>(())
}

#[shard_mesh::test(peers = 0..1)]
async fn unit_written_out(_peer: Endpoint) -> () {}

#[shard_mesh::test(peers = 0..1)]
#[ignore = "fails: `an_error_fails_the_test_and_is_shown` runs it"]
async fn an_error(_peer: Endpoint) -> Result<(), Box<dyn std::error::Error>> {
    Err(io::Error::other("disk on fire"))?;
    Ok(())
}

#[test]
fn an_error_fails_the_test_and_is_shown() {
    let output = run_ignored("returns::an_error");
    assert!(!output.status.success());
    let text = stdout(&output);
    assert!(
        text.contains("Error: Custom { kind: Other, error: \"disk on fire\" }"),
        "{text}"
    );
    assert!(text.contains("0 passed; 1 failed"), "{text}");
}

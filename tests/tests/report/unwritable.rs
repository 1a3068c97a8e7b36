//! Tests whose standard error nobody can write to: it ends as it would have ended with one.

use std::process::Stdio;

use shard_mesh::{Endpoint, Mesh};

use crate::child::executable;
use crate::support::{Packet, put, send};

#[shard_mesh::test(leader = 0, followers = [1])]
#[ignore = "`what_cannot_be_printed_fails_no_test` runs it"]
async fn passes_and_is_drawn(leader: Endpoint<Packet>, follower: Endpoint<Packet>) {
    send(&leader, 1, put("k", 1)).await;
    assert_eq!(follower.recv_segment().await, Some(put("k", 1)));
}

#[shard_mesh::test(peers = 0..2, seeds = 0..64)]
#[should_panic(expected = "as it should")]
#[ignore = "`what_cannot_be_printed_fails_no_test` runs it"]
async fn panics_as_it_should(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    assert!(mesh.seed() < 8, "as it should");
}

// `eprintln!` panics where it cannot write, so a test that had passed failed, and one that had
// panicked failed with another message.
#[test]
fn what_cannot_be_printed_fails_no_test() {
    for name in ["passes_and_is_drawn", "panics_as_it_should"] {
        let mut child = executable()
            .args([&*format!("unwritable::{name}"), "--exact", "--ignored"])
            .args(["--nocapture", "--test-threads=1"])
            .env("SHARD_MESH_TIMELINE", "always")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Whoever writes finds that nobody reads.
        drop(child.stderr.take());
        let output = child.wait_with_output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{name}: {printed}");
        assert!(printed.contains("1 passed"), "{name}: {printed}");
    }
}

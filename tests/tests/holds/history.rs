//! `Mesh::history`: checked at the end of a test, and told where there is no order.

use shard_mesh::spec::{Register, RegisterOp, RegisterRet};
use shard_mesh::{Checked, Endpoint, Mesh, ms};
use tokio::time::sleep;

use crate::{report, says};

#[test]
fn a_history_without_an_order_fails_the_test_when_it_has_returned() {
    let told = report(|_shards, mesh| async move {
        let history = mesh.history(Register(0));
        let late = history.invoke(3, RegisterOp::Write(2));
        history
            .invoke(1, RegisterOp::Write(1))
            .returned(RegisterRet::Done);
        sleep(ms(5)).await;
        history
            .invoke(2, RegisterOp::Read)
            .returned(RegisterRet::Value(0));
        sleep(ms(5)).await;
        late.returned(RegisterRet::Done);
    });
    says(
        &told,
        &[
            "failed at 10ms",
            "what    has a history (tests/tests/holds/history.rs:",
            "that is not linearizable:",
            "no order explains 2 operations, of 3:",
            "client 1   Write(1) -> Done",
            "client 2   Read -> Value(0)",
            "5ms to 5ms",
            "(whenever the other operations took effect, if they did)",
        ],
    );
}

#[test]
fn nothing_else_is_hidden_by_it() {
    let told = report(|_shards, mesh| async move {
        let history = mesh.history(Register(0));
        history
            .invoke(1, RegisterOp::Read)
            .returned(RegisterRet::Value(7));
        panic!("the test fails for another reason");
    });
    says(&told, &["the test fails for another reason"]);
}

#[shard_mesh::test(peers = 0..2)]
async fn what_was_checked_is_not_checked_again(_peers: [Endpoint; 2], mesh: Mesh) {
    let history = mesh.history(Register(0));
    history
        .invoke(1, RegisterOp::Read)
        .returned(RegisterRet::Value(7));
    assert!(matches!(history.check(), Checked::NotLinearizable(_)));
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "not linearizable")]
async fn unless_more_was_recorded(_peers: [Endpoint; 2], mesh: Mesh) {
    let history = mesh.history(Register(0));
    history
        .invoke(1, RegisterOp::Read)
        .returned(RegisterRet::Value(0));
    assert!(matches!(history.check(), Checked::Linearizable));
    history
        .invoke(1, RegisterOp::Read)
        .returned(RegisterRet::Value(7));
    // Nor does it matter that nobody holds it any more.
    drop(history);
}

#[shard_mesh::test(peers = 0..2)]
async fn what_is_not_known_may_have_been(_peers: [Endpoint; 2], mesh: Mesh) {
    let history = mesh.history(Register(0));
    drop(history.invoke(1, RegisterOp::Write(1)));
    drop(history.invoke(2, RegisterOp::Write(2)));
    history
        .invoke(3, RegisterOp::Read)
        .returned(RegisterRet::Value(2));
    history
        .invoke(3, RegisterOp::Read)
        .returned(RegisterRet::Value(1));
    let failed = history.invoke(1, RegisterOp::Write(3));
    failed.failed();
    assert!(matches!(history.check(), Checked::Linearizable));
    history
        .invoke(3, RegisterOp::Read)
        .returned(RegisterRet::Value(3));
    assert!(matches!(history.check(), Checked::NotLinearizable(_)));
}

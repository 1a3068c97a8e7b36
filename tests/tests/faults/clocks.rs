//! Each shard has its own wall clock.

use std::time::{Duration, SystemTime};

use shard_mesh::{Endpoint, Mesh};
use tokio::time::sleep;

use crate::support::ms;

const DAWN: Duration = Duration::from_secs(946_684_800);

#[shard_mesh::test(peers = 0..2)]
async fn clocks_begin_at_a_fixed_date_and_follow_the_test(
    _a: Endpoint<u64>,
    _b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let dawn = SystemTime::UNIX_EPOCH + DAWN;
    assert_eq!(mesh.clock(0).now(), dawn);
    sleep(ms(1234)).await;
    assert_eq!(mesh.clock(0).now(), dawn + ms(1234));
    assert_eq!(mesh.clock(0).now(), mesh.clock(1).now());
}

#[shard_mesh::test(peers = 0..2)]
async fn a_clock_can_be_ahead_and_behind_and_set_right(
    _a: Endpoint<u64>,
    _b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let (wrong, right) = (mesh.clock(0), mesh.clock(1));
    wrong.ahead(ms(300));
    assert_eq!(wrong.now(), right.now() + ms(300));
    wrong.behind(ms(200));
    assert_eq!(wrong.now(), right.now() - ms(200));
    wrong.ahead(ms(0));
    assert_eq!(wrong.now(), right.now());
}

#[shard_mesh::test(peers = 0..2)]
async fn a_wrong_clock_follows_time_and_survives_a_crash(
    _a: Endpoint<u64>,
    _b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.clock(1).behind(ms(500));
    mesh.crash(1);
    sleep(ms(1000)).await;
    let _b = mesh.restart(1);
    let dawn = SystemTime::UNIX_EPOCH + DAWN;
    assert_eq!(mesh.clock(1).now(), dawn + ms(500));
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "let it be wrong by a year at most")]
async fn a_clock_is_behind_by_a_year_at_most(
    _a: Endpoint<u64>,
    _b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.clock(0).behind(Duration::MAX);
}

#[shard_mesh::test(peers = 0..2)]
async fn a_clock_drifts_until_it_is_told_otherwise(
    _a: Endpoint<u64>,
    _b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let (wrong, right) = (mesh.clock(0), mesh.clock(1));
    wrong.drift(0.5);
    sleep(ms(1000)).await;
    assert_eq!(wrong.now(), right.now() - ms(500));
    // An error of its own is beside that, and so is the end of the drift.
    wrong.ahead(ms(700));
    wrong.drift(1.0);
    sleep(ms(1000)).await;
    assert_eq!(wrong.now(), right.now() + ms(200));
    wrong.drift(3.0);
    sleep(ms(100)).await;
    assert_eq!(wrong.now(), right.now() + ms(400));
    mesh.crash(0);
    let _again = mesh.restart(0);
    assert_eq!(
        mesh.clock(0).now(),
        right.now() + ms(400),
        "as that of a machine"
    );
    wrong.right();
    sleep(ms(100)).await;
    assert_eq!(wrong.now(), right.now());
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "give a rate from 0 to 1000, such as 0.9")]
async fn a_clock_does_not_run_backwards(_peers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
    mesh.clock(1).drift(-1.0);
}

#[shard_mesh::test(peers = 0..2)]
async fn what_is_done_to_clocks_is_drawn(_peers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
    mesh.clock(1).ahead(ms(3000));
    mesh.clock(0).behind(ms(2));
    mesh.clock(1).drift(0.9);
    mesh.clock(1).right();
    let timeline = mesh.timeline();
    let text = timeline.to_string();
    for told in [
        "clock of 1 set 3s ahead",
        "clock of 0 set 2ms behind",
        "clock of 1 set to 0.9 of the true speed",
        "clock of 1 set right",
    ] {
        assert!(text.contains(told), "no {told} in\n{text}");
        assert!(timeline.svg().contains(told), "no {told} in the picture");
    }
}

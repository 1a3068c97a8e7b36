//! What a test picks is told, shrunk, and printed as lines that pin it.

use std::time::Duration;

use shard_mesh::{Endpoint, Mesh};

use crate::child::{failing, says};
use crate::shrink::{failure, lines, without_space};
use crate::support::{Packet, drain, ms, put, send};

/// What `test` prints is in the body of `pasted`, and fails there in the same place.
#[track_caller]
fn check(test: &str, pasted: &str, needs: &[&str]) -> String {
    let page = failing(&format!("picks::{test}"));
    for said in needs {
        says(&page, &[said]);
    }
    let source = without_space(include_str!("picks.rs"));
    let (_, source) = source.split_once(&format!("asyncfn{pasted}(")).unwrap();
    let (source, _) = source.split_once("#[test]").unwrap();
    let lines = lines(&page);
    assert!(
        !lines.is_empty() && source.contains(&without_space(&lines)),
        "`{pasted}` has not\n{lines}\nof\n{page}"
    );
    let again = failing(&format!("picks::{pasted}"));
    assert_eq!(failure(&page), failure(&again));
    page
}

/// Fails where at least 17 writes go to one that is not the first, while it rests long.
fn picks(mesh: &Mesh<Packet>) {
    for round in 0..4 {
        mesh.pick("colour", ["red", "green", "blue"]);
        let writes: u64 = mesh.pick("writes", 3..1000);
        let to: &char = mesh.pick("to", &['a', 'b', 'c']);
        let rest = mesh.pick("rest", Duration::ZERO..Duration::from_secs(2));
        if mesh.chance("skip", 0.5) {
            continue;
        }
        let bad = round == 2 && writes >= 17 && *to != 'a' && rest > ms(250);
        assert!(!bad, "too many");
    }
}

#[shard_mesh::test(peers = 0..2, seeds = 0..256)]
#[ignore = "fails: `picks_are_brought_to_their_simplest_values` runs it"]
async fn picks_too_many(_peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    picks(&mesh);
}

#[shard_mesh::test(peers = 0..2, pinned)]
#[ignore = "fails: `picks_are_brought_to_their_simplest_values` runs it"]
async fn picks_too_many_pinned(_peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    mesh.pin("writes #3", 17);
    mesh.pin("to #3", 1); // 'b'
    mesh.pin("rest #3", "252ms");
    picks(&mesh);
}

#[test]
fn picks_are_brought_to_their_simplest_values() {
    let page = check(
        "picks_too_many",
        "picks_too_many_pinned",
        &[
            "3 of ",
            "write `pinned` in the attribute in place of its seeds",
            "picked  \"colour\": \"",
            "\"writes #3\": ",
            "\"skip #3\": false",
        ],
    );
    assert!(!page.contains("\"colour #5\""), "{page}");
}

/// Shards pick side by side, and a loss goes with a pick.
async fn picks_and_loses([a, b]: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    let asks = mesh.clone();
    let factor = mesh.spawn(1, async move {
        tokio::time::sleep(ms(1)).await;
        asks.pick("factor", 1u8..=9)
    });
    for n in 1..=20 {
        send(&a, 1, put("k", n)).await;
    }
    let factor = factor.await.unwrap().unwrap();
    assert!(
        drain(&b).contains(&put("k", 8)) || factor < 4,
        "both happened"
    );
}

#[shard_mesh::test(peers = 0..2, loss = 0.3, seeds = 0..256)]
#[ignore = "fails: `a_pick_of_a_shard_goes_with_a_loss` runs it"]
async fn loses_and_picks(peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    picks_and_loses(peers, mesh).await;
}

#[shard_mesh::test(peers = 0..2, loss = 0.3, pinned)]
#[ignore = "fails: `a_pick_of_a_shard_goes_with_a_loss` runs it"]
async fn loses_and_picks_pinned(peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    use shard_mesh::Verdict;
    let _rule = mesh.rule(|m| match (m.from.0, m.to.0, m.number) {
        (0, 1, 8) => Verdict::Drop, // Put { key: "k", value: 8 }
        _ => Verdict::Pass,
    });
    mesh.pin("factor of 1", 4);
    picks_and_loses(peers, mesh).await;
}

#[test]
fn a_pick_of_a_shard_goes_with_a_loss() {
    check(
        "loses_and_picks",
        "loses_and_picks_pinned",
        &["2 of ", "`mesh: Mesh<Packet>`", "\"factor of 1\": "],
    );
}

#[shard_mesh::test(peers = 0..2, pinned)]
#[ignore = "fails: `a_pin_that_nobody_asks_for_fails_the_test` runs it"]
async fn pins_for_nobody(_peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    mesh.pick("stop", 0..9);
    mesh.pin("stop", 3);
}

#[test]
fn a_pin_that_nobody_asks_for_fails_the_test() {
    let page = failing("picks::pins_for_nobody");
    says(
        &page,
        &[
            "\"stop\" is pinned, but was not asked for after that: ",
            "picks.rs:",
        ],
    );
    says(&page, &["before it is asked for"]);
}

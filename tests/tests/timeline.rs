//! Timelines as they are drawn. Each picture in `tests/golden` is what a person has looked at and
//! found right: when one changes, look at it again.
//!
//! `UPDATE_GOLDEN=1 cargo test -p shard-mesh-tests --test timeline` draws them anew.

#[path = "support/golden.rs"]
mod golden;

use std::time::Duration;

use shard_mesh::{Endpoint, Mesh, ShardId, Timeline, Verdict};
use tokio::time::sleep;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Compares the pictures of a timeline with those that were found right.
#[track_caller]
fn check(name: &str, timeline: &Timeline) {
    let text = timeline.to_string();
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "a long line: {line}");
    }
    assert!(text.lines().count() <= 40, "many lines:\n{text}");
    golden::compare(&format!("{name}.txt"), &text);
    golden::compare_picture(&format!("{name}.svg"), &timeline.svg());
}

async fn send(from: &Endpoint<u64>, to: u64, what: u64) {
    from.send_segment(ShardId(to), what).await.unwrap();
}

async fn receive(shard: &Endpoint<u64>) -> u64 {
    shard.recv_segment().await.unwrap()
}

#[shard_mesh::test(leader = 0, followers = [1, 2])]
async fn three_shards(leader: Endpoint<u64>, followers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
    for n in 1..=2 {
        send(&leader, 1, n).await;
        send(&leader, 2, n).await;
        receive(&followers[0]).await;
    }
    receive(&followers[1]).await;
    sleep(ms(5)).await;
    receive(&followers[1]).await;
    send(&leader, 2, 3).await;
    check("three_shards", &mesh.timeline());
}

#[shard_mesh::test(leader = 0, followers = [1, 2], loss = 0.3)]
async fn loss(leader: Endpoint<u64>, followers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
    let rule = mesh.rule(|m| match (m.to.0, m.number) {
        (2, 2) => Verdict::Drop,
        _ => Verdict::Pass,
    });
    for n in 1..=4 {
        send(&leader, 1, n).await;
        send(&leader, 2, n).await;
        sleep(ms(1)).await;
        for follower in &followers {
            let _ = follower.try_recv_segment();
        }
    }
    drop(rule);
    check("loss", &mesh.timeline());
}

#[shard_mesh::test(peers = 0..3)]
async fn partition(peers: [Endpoint<u64>; 3], mesh: Mesh<u64>) {
    let [a, b, c] = &peers;
    send(a, 1, 1).await;
    receive(b).await;
    sleep(ms(300)).await;
    let partition = mesh.partition([0, 1], [2]);
    send(a, 2, 2).await;
    send(c, 0, 3).await;
    send(b, 0, 4).await;
    receive(a).await;
    sleep(ms(12)).await;
    let one_way = mesh.link(0, 1).cut();
    send(a, 1, 5).await;
    send(b, 0, 6).await;
    partition.heal();
    send(c, 0, 7).await;
    receive(a).await;
    receive(a).await;
    one_way.heal();
    send(a, 2, 8).await;
    receive(c).await;
    check("partition", &mesh.timeline());
}

#[shard_mesh::test(peers = 0..2)]
async fn hold(peers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
    let [a, b] = &peers;
    let link = mesh.link(0, 1);
    link.hold();
    for n in 1..=3 {
        send(a, 1, n).await;
    }
    sleep(ms(7)).await;
    link.deliver_next();
    receive(b).await;
    sleep(ms(1)).await;
    link.release();
    receive(b).await;
    receive(b).await;
    let _again = link.hold();
    send(a, 1, 4).await;
    check("hold", &mesh.timeline());
}

#[shard_mesh::test(leader = 0, followers = [1, 2], topology = duplex)]
async fn crash(leader: Endpoint<u64>, followers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
    mesh.to(2).latency(ms(5));
    send(&leader, 1, 1).await;
    send(&leader, 1, 2).await;
    send(&leader, 2, 1).await;
    mesh.crash(1);
    sleep(ms(2)).await;
    mesh.crash(2);
    sleep(ms(1)).await;
    let follower = mesh.restart(1);
    send(&leader, 1, 3).await;
    receive(&follower).await;
    mesh.pause(1);
    send(&leader, 1, 4).await;
    sleep(ms(1)).await;
    mesh.resume(1);
    receive(&follower).await;
    drop(followers);
    drop(follower);
    check("crash", &mesh.timeline());
}

#[shard_mesh::test(peers = 0..3)]
async fn duplicate(peers: [Endpoint<u64>; 3], mesh: Mesh<u64>) {
    let [a, b, c] = &peers;
    mesh.all().duplicate(1.0);
    send(a, 1, 1).await;
    receive(b).await;
    receive(b).await;
    mesh.to(2).latency(ms(1)..ms(9));
    send(a, 2, 2).await;
    send(b, 2, 3).await;
    for _ in 0..4 {
        receive(c).await;
    }
    check("duplicate", &mesh.timeline());
}

#[shard_mesh::test(peers = 0..2, reorder = 0.5)]
async fn reorder(peers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
    let [a, b] = &peers;
    for n in 1..=8 {
        send(a, 1, n).await;
    }
    for _ in 1..=8 {
        receive(b).await;
    }
    check("reorder", &mesh.timeline());
}

#[shard_mesh::test(peers = 0..3, latency = "2ms..9ms")]
async fn latency(peers: [Endpoint<u64>; 3], mesh: Mesh<u64>) {
    let [a, b, c] = &peers;
    for n in 1..=3 {
        send(a, 1, n).await;
        send(a, 2, n).await;
        send(b, 0, n).await;
        sleep(ms(1)).await;
    }
    for _ in 1..=3 {
        receive(c).await;
        receive(b).await;
        receive(a).await;
    }
    send(c, 0, 1).await;
    check("latency", &mesh.timeline());
}

#[shard_mesh::test(peers = 0..8)]
async fn eight_shards(peers: Vec<Endpoint<u64>>, mesh: Mesh<u64>) {
    for round in 1..=2 {
        for (from, peer) in (0..).zip(&peers) {
            let to = (from + 3 * round) % 8;
            send(peer, to, round).await;
            receive(&peers[usize::try_from(to).unwrap()]).await;
        }
        sleep(ms(50)).await;
    }
    mesh.isolate(1);
    send(&peers[1], 6, 3).await;
    send(&peers[7], 2, 3).await;
    for n in 1..=5 {
        send(&peers[3], 4, n).await;
    }
    check("eight_shards", &mesh.timeline());
}

#[shard_mesh::test(leader = 0, followers = 1..50, topology = duplex)]
async fn fifty_shards(leader: Endpoint<u64>, followers: Vec<Endpoint<u64>>, mesh: Mesh<u64>) {
    for round in 1..=2 {
        for (to, follower) in (1..).zip(&followers) {
            send(&leader, to, round).await;
            receive(follower).await;
            send(follower, 0, round).await;
        }
        sleep(ms(10)).await;
        for _ in &followers {
            receive(&leader).await;
        }
    }
    mesh.crash(17);
    check("fifty_shards", &mesh.timeline());
}

#[shard_mesh::test(peers = [7])]
async fn one_shard(alone: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.pause(7);
    sleep(ms(1)).await;
    mesh.resume(7);
    drop(alone);
    check("one_shard", &mesh.timeline());
}

#[shard_mesh::test(peers = [0, 1])]
async fn nothing(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    check("nothing", &mesh.timeline());
}

#[shard_mesh::test(leader = 0, followers = [1, 2])]
async fn a_long_run(leader: Endpoint<u64>, followers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
    for n in 1..=60 {
        for follower in &followers {
            send(&leader, follower.local_shard().0, n).await;
            receive(follower).await;
        }
        sleep(ms(100)).await;
    }
    for n in 1..=100 {
        send(&leader, 1, n).await;
    }
    check("a_long_run", &mesh.timeline());
}

#[shard_mesh::test(peers = 0..3)]
async fn notes(peers: [Endpoint<u64>; 3], mesh: Mesh<u64>) {
    let [a, b, c] = &peers;
    mesh.note(a, "leads term 1");
    send(a, 1, 1).await;
    receive(b).await;
    mesh.note(b, "follows 0");
    sleep(ms(2)).await;
    send(c, 1, 2).await;
    mesh.note(
        c,
        "leads term 2, which nobody else knows of yet, as the vote of shard 0 is lost",
    );
    mesh.note(
        b,
        format_args!("votes for {}\nin term {}", c.local_shard(), 2),
    );
    receive(b).await;
    check("notes", &mesh.timeline());
}

#[shard_mesh::test(peers = 0..2)]
async fn a_mesh_keeps_so_many_notes(_peers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
    mesh.note(0, "a".repeat(1_000));
    let [note] = &mesh.timeline().events().to_vec()[..] else {
        panic!("{}", mesh.timeline());
    };
    assert_eq!(
        note.kind.to_string(),
        format!("shard 0: {}…", "a".repeat(160))
    );
    for n in 0..10_100 {
        mesh.note(1, n);
    }
    let timeline = mesh.timeline();
    let told = timeline.events().iter().map(|it| it.kind.to_string());
    assert!(!told.into_iter().any(|it| it == "shard 1: 10001"));
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic = "shard 9 was never created"]
async fn a_note_of_nobody(_peers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
    mesh.note(9, "who?");
}

#[shard_mesh::test(leader = 0, followers = [1, 2])]
async fn refused(leader: Endpoint<u64>, followers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
    send(&leader, 1, 1).await;
    let [mut first, second] = followers;
    receive(&first).await;
    second.send_segment(ShardId(0), 1).await.unwrap_err();
    drop(second);
    for n in 2..=4 {
        leader.send_segment(ShardId(2), n).await.unwrap_err();
    }
    sleep(ms(1)).await;
    leader.send_segment(ShardId(2), 5).await.unwrap_err();
    mesh.crash(1);
    first = mesh.restart(1);
    first.send_segment(ShardId(1), 6).await.unwrap_err();
    assert_eq!(mesh.stats().link(0, 2).refused, 4);
    check("refused", &mesh.timeline());
}

/// A reader of JSON, as strict as any tool: the text of what it is, and what follows.
fn json(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(' ');
    let list = |text: &str, close: char, item: fn(&str) -> Option<&str>| -> Option<usize> {
        let mut rest = text.get(1..)?;
        if let Some(rest) = rest.strip_prefix(close) {
            return Some(text.len() - rest.len());
        }
        loop {
            rest = item(rest)?;
            match rest.chars().next()? {
                ',' => rest = &rest[1..],
                c if c == close => return Some(text.len() - rest.len() + 1),
                _ => return None,
            }
        }
    };
    let end = match text.chars().next()? {
        '{' => list(text, '}', |pair| json(json(pair)?.strip_prefix(':')?))?,
        '[' => list(text, ']', json)?,
        '"' => {
            let mut end = 1;
            loop {
                match text.get(end..)?.chars().next()? {
                    '"' => break end + 1,
                    '\\' if text.get(end + 1..)?.starts_with('u') => end += 6,
                    '\\' => end += 2,
                    c if c < ' ' => return None,
                    c => end += c.len_utf8(),
                }
            }
        }
        _ => text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len(),
    };
    (end > 0).then(|| &text[end..])
}

#[shard_mesh::test(peers = 0..3, loss = 0.5, duplicate = 0.5, reorder = 0.5)]
async fn every_line_of_json_is_an_object(peers: [Endpoint<u64>; 3], mesh: Mesh<u64>) {
    let [a, b, c] = &peers;
    mesh.all().latency(ms(1)..ms(3));
    mesh.note(0, "a \"quote\", a \\ and a 🦀\t");
    for n in 0..20 {
        send(a, 1, n).await;
        send(b, 2, n).await;
    }
    sleep(ms(5)).await;
    let hold = mesh.link(0, 2).hold();
    let cut = mesh.partition([1], [2]);
    send(a, 2, 1).await;
    send(b, 2, 1).await;
    while b.try_recv_segment().is_ok() {}
    mesh.clock(1).ahead(ms(7));
    mesh.pause(2);
    mesh.resume(2);
    hold.heal();
    cut.heal();
    mesh.crash(2);
    mesh.restart(2);
    a.send_segment(ShardId(0), 1).await.unwrap_err();
    drop(c.clone());
    let timeline = mesh.timeline();
    let lines = timeline.to_ndjson();
    assert_eq!(lines.lines().count(), timeline.events().len());
    for line in lines.lines() {
        assert_eq!(json(line), Some(""), "{line}");
        assert!(line.starts_with(r#"{"v":1,"at_ms":"#), "{line}");
    }
    for event in [
        "sent",
        "lost",
        "held",
        "duplicated",
        "reordered",
        "arrived",
        "received",
        "crashed",
        "restarted",
        "paused",
        "resumed",
        "clock_set",
        "fault_began",
        "fault_ended",
        "refused",
        "noted",
    ] {
        let told = format!(r#""event":"{event}""#);
        assert!(lines.contains(&told), "no {event} in\n{lines}");
    }
}

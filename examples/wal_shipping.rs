//! A leader ships its write-ahead log, a real file cut into segments, to followers that rebuild it
//! byte for byte.
//!
//! Learn from it: the system under test (`ship`, `follow`) is written against endpoints and knows
//! nothing of the mesh; the test plays the network. It leans on three promises: order per link (a
//! follower just appends), backpressure (with `capacity = 4` the leader is never more than four
//! segments ahead of a follower), and closing (a follower is done when the leader is gone).
//!
//! `cargo run --example wal_shipping`

use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use shard_mesh::{Endpoint, Mesh, ShardId, WalSegmentPayload};
use tempfile::TempDir;

/// A segment is sealed when it holds this many bytes or more.
const SEAL_AT: usize = 512;

/// Writes a log of `records` records, a line each, as a key-value store would.
fn write_log(path: &Path, records: u64) -> io::Result<()> {
    let mut log = File::create(path)?;
    for sequence in 1..=records {
        writeln!(
            log,
            "{sequence} put key-{} value-{}",
            sequence % 17,
            sequence * sequence
        )?;
    }
    Ok(())
}

/// Cuts a log into segments, each of whole records: their sequence numbers and their bytes.
fn cut(log: &Bytes) -> Vec<(RangeInclusive<u64>, Bytes)> {
    let mut segments = Vec::new();
    let (mut start, mut end, mut first, mut last) = (0, 0, 1, 0);
    for record in log.split_inclusive(|&byte| byte == b'\n') {
        end += record.len();
        last += 1;
        if end - start >= SEAL_AT || end == log.len() {
            segments.push((first..=last, log.slice(start..end)));
            (start, first) = (end, last + 1);
        }
    }
    segments
}

/// The leader: sends every segment of its log to every follower. Returns how many there were.
async fn ship(leader: Endpoint, log: PathBuf, followers: Vec<ShardId>) -> io::Result<u64> {
    let log = Bytes::from(fs::read(log)?);
    let mut number = 0;
    for (sequence, data) in cut(&log) {
        number += 1;
        let segment =
            WalSegmentPayload::new(leader.local_shard(), number, data).with_sequence(sequence);
        for &follower in &followers {
            leader
                .send_segment(follower, segment.clone())
                .await
                .map_err(io::Error::other)?;
        }
    }
    Ok(number)
}

/// A follower: appends what arrives to its own copy, until the leader is gone. Returns the last
/// sequence number that it holds.
async fn follow(follower: Endpoint, copy: PathBuf) -> io::Result<u64> {
    let mut copy = File::create(copy)?;
    let mut applied = 0;
    while let Some(segment) = follower.recv_segment().await {
        assert_eq!(*segment.sequence().start(), applied + 1, "a gap in the log");
        copy.write_all(segment.data())?;
        applied = *segment.sequence().end();
    }
    Ok(applied)
}

fn copy_of(dir: &TempDir, shard: ShardId) -> PathBuf {
    dir.path().join(format!("shard-{shard}.wal"))
}

#[shard_mesh::test(leader = 0, followers = 1..=3, capacity = 4)]
async fn every_follower_rebuilds_the_log(
    leader: Endpoint,
    followers: Vec<Endpoint>,
    mesh: Mesh,
) -> io::Result<()> {
    let dir = tempfile::tempdir()?;
    let log = copy_of(&dir, leader.local_shard());
    write_log(&log, 1000)?;

    let ids: Vec<_> = followers
        .iter()
        .map(|follower| follower.local_shard())
        .collect();
    let shipper = tokio::spawn(ship(leader, log.clone(), ids.clone()));
    let copies: Vec<_> = followers
        .into_iter()
        .map(|follower| {
            let copy = copy_of(&dir, follower.local_shard());
            tokio::spawn(follow(follower, copy))
        })
        .collect();

    let shipped = shipper.await??;
    for (copy, id) in copies.into_iter().zip(ids) {
        assert_eq!(copy.await??, 1000);
        assert_eq!(fs::read(copy_of(&dir, id))?, fs::read(&log)?);
        assert_eq!(mesh.stats().link(0, id).delivered, shipped);
    }
    Ok(())
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 4)]
async fn the_leader_waits_for_a_slow_follower(leader: Endpoint, follower: Endpoint, mesh: Mesh) {
    let dir = tempfile::tempdir().unwrap();
    let log = copy_of(&dir, leader.local_shard());
    write_log(&log, 1000).unwrap();

    let shipper = tokio::spawn(ship(leader, log, vec![follower.local_shard()]));
    follower.recv_segment().await.unwrap();
    tokio::task::yield_now().await;
    assert_eq!(mesh.stats().link(0, &follower).waiting, 4);
    drop(follower);
    assert!(shipper.await.unwrap().is_err(), "nobody is left to ship to");
}

#[test]
fn segments_hold_whole_records_and_make_up_the_log() {
    let log: Bytes = (0..100)
        .flat_map(|n| format!("record {n}\n").into_bytes())
        .collect();
    let segments = cut(&log);
    let joined: Vec<u8> = segments
        .iter()
        .flat_map(|(_, data)| data.to_vec())
        .collect();
    assert_eq!(joined, log);
    assert_eq!(segments.last().unwrap().0.end(), &100);
    assert!(segments.iter().all(|(_, data)| data.ends_with(b"\n")));
}

#[shard_mesh::shard_mesh(leader = 0, followers = 1..=3, capacity = 4)]
async fn main(leader: Endpoint, followers: Vec<Endpoint>, mesh: Mesh) -> io::Result<()> {
    let dir = tempfile::tempdir()?;
    let log = copy_of(&dir, leader.local_shard());
    write_log(&log, 1000)?;
    println!(
        "leader 0 holds a log of 1000 records, {} bytes",
        fs::metadata(&log)?.len()
    );

    let ids = followers
        .iter()
        .map(|follower| follower.local_shard())
        .collect();
    let shipper = tokio::spawn(ship(leader, log.clone(), ids));
    let mut copies = Vec::new();
    for follower in followers {
        let id = follower.local_shard();
        copies.push((id, tokio::spawn(follow(follower, copy_of(&dir, id)))));
    }

    println!("it was shipped as {} segments", shipper.await??);
    for (id, copy) in copies {
        let applied = copy.await??;
        let same = fs::read(copy_of(&dir, id))? == fs::read(&log)?;
        let verdict = if same {
            "byte for byte the leader's"
        } else {
            "NOT the leader's"
        };
        println!("follower {id} applied 1..={applied}; its copy is {verdict}");
    }
    println!("\n{}", mesh.stats());
    Ok(())
}

//! Who is in the mesh: leaders and followers, or peers; and clients beside them.

use std::collections::BTreeSet;
use std::slice::SliceIndex;

use proc_macro2::Span;
use syn::Error;

use crate::attribute::args::ids::Ids;
use crate::attribute::args::numbers::grouped;
use crate::attribute::args::{Arg, Args};
use crate::attribute::base::mistakes::Mistakes;
use crate::attribute::base::run::{Limits, Run, runs};

/// More would be more than a test can mean, and the expansion lists them.
const MOST: u128 = 4_096;

/// No shard is in it twice.
#[derive(Default)]
pub(crate) struct Shards {
    /// In the order in which parameters take them: leaders, then followers; or peers; then clients.
    pub(crate) ids: Vec<u64>,
    /// How many of them are no clients.
    pub(crate) served: usize,
    /// How many of them lead, unless they are peers.
    pub(crate) leaders: Option<usize>,
    /// How their ranges are written, if there is one.
    limits: Option<Limits>,
}

impl Shards {
    /// All but the clients.
    pub(crate) fn served(&self) -> &[u64] {
        &self.ids[..self.served]
    }

    pub(crate) fn runs(&self, places: impl SliceIndex<[u64], Output = [u64]>) -> Vec<Run> {
        runs(&self.ids[places], self.limits)
    }

    /// The shards, unless there is a mistake among them.
    pub(crate) fn check(args: &Args, mistakes: &mut Mistakes) -> Option<Self> {
        let mut found = Mistakes::default();
        let given = given(args, &mut found);
        if counted(&given, &mut found) {
            none_twice(&given, &mut found);
        }
        if let Some(errors) = found.into_error() {
            mistakes.add(errors);
            return None;
        }
        let mut shards = Self::default();
        for arg in given {
            let ids = arg.value.as_ref()?;
            shards.ids.extend(ids.to_vec());
            if let Ids::Range(.., limits) = ids {
                shards.limits = Some(*limits);
            }
            if args
                .clients
                .as_ref()
                .is_some_and(|clients| std::ptr::eq(clients, arg))
            {
                continue;
            }
            shards.served = shards.ids.len();
            if args.peers.is_none() {
                shards.leaders.get_or_insert(shards.ids.len());
            }
        }
        Some(shards)
    }
}

/// The arguments that say who is in the mesh: that of the leaders and that of the followers, or that of
/// the peers; and that of the clients.
fn given<'a>(args: &'a Args, mistakes: &mut Mistakes) -> Vec<&'a Arg<Ids>> {
    let (leaders, followers) = (args.leaders.as_ref(), args.followers.as_ref());
    let (mut leader, mut peers) = (args.leader.as_ref(), args.peers.as_ref());
    if let (Some(_), Some(leaders)) = (leader, leaders) {
        let message =
            "`leader` and `leaders` exclude each other: name all of them in `leaders = [0, 1]`";
        mistakes.at(&leaders.name, message);
        leader = None;
    }
    if let (Some(excluded), Some(other)) = (peers, leader.or(leaders).or(followers)) {
        let message = format!(
            "`peers` and `{}` exclude each other: shards have roles or they are peers, remove one",
            other.name,
        );
        mistakes.at(&excluded.name, message);
        peers = None;
    } else if let (None, Some(followers)) = (leader.or(leaders), followers) {
        let message = "there is no leader to follow: \
                       add `leader = 0`, or use `peers` for shards without roles";
        mistakes.at(&followers.name, message);
    }
    let given = [leader, leaders, followers, peers].into_iter().flatten();
    let mut given: Vec<_> = given.collect();
    match &args.clients {
        Some(clients) if given.is_empty() => {
            let message = "there is nobody whose clients these are: \
                           add `peers = [0, 1, 2]`, or `leader = 0, followers = [1, 2]`";
            mistakes.at(&clients.name, message);
        }
        None if given.is_empty() => mistakes.add(empty_mesh(args)),
        clients => given.extend(clients),
    }
    given
}

fn empty_mesh(args: &Args) -> Error {
    let Some(links) = &args.links else {
        let message =
            "the mesh is empty: add `leader = 0, followers = [1, 2]`, or `peers = [0, 1, 2]`";
        return Error::new(Span::call_site(), message);
    };
    let pairs = links.value.iter().flatten();
    let ids: BTreeSet<u64> = pairs
        .flat_map(|link| [link.from.value, link.to.value])
        .collect();
    let ids: Vec<_> = ids.iter().map(u64::to_string).collect();
    let ids = match &*ids {
        [] => "0, 1, 2".to_owned(),
        ids => ids.join(", "),
    };
    let message = format!("`links` declares no shards: add `peers = [{ids}]`");
    Error::new_spanned(&links.name, message)
}

/// Whether there are as many shards as a mesh may have.
fn counted(given: &[&Arg<Ids>], mistakes: &mut Mistakes) -> bool {
    let count = |arg: &&Arg<Ids>| arg.value.as_ref().map(Ids::count);
    for empty in given.iter().filter(|arg| count(arg) == Some(0)) {
        let name = &empty.name;
        let message =
            format!("there is no shard in `{name}`: name at least one, or remove the argument");
        mistakes.at(&empty.written, message);
    }
    let total: u128 = given.iter().filter_map(count).sum();
    if let (Some(largest), true) = (given.iter().max_by_key(|arg| count(arg)), total > MOST) {
        let (most, total) = (grouped(MOST), grouped(total));
        let message =
            format!("a mesh has at most {most} shards, this one has {total}: write fewer");
        mistakes.at(&largest.written, message);
    }
    total <= MOST
}

fn none_twice(given: &[&Arg<Ids>], mistakes: &mut Mistakes) {
    let mut before = BTreeSet::new();
    for arg in given {
        let why = if arg.name == "clients" {
            "is in the mesh already, and a client is beside the others"
        } else {
            "is a leader already, it cannot follow as well"
        };
        let twice = |id: u64| format!("shard {id} {why}: remove it from one of them");
        let mut seen = BTreeSet::new();
        match &arg.value {
            Some(Ids::List(ids)) => {
                for id in ids {
                    let shard = id.value;
                    if !seen.insert(shard) {
                        let message = format!("shard {shard} is listed twice: remove one");
                        mistakes.at(&id.literal, message);
                    } else if before.contains(&shard) {
                        mistakes.at(&id.literal, twice(shard));
                    }
                }
            }
            Some(range) => {
                seen.extend(range.to_vec());
                // One word about a range is enough, however many leaders are in it.
                if let Some(first) = seen.intersection(&before).next() {
                    mistakes.at(&arg.written, twice(*first));
                }
            }
            None => {}
        }
        before.extend(seen);
    }
}

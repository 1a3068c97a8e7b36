//! Who is in the mesh: leaders and followers, or peers.

use std::collections::BTreeSet;

use proc_macro2::Span;
use syn::Error;

use crate::attribute::args::ids::Ids;
use crate::attribute::args::numbers::grouped;
use crate::attribute::args::{Arg, Args};
use crate::attribute::base::mistakes::Mistakes;
use crate::attribute::base::run::Run;

/// More would be more than a test can mean, and the expansion lists them.
const MOST: u128 = 4_096;

/// No shard is in it twice.
pub(crate) struct Shards {
    /// Leaders, and then followers if there are any; or peers.
    pub(crate) runs: Vec<Run>,
    pub(crate) roles: bool,
}

impl Shards {
    /// In the order in which parameters take them.
    pub(crate) fn ids(&self) -> Vec<u64> {
        self.runs.iter().flat_map(Run::ids).collect()
    }

    /// Whether shard number `at` in this order is a leader; nothing where there are no roles.
    pub(crate) fn leads(&self, at: usize) -> Option<bool> {
        self.roles.then_some((at as u128) < self.runs[0].count())
    }

    /// What all shards but the first `n` are called together.
    pub(crate) fn called(&self, n: usize) -> &'static str {
        match self.leads(n) {
            None => "peers",
            Some(false) => "followers",
            Some(true) if self.runs.len() == 1 => "leaders",
            Some(true) => "shards",
        }
    }

    /// The shards, unless there is a mistake among them.
    pub(crate) fn check(args: &Args, mistakes: &mut Mistakes) -> Option<Self> {
        let mut found = Mistakes::default();
        let given = given(args, &mut found);
        not_empty(&given, &mut found);
        if not_too_many(&given, &mut found) {
            none_twice(&given, &mut found);
        }
        if let Some(errors) = found.into_error() {
            mistakes.add(errors);
            return None;
        }
        let runs = given.iter().map(|arg| arg.value.as_ref()?.to_run());
        Some(Self {
            runs: runs.collect::<Option<_>>()?,
            roles: args.peers.is_none(),
        })
    }
}

/// The arguments that say who is in the mesh: that of the leaders and that of the followers, or that of
/// the peers.
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
    let given: Vec<_> = [leader, leaders, followers, peers]
        .into_iter()
        .flatten()
        .collect();
    if given.is_empty() {
        mistakes.add(empty_mesh(args));
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

fn not_empty(given: &[&Arg<Ids>], mistakes: &mut Mistakes) {
    for Arg {
        name,
        written,
        value,
    } in given
    {
        if value.as_ref().is_some_and(|ids| ids.count() == 0) {
            let message =
                format!("there is no shard in `{name}`: name at least one, or remove the argument");
            mistakes.at(written, message);
        }
    }
}

fn not_too_many(given: &[&Arg<Ids>], mistakes: &mut Mistakes) -> bool {
    let count = |arg: &&Arg<Ids>| arg.value.as_ref().map_or(0, Ids::count);
    let total: u128 = given.iter().map(count).sum();
    if let Some(largest) = given
        .iter()
        .max_by_key(|arg| count(arg))
        .filter(|_| total > MOST)
    {
        let (most, total) = (grouped(MOST), grouped(total));
        let message =
            format!("a mesh has at most {most} shards, this one has {total}: write fewer");
        mistakes.at(&largest.written, message);
    }
    total <= MOST
}

fn none_twice(given: &[&Arg<Ids>], mistakes: &mut Mistakes) {
    let mut leaders = BTreeSet::new();
    for arg in given {
        let mut seen = BTreeSet::new();
        match &arg.value {
            Some(Ids::List(ids)) => {
                for id in ids {
                    let shard = id.value;
                    if !seen.insert(shard) {
                        mistakes.at(id, format!("shard {shard} is listed twice: remove one"));
                    } else if leaders.contains(&shard) {
                        mistakes.at(id, follows_and_leads(shard));
                    }
                }
            }
            Some(Ids::Range(Some(range))) => {
                seen.extend(range.ids());
                // One word about a range is enough, however many leaders are in it.
                if let Some(first) = seen.intersection(&leaders).next() {
                    mistakes.at(&arg.written, follows_and_leads(*first));
                }
            }
            Some(Ids::Range(None)) | None => {}
        }
        leaders = seen;
    }
}

fn follows_and_leads(id: u64) -> String {
    format!("shard {id} is a leader already, it cannot follow as well: remove it from one of them")
}

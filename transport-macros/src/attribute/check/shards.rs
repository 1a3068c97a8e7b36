//! Who is in the mesh: leaders and followers, or peers.

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
pub(crate) enum Shards {
    Roles {
        leaders: Run,
        followers: Option<Run>,
    },
    Peers(Run),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Leader,
    Follower,
    Peer,
}

/// Ids that were given a role.
struct Given<'a> {
    role: Role,
    arg: &'a Arg<Ids>,
}

impl Shards {
    /// Leaders, then followers; or peers.
    pub(crate) fn runs(&self) -> Vec<Run> {
        match self {
            Self::Roles { leaders, followers } => {
                let mut runs = vec![leaders.clone()];
                runs.extend(followers.clone());
                runs
            }
            Self::Peers(peers) => vec![peers.clone()],
        }
    }

    /// In the order in which parameters take them.
    pub(crate) fn ids(&self) -> Vec<u64> {
        let mut ids = Vec::new();
        for run in self.runs() {
            ids.extend(run.ids());
        }
        ids
    }

    /// What all shards but the first `n` are called together.
    pub(crate) fn called(&self, n: usize) -> &'static str {
        match self {
            Self::Roles { leaders, .. } if n as u128 >= leaders.count() => "followers",
            Self::Roles {
                followers: None, ..
            } => "leaders",
            Self::Roles { .. } => "shards",
            Self::Peers(_) => "peers",
        }
    }

    /// Whether the shard at this place in the order is a leader; nothing where there are no roles.
    pub(crate) fn leads(&self, at: usize) -> Option<bool> {
        match self {
            Self::Roles { leaders, .. } => Some((at as u128) < leaders.count()),
            Self::Peers(_) => None,
        }
    }

    /// The shards, unless there is a mistake among them.
    pub(crate) fn check(args: &Args, mistakes: &mut Mistakes) -> Option<Self> {
        let mut found = Mistakes::default();
        let given = roles(args, &mut found);
        not_empty(&given, &mut found);
        if not_too_many(&given, &mut found) {
            none_twice(&given, &mut found);
        }
        if let Some(errors) = found.into_error() {
            mistakes.add(errors);
            return None;
        }
        from_roles(&given)
    }
}

fn from_roles(given: &[Given<'_>]) -> Option<Shards> {
    let run = |given: &Given<'_>| given.arg.value.as_ref()?.to_run();
    match given {
        [peers] if peers.role == Role::Peer => Some(Shards::Peers(run(peers)?)),
        [leaders] => Some(Shards::Roles {
            leaders: run(leaders)?,
            followers: None,
        }),
        [leaders, followers] => Some(Shards::Roles {
            leaders: run(leaders)?,
            followers: Some(run(followers)?),
        }),
        _ => None,
    }
}

/// Which arguments say who is in the mesh, and whether they go together.
fn roles<'a>(args: &'a Args, mistakes: &mut Mistakes) -> Vec<Given<'a>> {
    let given = |role: Role, arg: &'a Option<Arg<Ids>>| arg.as_ref().map(|arg| Given { role, arg });
    let mut leader = given(Role::Leader, &args.leader);
    let leaders = given(Role::Leader, &args.leaders);
    let followers = given(Role::Follower, &args.followers);
    let mut peers = given(Role::Peer, &args.peers);

    if let (Some(_), Some(leaders)) = (&leader, &leaders) {
        mistakes.at(
            &leaders.arg.name,
            "`leader` and `leaders` exclude each other: name all of them in `leaders = [0, 1]`",
        );
        leader = None;
    }
    let with_role = leader.as_ref().or(leaders.as_ref()).or(followers.as_ref());
    if let (Some(excluded), Some(other)) = (&peers, with_role) {
        mistakes.at(
            &excluded.arg.name,
            format!(
                "`peers` and `{}` exclude each other: \
                 shards have roles or they are peers, remove one",
                other.arg.name,
            ),
        );
        peers = None;
    } else if let (None, None, Some(followers)) = (&leader, &leaders, &followers) {
        mistakes.at(
            &followers.arg.name,
            "there is no leader to follow: \
             add `leader = 0`, or use `peers` for shards without roles",
        );
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
        return Error::new(
            Span::call_site(),
            "the mesh is empty: add `leader = 0, followers = [1, 2]`, or `peers = [0, 1, 2]`",
        );
    };
    let mut ids: Vec<u64> = Vec::new();
    for link in links.value.iter().flatten() {
        for id in [link.from.value, link.to.value] {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    let ids = if ids.is_empty() {
        "0, 1, 2".to_owned()
    } else {
        let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
        ids.join(", ")
    };
    Error::new_spanned(
        &links.name,
        format!("`links` declares no shards: add `peers = [{ids}]`"),
    )
}

fn not_empty(given: &[Given<'_>], mistakes: &mut Mistakes) {
    for Given { arg, .. } in given {
        if arg.value.as_ref().is_some_and(|ids| ids.count() == 0) {
            let name = &arg.name;
            mistakes.at(
                &arg.written,
                format!("there is no shard in `{name}`: name at least one, or remove the argument"),
            );
        }
    }
}

fn not_too_many(given: &[Given<'_>], mistakes: &mut Mistakes) -> bool {
    let count = |given: &Given<'_>| given.arg.value.as_ref().map_or(0, Ids::count);
    let total: u128 = given.iter().map(count).sum();
    if total <= MOST {
        return true;
    }
    let (most, total) = (grouped(MOST), grouped(total));
    if let Some(largest) = given.iter().max_by_key(|given| count(given)) {
        mistakes.at(
            &largest.arg.written,
            format!("a mesh has at most {most} shards, this one has {total}: write fewer"),
        );
    }
    false
}

fn none_twice(given: &[Given<'_>], mistakes: &mut Mistakes) {
    let mut leaders: Option<Run> = None;
    for Given { role, arg } in given {
        let leads = |id: u64| leaders.as_ref().is_some_and(|leaders| leaders.contains(id));
        match &arg.value {
            Some(Ids::List(ids)) => {
                for (at, id) in ids.iter().enumerate() {
                    let id_value = id.value;
                    if ids[..at].iter().any(|before| before.value == id_value) {
                        let message = format!("shard {id_value} is listed twice: remove one");
                        mistakes.at(id, message);
                    } else if leads(id_value) {
                        mistakes.at(id, follows_and_leads(id_value));
                    }
                }
            }
            // One word about a range is enough, however many leaders are in it.
            Some(Ids::Range(Some(range))) => {
                let leaders = leaders.as_ref().map(Run::ids).unwrap_or_default();
                let first = leaders.into_iter().filter(|id| range.contains(*id)).min();
                if let Some(first) = first {
                    mistakes.at(&arg.written, follows_and_leads(first));
                }
            }
            Some(Ids::Range(None)) | None => {}
        }
        if *role == Role::Leader {
            leaders = arg.value.as_ref().and_then(Ids::to_run);
        }
    }
}

fn follows_and_leads(id: u64) -> String {
    format!("shard {id} is a leader already, it cannot follow as well: remove it from one of them")
}

//! Which parameter of the test takes which shards.

use std::ops::Range;

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Error, FnArg, Pat, PatType, Signature, Type};

use super::shards::Shards;
use super::types::{Asks, List, asks, is_endpoint, mentions_dyn, place};
use crate::attribute::base::hygiene::hygienic_at;
use crate::attribute::base::inner::inner_type;
use crate::attribute::base::mistakes::Mistakes;
use crate::attribute::base::run::Run;
use crate::attribute::base::tokens::refuse;

/// A range of more ids than these is not written out, but stays a range.
const FEW: u64 = 16;

/// What may have become of parameters that were there.
const TAKEN_AWAY: &str = "; if an attribute above this one took the parameters away: `#[serial]` goes below, \
     below `#[rstest]` each parameter that takes shards needs `#[ignore]`, \
     and `#[rstest]` with `#[case]` goes in place of `#[test_case]`";

/// A parameter of the test, and what it is called with.
pub(crate) struct Parameter {
    pub(crate) takes: Takes,
    /// For names of the macro's own that stand where the type of the parameter does: rustc underlines
    /// the user's type when the argument does not fit it.
    pub(crate) ty: Span,
}

pub(crate) enum Takes {
    Shard(u64),
    List(List, Vec<u64>),
    /// A `Vec` of more shards than a person would write out.
    Collected {
        runs: Vec<Run>,
        of_dyn: bool,
    },
    Mesh,
}

/// What each parameter takes. Each shard is taken, and by one parameter only.
pub(crate) fn check(
    shards: &Shards,
    signature: &Signature,
    mistakes: &mut Mistakes,
) -> Option<Vec<Parameter>> {
    let written = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    });
    let written: Vec<&PatType> = written.collect();
    let mut dealer = Dealer {
        shards,
        taken: 0,
        mesh_taken: false,
        greedy: None,
    };
    let mut parameters = Vec::new();
    for (at, PatType { pat, ty, .. }) in written.iter().enumerate() {
        let first = dealer.taken;
        let dealt = dealer.deal(ty, &written[at..]);
        let takes = mistakes.sift(dealt.or_else(|message| refuse(inner_type(ty), message)))?;
        let named = is_named_well(pat, first..dealer.taken, shards);
        mistakes.sift(named.or_else(|message| refuse(pat, message)))?;
        let ty = hygienic_at(place(ty));
        parameters.push(Parameter { takes, ty });
    }
    if dealer.left().is_empty() {
        return Some(parameters);
    }
    let mut message = nobody_takes(dealer.left(), shards.ids.len());
    if written.is_empty() {
        message += TAKEN_AWAY;
    }
    mistakes.add(Error::new(signature.paren_token.span.join(), message));
    None
}

/// Hands out the shards from left to right.
struct Dealer<'a> {
    shards: &'a Shards,
    /// How many of the shards are taken.
    taken: usize,
    mesh_taken: bool,
    /// A list that took all that was left: how many these were, and of which type.
    greedy: Option<(usize, &'a Type)>,
}

impl<'a> Dealer<'a> {
    fn left(&self) -> &'a [u64] {
        &self.shards.ids[self.taken..]
    }

    /// Where what a list takes ends: before the clients, or with them.
    fn end_of_group(&self) -> usize {
        if self.taken < self.shards.served {
            self.shards.served
        } else {
            self.shards.ids.len()
        }
    }

    /// What the first of `parameters` takes, which is of type `ty`.
    fn deal(&mut self, ty: &'a Type, parameters: &[&PatType]) -> Result<Takes, String> {
        self.leaves_some(parameters)?;
        let (all, left) = (number(self.shards.ids.len()), self.left().len());
        match asks(ty) {
            Asks::One | Asks::Mesh if left == 0 => {
                if self.mesh_taken || is_endpoint(ty) {
                    return Err(format!(
                        "the mesh has {all}, and one parameter more is the `Mesh`: \
                         remove this one, or add a shard"
                    ));
                }
                self.mesh_taken = true;
                Ok(Takes::Mesh)
            }
            Asks::One => Ok(Takes::Shard(self.take(1)[0])),
            Asks::Next(0) => Err("an array of no shards: remove this parameter".to_owned()),
            Asks::Next(n) if n <= left => Ok(Takes::List(List::Array, self.take(n))),
            Asks::Next(n) => Err(too_long(n, self.left())),
            Asks::All(..) if left == 0 => Err(format!(
                "no shard is left to take, the mesh has {all}: \
                 remove this parameter, or add shards"
            )),
            Asks::All(list, element) => {
                let (end, all) = (self.end_of_group(), self.shards.ids.len());
                self.greedy = (end == all).then_some((left, element));
                Ok(self.take_all(list, element, end))
            }
            Asks::Mesh => Err(format!(
                "the `Mesh` comes last: first add a parameter for {}",
                listed(self.left())
            )),
        }
    }

    /// Whether the first of `parameters` asks for no shard behind a list that took all of them.
    fn leaves_some(&self, parameters: &[&PatType]) -> Result<(), String> {
        let Some((taken, element)) = self.greedy else {
            return Ok(());
        };
        let wanted = |parameter: &&PatType| match asks(&parameter.ty) {
            Asks::Next(n) => n,
            Asks::All(..) => 1,
            _ if is_endpoint(&parameter.ty) || text(&parameter.ty) == text(element) => 1,
            Asks::One | Asks::Mesh => 0,
        };
        if parameters.first().map(wanted) == Some(0) {
            return Ok(());
        }
        let (all, element) = (number(taken), text(element));
        let wanted = parameters.iter().map(wanted).fold(0, usize::saturating_add);
        let instead = match taken.checked_sub(wanted) {
            None | Some(0) => "add shards".to_owned(),
            Some(1) => format!("write `{element}` there"),
            Some(rest) => format!("write `[{element}; {rest}]` there"),
        };
        Err(format!(
            "no shard is left for this parameter, the list before it takes {all}: \
             {instead}, or remove this parameter"
        ))
    }

    fn take(&mut self, n: usize) -> Vec<u64> {
        let ids = self.left()[..n].to_vec();
        self.taken += n;
        ids
    }

    fn take_all(&mut self, list: List, element: &Type, end: usize) -> Takes {
        let runs = self.shards.runs(self.taken..end);
        let ids = self.take(end - self.taken);
        let is_long = |run: &Run| matches!(run, Run::Range(from, to, _) if to - from >= FEW);
        match list {
            List::Vec if runs.iter().any(is_long) => Takes::Collected {
                runs,
                of_dyn: mentions_dyn(element),
            },
            list => Takes::List(list, ids),
        }
    }
}

/// Whether a parameter that is named for a role took shards of that role only.
fn is_named_well(pattern: &Pat, taken: Range<usize>, shards: &Shards) -> Result<(), String> {
    let Pat::Ident(pattern) = pattern else {
        return Ok(());
    };
    let name = pattern.ident.to_string();
    // Also of `_leader` and `follower_2`.
    let role = name.trim_matches(|it: char| it == '_' || it.is_ascii_digit());
    let (other, mut others) = match (role, shards.leaders) {
        ("leader" | "leaders", Some(leaders)) => ("no leader", taken.start.max(leaders)..taken.end),
        ("follower" | "followers", Some(leaders)) if taken.start < leaders => {
            ("a leader", taken.start..taken.end.min(leaders))
        }
        ("follower" | "followers", Some(_)) | ("peer" | "peers", None) => {
            ("a client", taken.start.max(shards.served)..taken.end)
        }
        ("client" | "clients", _) if shards.served < shards.ids.len() => {
            ("no client", taken.start..taken.end.min(shards.served))
        }
        _ => return Ok(()),
    };
    let Some(place) = others.next() else {
        return Ok(());
    };
    let id = shards.ids[place];
    Err(format!(
        "`{name}` takes shard {id}, which is {other}: \
         parameters take the leaders first, and clients last: change the order or the name"
    ))
}

fn too_long(n: usize, left: &[u64]) -> String {
    let left = match left {
        [] => "none is left".to_owned(),
        [_] => format!("only {} is left", listed(left)),
        _ => format!("only {} are left", listed(left)),
    };
    let n = number(n);
    format!("this array takes {n}, but {left}: change its length, or add shards")
}

fn nobody_takes(left: &[u64], all: usize) -> String {
    let add = match left {
        [_] => "one",
        _ => "one for each, or a `Vec` for all that are left",
    };
    let (all, left) = (number(all), listed(left));
    format!("the mesh has {all}, but no parameter takes {left}: add {add}")
}

/// A type as a person writes it.
fn text(ty: &Type) -> String {
    let text = ty.to_token_stream().to_string();
    let spaces = [(" < ", "<"), (" >", ">"), (" :: ", "::"), (" ,", ",")];
    spaces
        .iter()
        .fold(text, |text, (from, to)| text.replace(from, to))
}

/// `1 shard` or `2 shards`
fn number(count: usize) -> String {
    format!("{count} {}", if count == 1 { "shard" } else { "shards" })
}

/// `shard 1`, `shards 1 and 2`, `shards 1, 2, 3 and 997 more`
fn listed(ids: &[u64]) -> String {
    let text = |ids: &[u64]| {
        ids.iter()
            .map(u64::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    match ids {
        [id] => format!("shard {id}"),
        [first @ .., last] if ids.len() <= 5 => format!("shards {} and {last}", text(first)),
        _ => format!("shards {} and {} more", text(&ids[..3]), ids.len() - 3),
    }
}

//! Which parameter of the test takes which shards.

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Error, FnArg, Pat, PatType, Signature, Type};

use super::shards::Shards;
use super::types::{Asks, asks, is_endpoint, mentions_dyn, place};
use crate::attribute::base::inner::inner_type;
use crate::attribute::base::mistakes::Mistakes;
use crate::attribute::base::run::{Run, joined, skip};

/// A range of more ids than these is not written out, but stays a range.
const FEW: u128 = 16;

/// A parameter of the test, and what it is called with.
pub(crate) struct Parameter {
    pub(crate) takes: Takes,
    /// Where the type of the parameter stands: one that does not fit is underlined there.
    pub(crate) ty: Span,
}

pub(crate) enum Takes {
    Shard(u64),
    Array(Vec<u64>),
    Vec(Vec<u64>),
    /// A `Vec` of more shards than a person would write out.
    Collected {
        runs: Vec<Run>,
        called: &'static str,
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
    let typed = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    });
    let written: Vec<_> = typed.collect();
    let mut dealer = Dealer::new(shards);
    let mut parameters = Vec::new();
    for (at, PatType { pat, ty, .. }) in written.iter().enumerate() {
        let before = dealer.taken;
        let takes = match dealer.deal(ty, &written[at..]) {
            Ok(takes) => takes,
            Err(message) => {
                mistakes.at(inner_type(ty), message);
                return None;
            }
        };
        if let Some(message) = dealer.misnamed(pat, before) {
            mistakes.at(pat, message);
            return None;
        }
        let ty = place(ty);
        parameters.push(Parameter { takes, ty });
    }
    if dealer.left().is_empty() {
        return Some(parameters);
    }
    let message = nobody_takes(dealer.left(), dealer.ids.len());
    mistakes.add(Error::new(signature.paren_token.span.join(), message));
    None
}

/// Hands out the shards from left to right.
struct Dealer<'a> {
    shards: &'a Shards,
    ids: Vec<u64>,
    /// How many of `ids` are taken.
    taken: usize,
    mesh_taken: bool,
    /// A list that took all that was left: how many these were, and of which type.
    greedy: Option<(usize, &'a Type)>,
}

impl<'a> Dealer<'a> {
    fn new(shards: &'a Shards) -> Self {
        Self {
            shards,
            ids: shards.ids(),
            taken: 0,
            mesh_taken: false,
            greedy: None,
        }
    }

    fn left(&self) -> &[u64] {
        &self.ids[self.taken..]
    }

    /// What the first of `parameters` takes, which is of type `ty`.
    fn deal(&mut self, ty: &'a Type, parameters: &[&PatType]) -> Result<Takes, String> {
        let left = self.left().len();
        if let Some(message) = self.too_greedy(parameters) {
            return Err(message);
        }
        match asks(ty) {
            Asks::One if left == 0 && is_endpoint(ty) => Err(self.one_too_many()),
            Asks::One | Asks::Mesh if left == 0 => self.mesh(),
            Asks::One => Ok(Takes::Shard(self.take(1)[0])),
            Asks::Next(0) => Err("an array of no shards: remove this parameter".to_owned()),
            Asks::Next(n) if n <= left => Ok(Takes::Array(self.take(n))),
            Asks::Next(n) => Err(self.too_few_for_array(n)),
            Asks::AllAsArray(_) | Asks::AllAsVec(_) if left == 0 => Err(format!(
                "no shard is left to take, the mesh has {}: remove this parameter, or add shards",
                number(self.ids.len())
            )),
            Asks::AllAsArray(element) => {
                self.greedy = Some((left, element));
                Ok(Takes::Array(self.take(left)))
            }
            Asks::AllAsVec(element) => {
                self.greedy = Some((left, element));
                Ok(self.take_vec(element))
            }
            Asks::Mesh => Err(format!(
                "the `Mesh` comes last: first add a parameter for {}",
                listed(self.left())
            )),
        }
    }

    fn mesh(&mut self) -> Result<Takes, String> {
        if self.mesh_taken {
            return Err(self.one_too_many());
        }
        self.mesh_taken = true;
        Ok(Takes::Mesh)
    }

    fn one_too_many(&self) -> String {
        format!(
            "the mesh has {}, and one parameter more is the `Mesh`: \
             remove this one, or add a shard",
            number(self.ids.len()),
        )
    }

    /// What to say of a parameter that asks for shards behind a list that took all of them.
    fn too_greedy(&self, parameters: &[&PatType]) -> Option<String> {
        let (taken, element) = self.greedy?;
        let element = text(element);
        let wants = |ty: &Type| match asks(ty) {
            Asks::One if is_endpoint(ty) || text(ty) == element => Some(1),
            Asks::One | Asks::Mesh => None,
            Asks::Next(n) => Some(n),
            Asks::AllAsArray(_) | Asks::AllAsVec(_) => Some(1),
        };
        wants(&parameters.first()?.ty)?;
        let wanted: usize = parameters.iter().filter_map(|it| wants(&it.ty)).sum();
        let instead = match taken.checked_sub(wanted) {
            None | Some(0) => "add shards".to_owned(),
            Some(1) => format!("write `{element}` there"),
            Some(rest) => format!("write `[{element}; {rest}]` there"),
        };
        let taken = number(taken);
        Some(format!(
            "no shard is left for this parameter, the list before it takes {taken}: \
             {instead}, or remove this parameter"
        ))
    }

    fn take(&mut self, n: usize) -> Vec<u64> {
        let ids = self.left()[..n].to_vec();
        self.taken += n;
        ids
    }

    fn take_vec(&mut self, element: &Type) -> Takes {
        let runs = skip(&self.shards.runs(), self.taken);
        let called = self.shards.called(self.taken);
        let ids = self.take(self.left().len());
        if runs.iter().any(|run| run.is_range() && run.count() > FEW) {
            return Takes::Collected {
                runs: joined(&runs),
                called,
                of_dyn: mentions_dyn(element),
            };
        }
        Takes::Vec(ids)
    }

    /// What to say of a parameter that is named for one role and took a shard of the other, the first
    /// of them being number `first`.
    fn misnamed(&self, pattern: &Pat, first: usize) -> Option<String> {
        let Pat::Ident(pattern) = pattern else {
            return None;
        };
        let name = pattern.ident.to_string();
        let role = name
            .trim_start_matches('_')
            .trim_end_matches(|it: char| it == '_' || it.is_ascii_digit());
        let leads = match role {
            "leader" | "leaders" => true,
            "follower" | "followers" => false,
            _ => return None,
        };
        let of_role = |at: &usize| self.shards.leads(*at).is_none_or(|it| it == leads);
        let other = (first..self.taken).find(|at| !of_role(at))?;
        let (id, other) = (self.ids[other], if leads { "follower" } else { "leader" });
        Some(format!(
            "`{name}` takes shard {id}, which is a {other}: \
             parameters take the leaders first, change the order or the name"
        ))
    }

    fn too_few_for_array(&self, n: usize) -> String {
        let left = match self.left() {
            [] => "none is left".to_owned(),
            [_] => format!("only {} is left", listed(self.left())),
            _ => format!("only {} are left", listed(self.left())),
        };
        let n = number(n);
        format!("this array takes {n}, but {left}: change its length, or add shards")
    }
}

/// A type as a person writes it.
fn text(ty: &Type) -> String {
    let text = ty.to_token_stream().to_string();
    let spaces = [(" < ", "<"), (" >", ">"), (" :: ", "::"), (" ,", ",")];
    spaces
        .iter()
        .fold(text, |text, (from, to)| text.replace(from, to))
}

fn nobody_takes(left: &[u64], all: usize) -> String {
    let add = match left {
        [_] => "one",
        _ => "one for each, or a `Vec` for all that are left",
    };
    let (all, left) = (number(all), listed(left));
    format!("the mesh has {all}, but no parameter takes {left}: add {add}")
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

//! Which parameter of the test takes which shards.

use proc_macro2::{Span, TokenStream};
use syn::{Error, Result};

use super::run::{Run, joined, skip};
use super::shards::Shards;
use super::signature::Signature;
use super::tokens::inner;
use super::types::{Asks, asks, mentions_dyn, place};

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
pub(crate) fn check(shards: &Shards, signature: &Signature) -> Result<Vec<Parameter>> {
    let mut dealer = Dealer {
        shards,
        ids: shards.ids(),
        taken: 0,
        mesh_taken: false,
    };
    let mut parameters = Vec::new();
    for written in &signature.parameters {
        let ty = inner(&written.ty);
        let takes = dealer
            .deal(asks(&ty))
            .map_err(|message| Error::new_spanned(&ty, message))?;
        parameters.push(Parameter {
            takes,
            ty: place(&ty),
        });
    }
    match dealer.left() {
        [] => Ok(parameters),
        left => {
            let message = nobody_takes(left, dealer.ids.len());
            Err(Error::new(signature.parentheses.span.join(), message))
        }
    }
}

/// Hands out the shards from left to right.
struct Dealer<'a> {
    shards: &'a Shards,
    ids: Vec<u64>,
    /// How many of `ids` are taken.
    taken: usize,
    mesh_taken: bool,
}

impl Dealer<'_> {
    fn left(&self) -> &[u64] {
        &self.ids[self.taken..]
    }

    fn deal(&mut self, asks: Asks) -> std::result::Result<Takes, String> {
        let left = self.left().len();
        match asks {
            Asks::One | Asks::Mesh if left == 0 => self.mesh(),
            Asks::One => Ok(Takes::Shard(self.take(1)[0])),
            Asks::Next(0) => Err("an array of no shards: remove this parameter".to_owned()),
            Asks::Next(n) if n <= left => Ok(Takes::Array(self.take(n))),
            Asks::Next(n) => Err(self.too_few_for_array(n)),
            Asks::AllAsArray | Asks::AllAsVec(_) if left == 0 => Err(format!(
                "no shard is left to take, the mesh has {}: remove this parameter, or add shards",
                number(self.ids.len())
            )),
            Asks::AllAsArray => Ok(Takes::Array(self.take(left))),
            Asks::AllAsVec(element) => Ok(self.take_vec(element)),
            Asks::Mesh => Err(format!(
                "the `Mesh` comes last: first add a parameter for {}",
                listed(self.left())
            )),
        }
    }

    fn mesh(&mut self) -> std::result::Result<Takes, String> {
        if self.mesh_taken {
            return Err(format!(
                "the mesh has {}, and one parameter more is the `Mesh`: \
                 remove this one, or add a shard",
                number(self.ids.len()),
            ));
        }
        self.mesh_taken = true;
        Ok(Takes::Mesh)
    }

    fn take(&mut self, n: usize) -> Vec<u64> {
        let ids = self.left()[..n].to_vec();
        self.taken += n;
        ids
    }

    fn take_vec(&mut self, element: TokenStream) -> Takes {
        let runs = skip(&self.shards.runs(), self.taken);
        let called = self.shards.called(self.taken);
        let ids = self.take(self.left().len());
        if runs.iter().any(|run| run.is_range() && run.count() > FEW) {
            let of_dyn = mentions_dyn(element);
            return Takes::Collected {
                runs: joined(&runs),
                called,
                of_dyn,
            };
        }
        Takes::Vec(ids)
    }

    fn too_few_for_array(&self, n: usize) -> String {
        let left = match self.left() {
            [] => "none is left".to_owned(),
            left => format!(
                "only {} {} left",
                listed(left),
                if left.len() == 1 { "is" } else { "are" }
            ),
        };
        format!(
            "this array takes {}, but {left}: change its length, or add shards",
            number(n)
        )
    }
}

fn nobody_takes(left: &[u64], all: usize) -> String {
    format!(
        "the mesh has {}, but no parameter takes {}: add {}",
        number(all),
        listed(left),
        if left.len() == 1 {
            "one"
        } else {
            "one for each, or a `Vec` for all that are left"
        },
    )
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

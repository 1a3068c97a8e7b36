//! What the type of a parameter asks for.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{LitInt, Result, Token};

use super::tokens::{inner, sole_group, until};

pub(crate) enum Asks {
    One,
    Next(usize),
    AllAsArray,
    /// In a `Vec` of this type.
    AllAsVec(TokenStream),
    Mesh,
}

/// `ty` is without parentheses around it.
pub(crate) fn asks(ty: &TokenStream) -> Asks {
    if let Some(length) = array_length(ty) {
        return literal(&length).map_or(Asks::AllAsArray, Asks::Next);
    }
    let Ok(Segment { name, generics }) = last_segment.parse2(ty.clone()) else {
        return Asks::One;
    };
    if name == "Mesh" {
        return Asks::Mesh;
    }
    match sole_generic.parse2(generics) {
        Ok(element) if name == "Vec" => Asks::AllAsVec(element),
        _ => Asks::One,
    }
}

/// Where the type stands.
pub(crate) fn place(ty: &TokenStream) -> Span {
    match last_segment.parse2(ty.clone()) {
        // Of `std::vec::Vec<T>` a stable compiler underlines one word only, and that is not to be
        // `std`.
        Ok(Segment { name, generics }) => quote!(#name #generics).span(),
        Err(_) => ty.span(),
    }
}

pub(crate) fn mentions_dyn(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "dyn",
        TokenTree::Group(group) => mentions_dyn(group.stream()),
        _ => false,
    })
}

/// `N` of `[T; N]`.
fn array_length(ty: &TokenStream) -> Option<TokenStream> {
    let brackets = sole_group(ty).filter(|group| group.delimiter() == Delimiter::Bracket)?;
    let parser = |input: ParseStream<'_>| {
        until(input, |input| input.peek(Token![;]))?;
        input.parse::<Token![;]>()?;
        input.parse()
    };
    parser.parse2(brackets.stream()).ok()
}

/// The value of a literal. One that is too large for any array is as good as too large for the mesh.
fn literal(length: &TokenStream) -> Option<usize> {
    let length: LitInt = syn::parse2(inner(length)).ok()?;
    Some(length.base10_parse().unwrap_or(usize::MAX))
}

/// `Vec<T>` of `std::vec::Vec<T>`.
struct Segment {
    name: Ident,
    generics: TokenStream,
}

fn last_segment(input: ParseStream<'_>) -> Result<Segment> {
    if input.peek(Token![impl]) || input.peek(Token![dyn]) || input.peek(Token![fn]) {
        return Err(input.error("not a path"));
    }
    // `<T as Trait>::Type`
    if input.peek(Token![<]) {
        until(input, |input| input.peek(Token![::]))?;
    }
    loop {
        input.parse::<Option<Token![::]>>()?;
        let segment = Segment {
            name: input.call(Ident::parse_any)?,
            generics: until(input, |input| {
                input.peek(Token![::]) && !input.peek3(Token![<])
            })?,
        };
        if input.is_empty() {
            return Ok(segment);
        }
    }
}

/// `T` of `<T>` or `::<T>`.
fn sole_generic(input: ParseStream<'_>) -> Result<TokenStream> {
    input.parse::<Option<Token![::]>>()?;
    input.parse::<Token![<]>()?;
    let generic = until(input, |input| {
        input.peek(Token![,]) || input.peek(Token![>])
    })?;
    input.parse::<Option<Token![,]>>()?;
    input.parse::<Token![>]>()?;
    Ok(generic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks_for(ty: &str) -> String {
        match asks(&inner(&ty.parse().unwrap())) {
            Asks::One => "one".to_owned(),
            Asks::Next(n) => n.to_string(),
            Asks::AllAsArray => "array".to_owned(),
            Asks::AllAsVec(element) => format!("vec of {element}"),
            Asks::Mesh => "mesh".to_owned(),
        }
    }

    #[test]
    fn an_array_takes_as_many_as_it_says() {
        assert_eq!(asks_for("[Endpoint; 2]"), "2");
        assert_eq!(asks_for("([Arc<dyn Transport>; (0x10)])"), "16");
        assert_eq!(asks_for("[Endpoint; N]"), "array");
        assert_eq!(asks_for("[Endpoint; 1 + 1]"), "array");
    }

    #[test]
    fn a_vec_takes_all() {
        assert_eq!(asks_for("Vec<Endpoint>"), "vec of Endpoint");
        assert_eq!(
            asks_for("::std::vec::Vec::<A<B, C>,>"),
            "vec of A < B , C >"
        );
        assert_eq!(asks_for("Vec<fn() -> B>"), "vec of fn () -> B");
    }

    #[test]
    fn the_mesh_is_known_by_its_name() {
        for ty in [
            "Mesh",
            "Mesh<u64>",
            "shard_mesh::Mesh",
            "(crate::Mesh<A<B>>)",
        ] {
            assert_eq!(asks_for(ty), "mesh", "{ty}");
        }
    }

    #[test]
    fn all_else_takes_one() {
        for ty in [
            "Endpoint",
            "Arc<dyn Transport>",
            "impl a::Mesh",
            "impl Transport<Vec<u8>>",
            "Vec<A, B>",
            "<Mesh as Trait>::Type",
            "fn() -> a::Mesh",
            "&Mesh",
            "&[Endpoint; 2]",
            "[Endpoint]",
            "(Mesh, Mesh)",
            "()",
            "!",
        ] {
            assert_eq!(asks_for(ty), "one", "{ty}");
        }
    }
}

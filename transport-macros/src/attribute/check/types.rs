//! What the type of a parameter asks for.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, GenericArgument, Lit, PathArguments, PathSegment, Type};

use crate::attribute::base::inner::{inner, inner_type};

pub(crate) enum Asks<'a> {
    One,
    Next(usize),
    /// In an array of this type.
    AllAsArray(&'a Type),
    /// In a `Vec` of this type.
    AllAsVec(&'a Type),
    Mesh,
}

pub(crate) fn asks(ty: &Type) -> Asks<'_> {
    if let Type::Array(array) = inner_type(ty) {
        return literal(&array.len).map_or(Asks::AllAsArray(&array.elem), Asks::Next);
    }
    let Some(segment) = last_segment(ty) else {
        return Asks::One;
    };
    match sole_generic(segment) {
        _ if segment.ident == "Mesh" => Asks::Mesh,
        Some(element) if segment.ident == "Vec" => Asks::AllAsVec(element),
        _ => Asks::One,
    }
}

/// Whether a type is that of an endpoint, as far as a macro can know.
pub(crate) fn is_endpoint(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == "Endpoint")
}

/// Where the type stands.
pub(crate) fn place(ty: &Type) -> Span {
    // Of `std::vec::Vec<T>` a stable compiler underlines one word only, and that is not to be `std`.
    last_segment(ty).map_or_else(|| inner_type(ty).span(), Spanned::span)
}

pub(crate) fn mentions_dyn(ty: &Type) -> bool {
    fn search(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(word) => word == "dyn",
            TokenTree::Group(group) => search(group.stream()),
            _ => false,
        })
    }
    search(ty.to_token_stream())
}

/// The value of a literal. One that is too large for any array is as good as too large for the mesh.
fn literal(length: &Expr) -> Option<usize> {
    match inner(length) {
        Expr::Lit(length) => match &length.lit {
            Lit::Int(length) => Some(length.base10_parse().unwrap_or(usize::MAX)),
            _ => None,
        },
        _ => None,
    }
}

/// `Vec<T>` of `std::vec::Vec<T>`.
fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match inner_type(ty) {
        Type::Path(ty) => ty.path.segments.last(),
        _ => None,
    }
}

/// `T` of `Vec<T>`.
fn sole_generic(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(generics) = &segment.arguments else {
        return None;
    };
    match generics.args.first()? {
        GenericArgument::Type(ty) if generics.args.len() == 1 => Some(ty),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn asks_for(ty: &str) -> String {
        match asks(&syn::parse_str(ty).unwrap()) {
            Asks::One => "one".to_owned(),
            Asks::Next(n) => n.to_string(),
            Asks::AllAsArray(element) => format!("array of {}", quote!(#element)),
            Asks::AllAsVec(element) => format!("vec of {}", quote!(#element)),
            Asks::Mesh => "mesh".to_owned(),
        }
    }

    #[test]
    fn a_list_takes_as_many_as_it_says_or_all() {
        for (ty, asks) in [
            ("[Endpoint; 2]", "2"),
            ("([Arc<dyn Transport>; (0x10)])", "16"),
            ("[Endpoint; N]", "array of Endpoint"),
            ("[Endpoint; 1 + 1]", "array of Endpoint"),
            ("Vec<Endpoint>", "vec of Endpoint"),
            ("::std::vec::Vec::<A<B, C>,>", "vec of A < B , C >"),
            ("Vec<fn() -> B>", "vec of fn () -> B"),
        ] {
            assert_eq!(asks_for(ty), asks, "{ty}");
        }
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

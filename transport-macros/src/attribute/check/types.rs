//! What the type of a parameter asks for.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, GenericArgument, Lit, PathArguments, PathSegment, Type};

use crate::attribute::base::inner::{inner, inner_type};

pub(crate) enum Asks<'a> {
    One,
    Next(usize),
    /// In an array or a `Vec` of this type.
    All(List, &'a Type),
    Mesh,
}

pub(crate) enum List {
    Array,
    Vec,
}

pub(crate) fn asks(ty: &Type) -> Asks<'_> {
    if let Type::Array(array) = inner_type(ty) {
        return literal(&array.len).map_or(Asks::All(List::Array, &array.elem), Asks::Next);
    }
    let Some(segment) = last_segment(ty) else {
        return Asks::One;
    };
    match sole_generic(segment) {
        _ if segment.ident == "Mesh" => Asks::Mesh,
        Some(element) if segment.ident == "Vec" => Asks::All(List::Vec, element),
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
    let text = ty.to_token_stream().to_string();
    text.split(' ').any(|word| word == "dyn")
}

/// The value of a literal. One that is too large for any array is as good as too large for the mesh.
fn literal(length: &Expr) -> Option<usize> {
    match inner(length) {
        Expr::Lit(ExprLit {
            lit: Lit::Int(length),
            ..
        }) => Some(length.base10_parse().unwrap_or(usize::MAX)),
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

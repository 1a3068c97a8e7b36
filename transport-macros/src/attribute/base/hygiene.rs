//! Tokens whose local names neither capture the user's nor are captured by them.

use proc_macro2::Span;

/// `quote!` with mixed-site hygiene, as `macro_rules!` has it: local variables are the macro's own,
/// all else is found where the attribute stands.
macro_rules! hygienic {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}

pub(crate) use hygienic;

/// The same for a token that stands at `place` to whoever reads an error.
pub(crate) fn hygienic_at(place: Span) -> Span {
    Span::mixed_site().located_at(place)
}

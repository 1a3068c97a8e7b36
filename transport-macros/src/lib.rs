//! The attribute of [`shard-mesh`](https://docs.rs/shard-mesh). Use it through that crate, which holds all
//! that the attribute's output names.

mod attribute;

use proc_macro::TokenStream;

/// Makes a test of an async function: builds a mesh of shards, wires it, and hands the endpoints to the function.
#[proc_macro_attribute]
pub fn shard_mesh(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(args.into(), item.into()).into()
}

/// The same as [`macro@shard_mesh`], under the name that editors and other attributes look for.
#[proc_macro_attribute]
pub fn test(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(args.into(), item.into()).into()
}

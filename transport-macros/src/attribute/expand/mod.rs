//! The plan as the test that a person would have written by hand.

mod faults;
mod links;
mod shards;

use std::time::Duration;

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use super::check::Plan;
use super::function::Function;
use super::hygiene::{hygienic, hygienic_at};
use super::mistakes::Mistakes;
use super::neighbours;
use super::outer::Attribute;
use super::run::number;
use super::runtime::Runtime;
use super::seeds::Seeds;
use super::types::place;

// Input:
//     /// Documentation.
//     async fn name(leader: Endpoint) -> Result<(), Error> { body }
// Output:
//     /// Documentation.
//     #[::core::prelude::v1::test]
//     fn name() -> ::std::process::ExitCode {
//         async fn name(leader: Endpoint) -> Result<(), Error> { body }
//         ::shard_mesh::Harness::new(::core::module_path!(), "name").run(|run| { mesh and call })
//     }
pub(crate) fn test(function: &Function, plan: &Plan) -> TokenStream {
    let Function {
        attributes,
        visibility,
        signature,
        ..
    } = function;
    let name = &signature.name;
    let written = async_of_ours(&function.written);
    // Below the user's attributes, where those that look for a `#[test]` see it.
    let registered = function.is_main() || neighbours::register(attributes);
    let test = (!registered).then(|| hygienic!(#[::core::prelude::v1::test]));
    let run = run(function, plan);
    // `#[should_panic]` wants a test that returns nothing.
    let (output, run) = match signature.returns() {
        None => (None, hygienic!(#run;)),
        Some(_) => (Some(hygienic!(-> ::std::process::ExitCode)), run),
    };
    hygienic! {
        #(#attributes)*
        #test
        #visibility fn #name() #output {
            #written
            #run
        }
    }
}

/// The function word for word, but `async` is marked as our wish: clippy would tell the user to
/// remove it from a test that has nothing to await (`clippy::unused_async`).
fn async_of_ours(written: &TokenStream) -> TokenStream {
    let mut found = false;
    let ours = |mut token: TokenTree| {
        if !found && matches!(&token, TokenTree::Ident(word) if word == "async") {
            found = true;
            token.set_span(hygienic_at(token.span()));
        }
        token
    };
    written.clone().into_iter().map(ours).collect()
}

// Output:
//     ::shard_mesh::Harness::new(::core::module_path!(), "name").run(|run| {
//         let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
//         let shard_0 = factory.create(::shard_mesh::ShardId(0));
//         ::std::boxed::Box::new(name(shard_0))
//     })
fn run(function: &Function, plan: &Plan) -> TokenStream {
    let krate = krate(plan);
    let name = &function.signature.name;
    let text = Literal::string(&function.name());
    let options = options(plan);
    let should_panic = function.should_panic().then(|| hygienic!(.should_panic()));
    let capacity = plan.capacity.map(number);
    let constructor = capacity.map_or_else(
        || hygienic!(new()),
        |capacity| hygienic!(new().with_capacity(#capacity)),
    );
    let create = plan
        .parameters
        .iter()
        .map(|parameter| shards::create(&krate, parameter));
    let connect = links::connect(&krate, &plan.wiring);
    let faults = faults::put(&plan.faults);
    let arguments = plan.parameters.iter().map(shards::argument);
    // What a test cannot return is underlined where its type stands.
    let returned = function.signature.returns();
    let place = returned.as_ref().map_or_else(Span::call_site, place);
    let run = Ident::new("run", hygienic_at(place));
    // The factory is a reference, so that no method of a trait of the user's comes before its own.
    // The box makes one type of all futures, so that `run` is compiled once and not once for every
    // test.
    hygienic! {
        #krate::Harness::new(::core::module_path!(), #text) #options #should_panic.#run(|run| {
            let factory = &run.watch(#krate::InProcessTransportFactory::#constructor);
            #(#create)*
            #connect
            #faults
            ::std::boxed::Box::new(#name(#(#arguments),*))
        })
    }
}

fn krate(plan: &Plan) -> TokenStream {
    plan.krate
        .as_ref()
        .map_or_else(|| hygienic!(::shard_mesh), ToTokens::to_token_stream)
}

fn options(plan: &Plan) -> TokenStream {
    let runtime = match plan.runtime {
        Runtime::CurrentThread { paused: true } => None,
        Runtime::CurrentThread { paused: false } => Some(hygienic!(.start_paused(false))),
        Runtime::MultiThread { workers: None } => Some(hygienic!(.multi_thread())),
        Runtime::MultiThread {
            workers: Some(workers),
        } => {
            let workers = number(workers);
            Some(hygienic!(.worker_threads(#workers)))
        }
    };
    let timeout = plan
        .timeout
        .map(duration)
        .map(|duration| hygienic!(.timeout(#duration)));
    let seeds = plan.seeds.as_ref().map(seeds);
    quote!(#runtime #timeout #seeds)
}

fn seeds(seeds: &Seeds) -> TokenStream {
    match seeds {
        Seeds::One(seed) => {
            let seed = number(*seed);
            hygienic!(.seed(#seed))
        }
        Seeds::Sweep(range) => {
            let (start, end) = (number(range.start), number(range.end));
            hygienic!(.seeds(#start..#end))
        }
    }
}

fn duration(duration: Duration) -> TokenStream {
    if duration.is_zero() {
        return hygienic!(::core::time::Duration::ZERO);
    }
    if duration.subsec_millis() == 0 {
        let seconds = number(duration.as_secs());
        return hygienic!(::core::time::Duration::from_secs(#seconds));
    }
    let milliseconds = Literal::u128_unsuffixed(duration.as_millis());
    hygienic!(::core::time::Duration::from_millis(#milliseconds))
}

/// What was given, with a `compile_error!` for each mistake before it.
pub(crate) fn with_errors(mistakes: Mistakes, item: TokenStream) -> TokenStream {
    let mut tokens = mistakes
        .into_error()
        .map(|error| error.to_compile_error())
        .unwrap_or_default();
    tokens.extend(item);
    tokens
}

/// The user's function in a form that compiles, for the editor: it is not a test, so it goes
/// without the attributes that are for tests only. A `main` has a wrong type, so it stands in one
/// that has not.
pub(crate) fn untested(function: Function) -> TokenStream {
    let Function {
        mut attributes,
        visibility,
        mut signature,
        body,
        written,
    } = function;
    let kept = |attribute: &Attribute| !neighbours::needs_test(attribute);
    attributes.retain(kept);
    if signature.name == "main" {
        return quote!(#(#attributes)* #visibility fn main() { #written });
    }
    for parameter in &mut signature.parameters {
        parameter.attributes.retain(kept);
    }
    quote!(#(#attributes)* #visibility #signature #body)
}

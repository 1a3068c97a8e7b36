//! The plan as the test that a person would have written by hand.
//!
//! A [`Plan`] and the function come in, tokens go out. Uses `check`, `args` and `base`.

mod chaos;
mod faults;
mod links;
mod shards;
mod values;

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, FnArg, ReturnType, Type};

use self::values::{duration, number};
use crate::attribute::args::function::Function;
use crate::attribute::base::hygiene::{hygienic, hygienic_at};
use crate::attribute::base::inner::inner_type;
use crate::attribute::base::mistakes::Mistakes;
use crate::attribute::check::runtime::Runtime;
use crate::attribute::check::seeds::Seeds;
use crate::attribute::check::types::place;
use crate::attribute::check::{Plan, neighbours};

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
    let (attributes, visibility) = (&function.attributes, &function.visibility);
    let (name, output) = (&function.signature.ident, &function.signature.output);
    let written = async_of_ours(&function.written);
    // Below the user's attributes, where those that look for a `#[test]` see it.
    let registered = name == "main" || neighbours::register(attributes);
    let test = (!registered).then(|| hygienic!(#[::core::prelude::v1::test]));
    let run = run(function, plan);
    // `#[should_panic]` wants a test that returns nothing.
    let (output, run) = match returns(output) {
        None => (None, hygienic!(#run;)),
        Some(_) if neighbours::wants_result(attributes) => (
            Some(hygienic!(-> ::core::result::Result<(), ::std::process::ExitCode>)),
            hygienic! {
                match #run {
                    ::std::process::ExitCode::SUCCESS => ::core::result::Result::Ok(()),
                    failed => ::core::result::Result::Err(failed),
                }
            },
        ),
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
    let krate = plan.krate.as_ref().map(ToTokens::to_token_stream);
    let krate = krate.unwrap_or_else(|| hygienic!(::shard_mesh));
    let name = &function.signature.ident;
    // The name by which the test is found: it keeps its `r#`, as it does in `module_path!`.
    let text = Literal::string(&name.to_string());
    let options = options(plan);
    let mut attributes = function.attributes.iter();
    let should_panic = attributes.any(|it| it.path().is_ident("should_panic"));
    let should_panic = should_panic.then(|| hygienic!(.should_panic()));
    let capacity = plan.capacity.map(number);
    let capacity = capacity.map(|it| hygienic!(.with_capacity(#it)));
    let create = plan.parameters.iter().map(|it| shards::create(&krate, it));
    let wiring = plan.wiring.iter();
    let connect = wiring.map(|it| links::connect(&krate, it));
    let faults = faults::put(
        &krate,
        &plan.faults,
        (plan.chaos.as_ref(), plan.jostle.as_ref()),
    );
    let arguments = plan.parameters.iter().map(shards::argument);
    // What a test cannot return is underlined where its type stands.
    let place = returns(&function.signature.output).map_or_else(Span::call_site, place);
    let run = Ident::new("run", hygienic_at(place));
    // The factory is a reference, so that no method of a trait of the user's comes before its own.
    // The box makes one type of all futures, so that `run` is compiled once and not once for every
    // test.
    hygienic! {
        #krate::Harness::new(::core::module_path!(), #text) #options #should_panic.#run(|run| {
            let factory = &run.watch(#krate::InProcessTransportFactory::new() #capacity);
            #(#create)*
            #(#connect)*
            #faults
            ::std::boxed::Box::new(#name(#(#arguments),*))
        })
    }
}

fn options(plan: &Plan) -> TokenStream {
    let runtime = match plan.runtime {
        Runtime::CurrentThread(true) => None,
        Runtime::CurrentThread(false) => Some(hygienic!(.start_paused(false))),
        Runtime::MultiThread(None) => Some(hygienic!(.multi_thread())),
        Runtime::MultiThread(Some(workers)) => {
            let workers = number(workers);
            Some(hygienic!(.worker_threads(#workers)))
        }
    };
    let timeout = plan.timeout.map(duration);
    let timeout = timeout.map(|it| hygienic!(.timeout(#it)));
    let seeds = plan.seeds.as_ref().map(seeds);
    let also = (!plan.also.is_empty()).then(|| {
        let also = plan.also.iter().copied().map(number);
        hygienic!(.also([#(#also),*]))
    });
    let exhaustive = plan.exhaustive.then(|| hygienic!(.exhaustive(1)));
    let pinned = plan.pinned.then(|| hygienic!(.pinned()));
    quote!(#runtime #timeout #seeds #also #exhaustive #pinned)
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

/// The type of what a function returns, if that is something.
fn returns(output: &ReturnType) -> Option<&Type> {
    match output {
        ReturnType::Type(_, ty) => match inner_type(ty) {
            Type::Tuple(unit) if unit.elems.is_empty() => None,
            ty => Some(ty),
        },
        ReturnType::Default => None,
    }
}

/// What was given, with a `compile_error!` for each mistake before it.
pub(crate) fn with_errors(mistakes: Mistakes, item: TokenStream) -> TokenStream {
    let errors = mistakes.into_error().map(|it| it.to_compile_error());
    errors.into_iter().chain([item]).collect()
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
    if signature.ident == "main" {
        return quote!(#(#attributes)* #visibility fn main() { #written });
    }
    for parameter in &mut signature.inputs {
        match parameter {
            FnArg::Receiver(receiver) => receiver.attrs.retain(kept),
            FnArg::Typed(typed) => typed.attrs.retain(kept),
        }
    }
    quote!(#(#attributes)* #visibility #signature #body)
}

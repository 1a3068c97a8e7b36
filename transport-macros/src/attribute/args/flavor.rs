//! The kind of runtime: `flavor = "multi_thread"`.

use syn::parse::ParseStream;
use syn::{Error, Result};

use super::quoted::quoted;

#[derive(Clone, Copy)]
pub(crate) enum Flavor {
    CurrentThread,
    MultiThread,
}

impl Flavor {
    pub(crate) fn read(input: ParseStream<'_>) -> Result<Self> {
        const EXPECTED: &str = "expected `\"current_thread\"` or `\"multi_thread\"`";
        let literal = quoted(input, EXPECTED)?;
        match literal.value().as_str() {
            "current_thread" => Ok(Self::CurrentThread),
            "multi_thread" => Ok(Self::MultiThread),
            other => {
                let message = format!("unknown flavor `{other}`: {EXPECTED}");
                Err(Error::new_spanned(literal, message))
            }
        }
    }
}

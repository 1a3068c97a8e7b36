//! Plain values and ways of handling tokens, which all steps share.
//!
//! Uses nothing of the other folders.

pub(crate) mod hygiene;
pub(crate) mod inner;
pub(crate) mod mistakes;
pub(crate) mod run;
pub(crate) mod tokens;

//! What users hold of a mesh: the factory, the endpoints, and the handle by which a test makes the
//! network fail.
//!
//! - In: calls of the test.
//! - Out: calls of the [network](crate::network).
//! - Uses: the network and all that is below it.

pub(crate) mod at;
pub(crate) mod budget;
pub(crate) mod chaos;
pub(crate) mod clock;
pub(crate) mod current;
mod decisions;
pub(crate) mod disk;
pub(crate) mod endpoint;
pub(crate) mod episode;
pub(crate) mod factory;
pub(crate) mod fault;
mod host;
mod jostle;
pub(crate) mod lifecycle;
pub(crate) mod links;
pub(crate) mod links_at;
pub(crate) mod measure;
#[allow(clippy::module_inception, reason = "the file of `Mesh`")]
pub(crate) mod mesh;
pub(crate) mod outcome;
pub(crate) mod properties;
pub(crate) mod routes;
pub(crate) mod rule;
pub(crate) mod selection;
pub(crate) mod settle;

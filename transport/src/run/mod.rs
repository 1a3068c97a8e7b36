//! One test: its runtime, its clock and its seeds, the environment, the watchdog, and what is found
//! when it fails.
//!
//! - In: the settings of the harness, and the body of the test.
//! - Out: how each run [ended](execute::Ended): what its faults met, or a
//!   [`Failure`](failure::Failure) with a snapshot of its meshes.
//! - Uses: the [mesh](crate::mesh) and all that is below it.

pub(crate) mod activities;
pub(crate) mod body;
pub(crate) mod coverage;
pub(crate) mod environment;
pub(crate) mod execute;
pub(crate) mod exhaustive;
pub(crate) mod failure;
pub(crate) mod in_order;
pub(crate) mod inert;
pub(crate) mod panic_places;
pub(crate) mod print;
pub(crate) mod properties;
pub(crate) mod rerun;
pub(crate) mod rests;
#[allow(clippy::module_inception, reason = "the file of `Run`")]
pub(crate) mod run;
pub(crate) mod run_state;
pub(crate) mod seeds;
pub(crate) mod stuck;
pub(crate) mod sweep;
pub(crate) mod task_failure;
pub(crate) mod test_name;
pub(crate) mod under_way;
pub(crate) mod watchdog;

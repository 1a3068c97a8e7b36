use std::fmt::{self, Debug};
use std::sync::Arc;

use crate::mesh::factory::InProcessTransportFactory;
use crate::run::run_state::RunState;

/// One run of a test, as its [`Harness`](crate::Harness) hands it to the closure that sets the test up.
#[derive(Clone)]
pub struct Run {
    pub(crate) state: Arc<RunState>,
}

impl Run {
    /// Hands the mesh of `factory` to the harness, to be reported on when the test fails, and
    /// gives the factory back. Without this a mesh works, but the reports know nothing of it.
    ///
    /// See [`Harness`](crate::Harness) for an example.
    #[must_use]
    pub fn watch<P: Debug + Send + 'static>(
        &self,
        factory: InProcessTransportFactory<P>,
    ) -> InProcessTransportFactory<P> {
        self.state.watch(factory.network());
        factory
    }
}

impl Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").finish_non_exhaustive()
    }
}

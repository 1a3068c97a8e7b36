//! What a test measures, for the statistics of a sweep.

use std::time::Duration;

use crate::mesh::mesh::Mesh;
use crate::network::measured::Measured;
use crate::sync::lock;

impl<P> Mesh<P> {
    /// Measures something of this run: how many terms there were, how long it took to agree.
    ///
    /// Over the seeds of a sweep, `SHARD_MESH_STATS=1` tells the least, the median and the most, and how many
    /// values there were. Of an even number the median is the lower of the two in the middle. Measured
    /// again under the same name in one run, the last value counts. A run that fails does not count.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh, ShardId};
    ///
    /// #[shard_mesh::test(peers = 0..2, latency = "1ms..20ms", seeds = 0..16)]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     let began = tokio::time::Instant::now();
    ///     a.send_segment(ShardId(1), 7).await.unwrap();
    ///     b.recv_segment().await.unwrap();
    ///     mesh.measure("way there", began.elapsed());
    /// }
    /// ```
    pub fn measure(&self, name: &str, value: impl Measure) {
        let value = value.measured();
        lock(&self.network.measured).insert(name.to_owned(), value);
    }
}

/// What can be [measured](Mesh::measure): integers of up to 64 bits, floating-point numbers, and [`Duration`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be measured",
    label = "measure an integer of up to 64 bits, an `f32` or `f64`, or a `Duration`"
)]
#[allow(private_bounds, reason = "nobody else implements it")]
pub trait Measure: Measurable {}

impl<M: Measurable> Measure for M {}

trait Measurable {
    fn measured(self) -> Measured;
}

macro_rules! integers {
    ($($integer:ty)*) => {
        $(impl Measurable for $integer {
            fn measured(self) -> Measured {
                #[allow(clippy::cast_lossless, reason = "`usize` has no `From`")]
                Measured::Whole(self as i128)
            }
        })*
    };
}

integers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

impl Measurable for f32 {
    fn measured(self) -> Measured {
        Measured::Float(self.into())
    }
}

impl Measurable for f64 {
    fn measured(self) -> Measured {
        Measured::Float(self)
    }
}

impl Measurable for Duration {
    fn measured(self) -> Measured {
        Measured::Time(self)
    }
}
